import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { evictionPaths } from '../../core/avatar-url.ts';
import type { ErasePartnerJob } from '../../core/erase-job.ts';
import { SETTLE_MS } from '../../core/erasure.ts';
import { defaults } from '../../core/operator-settings.ts';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { without } from '../wire.ts';
import { type Deployed, deploy } from './deployed.ts';

const WEBP = Buffer.from('a picture');
const DAY_MS = 24 * 60 * 60 * 1000;

let deployed: Deployed;
let userId = 9_007_199_254_000;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(async () => {
  expect(deployed.takeLog()).not.toMatch(/canary|9007199254/i);
  await deployed.tidy();
});

/** A partner with a photo whose erasure was asked for, and the message of it. */
async function asked(): Promise<{ partner: Partner; job: ErasePartnerJob }> {
  userId += 1;
  const { world } = deployed;
  const partner = await world.join(userId, { firstName: 'Canary', username: 'canary' });
  const { avatarId } = partner;
  await Promise.all(SIZES.map((size) => world.bucket.put({ avatarId, photoId: 'p', size }, WEBP)));
  const { joinedAtMs } = partner;
  const job = { kind: 'erase', avatarId, joinedAtMs, erasureId: randomUUID() } as const;
  const requestedAtMs = Date.now();
  const expiresAtMs = requestedAtMs + DAY_MS;
  await world.erasures.begin({ erasureId: job.erasureId, requestedAtMs, expiresAtMs });
  await world.eraseQueue.send(job);
  return { partner, job };
}

/** The same, and so long ago that nothing can come back. */
async function settled() {
  const { partner, job } = await asked();
  const { avatarId, joinedAtMs, erasureId } = job;
  const erasedAtMs = Date.now() - SETTLE_MS;
  const tombstone = { erasureId, joinedAtMs, erasedAtMs, expiresAtMs: erasedAtMs + DAY_MS };
  await deployed.world.erasures.entomb(avatarId, tombstone);
  return { partner, job };
}

async function sendBody(MessageBody: string): Promise<void> {
  const { world } = deployed;
  const QueueUrl = world.resources.queues.erase.url;
  await world.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

/** What the handler asked of the queue: operation and the fields that matter. */
function askedOfQueue() {
  return deployed.wires.sqs.seen.map(({ operation, body }) => {
    const { DelaySeconds, VisibilityTimeout, MessageBody } = JSON.parse(body);
    return { operation, DelaySeconds, VisibilityTimeout, MessageBody };
  });
}

async function storedSizes({ avatarId }: Partner): Promise<number> {
  const found = await Promise.all(
    SIZES.map((size) => deployed.world.bucket.get({ avatarId, photoId: 'p', size })),
  );
  return found.filter(Boolean).length;
}

describe('an erasure', () => {
  test('deletes at once, and comes back when nothing can bring anything back', async () => {
    const { partner, job } = await asked();
    const beforeMs = Date.now();

    const { event, response } = await deployed.batchOf('erase');

    expect(response).toEqual({ batchItemFailures: [] });
    expect(await storedSizes(partner)).toBe(0);
    expect(deployed.invalidated).toEqual(evictionPaths(partner.avatarId));
    expect(await deployed.world.erasures.find(job.erasureId)).toMatchObject({ objects: 4 });
    const [sent, ...others] = askedOfQueue();
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ operation: 'SendMessage', MessageBody: event.Records[0]?.body });
    // The time that the first pass took is not waited for again.
    expect(sent?.DelaySeconds).toBeGreaterThan(SETTLE_MS / 2000);
    expect(sent?.DelaySeconds).toBeLessThanOrEqual(SETTLE_MS / 1000);
    const items = await deployed.world.items();
    const tombstone = items.find(({ avatarId }) => avatarId?.S === partner.avatarId);
    const expiresAtMs = Number(tombstone?.expiresAtSeconds?.N) * 1000;
    expect(expiresAtMs).toBeGreaterThanOrEqual(beforeMs + defaults.tombstoneDays * DAY_MS);
    expect(expiresAtMs).toBeLessThan(Date.now() + defaults.tombstoneDays * DAY_MS + 1000);
    const log = deployed.takeLog();
    expect(log).toContain(`"avatarId":"${partner.avatarId}"`);
    expect(log).toContain('"kind":"swept"');
    expect(log).not.toMatch(/canary|9007199254/i);
  });

  test('that has settled is completed, and sends nothing more', async () => {
    const { partner, job } = await settled();

    const { response } = await deployed.batchOf('erase');

    expect(response).toEqual({ batchItemFailures: [] });
    expect(await deployed.world.erasures.find(job.erasureId)).toHaveProperty('completedAtMs');
    expect(await storedSizes(partner)).toBe(0);
    expect(deployed.wires.sqs.seen).toEqual([]);
  });

  test('is not done twice by two messages in one batch', async () => {
    const { job } = await settled();
    await deployed.world.eraseQueue.send(job);

    const { event, response } = await deployed.batchOf('erase');

    expect(event.Records).toHaveLength(2);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(await deployed.world.erasures.state(job.avatarId)).toEqual({ kind: 'nobody' });
  });

  test('deletes nothing before the tombstone is there', async () => {
    const { partner } = await asked();
    deployed.wires.dynamodb.intercept(without('PutItem'));

    const { response } = await deployed.batchOf('erase');

    expect(response.batchItemFailures).toHaveLength(1);
    expect(await storedSizes(partner)).toBe(SIZES.length);
    expect(deployed.invalidated).toEqual([]);
  });
});

test('an eviction makes the edge forget a partner who stays', async () => {
  const { avatarId } = await deployed.world.join(userId);
  await deployed.world.eraseQueue.send({ kind: 'evict', avatarId });

  const { response } = await deployed.batchOf('erase');

  expect(response).toEqual({ batchItemFailures: [] });
  expect(deployed.invalidated).toEqual(evictionPaths(avatarId));
  expect(deployed.wires.sqs.seen).toEqual([]);
  expect(deployed.wires.dynamodb.seen).toEqual([]);
});

describe('a batch', () => {
  test('with a poison message in it reports that one alone, and does the others', async () => {
    const partners = [];
    for (let n = 0; n < 3; n++) partners.push((await asked()).partner);
    await sendBody('{"kind":"erase","avatarId":""}');

    const { event, response } = await deployed.batchOf('erase');

    const poison = event.Records.find(({ body }) => body.includes('""'));
    expect(event.Records).toHaveLength(4);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: poison?.messageId }] });
    for (const partner of partners) expect(await storedSizes(partner)).toBe(0);
  });
});

describe('a message that fails', () => {
  test('because the bucket is down comes back after two seconds; the tombstone is there', async () => {
    const { partner } = await asked();
    deployed.wires.s3.intercept(async () => 'cut');

    const { event, response } = await deployed.batchOf('erase');

    const itemIdentifier = event.Records[0]?.messageId;
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier }] });
    expect(askedOfQueue()).toEqual([
      { operation: 'ChangeMessageVisibility', VisibilityTimeout: 2 },
    ]);
    expect(await deployed.world.table.get(partner.avatarId)).toBeUndefined();
    expect(deployed.invalidated).toEqual([]);
  });

  test('because the queue takes nothing is not lost', async () => {
    await asked();
    deployed.wires.sqs.intercept(without('SendMessage'));

    const { response } = await deployed.batchOf('erase');

    expect(response.batchItemFailures).toHaveLength(1);
  });
});
