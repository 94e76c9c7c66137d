import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FetchJob } from '../../core/fetch-job.ts';
import type { Partner } from '../../core/partner.ts';
import { addFault, hidePhotos, readCounters, resetBotApi } from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import { without } from '../wire.ts';
import { contextOf, type Deployed, deploy, TOKEN } from './deployed.ts';
import { endPause } from './end-pause.ts';
import { takeLines } from './log-lines.ts';

let deployed: Deployed;
let userId = 1;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(async () => {
  expect(deployed.takeLog()).not.toMatch(/canary|bot123456|photos\/file/);
  await deployed.tidy();
  await endPause(deployed);
  await resetBotApi(deployed.botApi.apiRoot);
});

/** A new partner, and the message that asks for the photo. */
async function asked(
  job: Partial<FetchJob> = {},
  queue: 'fetch' | 'warm' = 'fetch',
): Promise<Partner> {
  userId += 10;
  const partner = await deployed.world.join(userId);
  await deployed.world.queues[queue].send({
    avatarId: partner.avatarId,
    checkedBeforeMs: Date.now(),
    ...job,
  });
  return partner;
}

const known = ({ avatarId }: Partner) => deployed.world.table.get(avatarId);

/** What the handler asked of the queue: operation and the fields that matter. */
function askedOfQueue() {
  return deployed.wires.sqs.seen.map(({ operation, body }) => {
    const { DelaySeconds, VisibilityTimeout, MessageBody } = JSON.parse(body);
    return { operation, DelaySeconds, VisibilityTimeout, MessageBody };
  });
}

const fault = (injected: Fault) => addFault(deployed.botApi.apiRoot, injected);

async function callsToTelegram(): Promise<number> {
  const { calls } = await readCounters(deployed.botApi.apiRoot);
  return Object.values(calls).reduce((sum, { total }) => sum + total, 0);
}

describe('a batch', () => {
  test('of nothing but good messages reports an empty list', async () => {
    await asked();

    expect((await deployed.fetchBatch()).response).toEqual({ batchItemFailures: [] });
    expect(deployed.wires.sqs.seen).toEqual([]);
  });

  test.each(['', 'null', '[]', '"text"', '{"avatarId":7,"checkedBeforeMs":"x"}'])(
    'of the body %j reports it, and never throws',
    async (body) => {
      await asked();
      const { event } = await received();
      const [record] = event.Records;
      if (!record) throw new Error('nothing received');

      const poisoned = { Records: [{ ...record, body }] };
      const response = await deployed.handlers.fetchPhoto(poisoned, contextOf('fetchPhoto'));

      expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: record.messageId }] });
    },
  );
});

describe('a message that fails', () => {
  test('is reported, comes back after two seconds, and keeps its count', async () => {
    await asked();
    await fault({ call: 'getUserProfilePhotos', effect: 'html', status: 502 });

    const { event, response } = await deployed.fetchBatch();

    const itemIdentifier = event.Records[0]?.messageId;
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier }] });
    expect(askedOfQueue()).toEqual([
      { operation: 'ChangeMessageVisibility', VisibilityTimeout: 2 },
    ]);
  });

  test('comes back ever later', async () => {
    await asked();
    await fault({ call: 'getUserProfilePhotos', effect: 'html', status: 502, times: null });
    const { event } = await deployed.fetchBatch();
    const [record] = event.Records;
    if (!record) throw new Error('nothing received');

    for (const receives of ['2', '5', '7']) {
      const attributes = { ...record.attributes, ApproximateReceiveCount: receives };
      const again = { Records: [{ ...record, attributes }] };
      await deployed.handlers.fetchPhoto(again, contextOf('fetchPhoto'));
    }

    const delays = askedOfQueue().map(({ VisibilityTimeout }) => VisibilityTimeout);
    expect(delays).toEqual([2, 4, 32, 120]);
  });

  test('is reported even where it cannot be brought back', async () => {
    await asked();
    await fault({ call: 'download', effect: 'short' });
    deployed.wires.sqs.intercept(without('ChangeMessageVisibility'));

    const { response } = await deployed.fetchBatch();

    expect(response.batchItemFailures).toHaveLength(1);
  });

  test('because the table is down is reported, and nothing is fetched without a lease', async () => {
    await asked();
    deployed.wires.dynamodb.intercept(without('UpdateItem'));

    const { response } = await deployed.fetchBatch();

    expect(response.batchItemFailures).toHaveLength(1);
    expect(await callsToTelegram()).toBe(0);
  });

  test('and hangs is ended before the function is', async () => {
    const partner = await asked();
    await fault({ call: 'getFile', effect: 'hang' });

    const { response } = await deployed.fetchBatch(4_000);

    expect(response.batchItemFailures).toHaveLength(1);
    const nowMs = Date.now();
    const request = { owner: 'next', nowMs, untilMs: nowMs + 1, checkedBeforeMs: nowMs };
    const next = await deployed.world.table.acquireLease(partner.avatarId, request);
    expect(next).toMatchObject({ kind: 'held' });
  });
});

describe('a message that nobody is to blame for', () => {
  test.each<[string, Fault, number]>([
    ['429', { call: 'getFile', effect: 'error', status: 429, retryAfter: 35 }, 35],
    ['429 for ever', { call: 'getFile', effect: 'error', status: 429, retryAfter: 1e9 }, 900],
    ['401', { call: 'getUserProfilePhotos', effect: 'error', status: 401 }, 60],
  ])('waits as a new message at %s, and the old one is done', async (_, injected, seconds) => {
    const partner = await asked({ photoFileId: 'AgACgone' });
    await fault({
      call: 'getFile',
      effect: 'error',
      status: 400,
      description: 'Bad Request: invalid file_id',
    });
    await fault(injected);

    const { event, response } = await deployed.fetchBatch();

    expect(response).toEqual({ batchItemFailures: [] });
    expect(askedOfQueue()).toEqual([
      {
        operation: 'SendMessage',
        DelaySeconds: seconds,
        MessageBody: event.Records[0]?.body,
      },
    ]);
    expect(await known(partner)).not.toHaveProperty('checkedAtMs');
  });

  test('waits as a new message for the end of another worker’s lease', async () => {
    const { avatarId } = await asked();
    const nowMs = Date.now();
    await deployed.world.table.acquireLease(avatarId, {
      owner: 'another',
      nowMs,
      untilMs: nowMs + 600_000,
      checkedBeforeMs: nowMs,
    });

    const { response } = await deployed.fetchBatch();

    expect(response).toEqual({ batchItemFailures: [] });
    const [sent, ...others] = askedOfQueue();
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ operation: 'SendMessage' });
    expect(sent?.DelaySeconds).toBeGreaterThan(500);
    expect(sent?.DelaySeconds).toBeLessThanOrEqual(600);
    expect(await callsToTelegram()).toBe(0);
  });

  test.each<[string, Fault]>([
    ['throttled', { call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 35 }],
    ['refused', { call: 'getUserProfilePhotos', effect: 'error', status: 401 }],
  ])('is not lost while Telegram has us %s and the queue takes nothing', async (_, injected) => {
    await asked();
    await fault(injected);
    deployed.wires.sqs.intercept(without('SendMessage'));

    const { response } = await deployed.fetchBatch();

    expect(response.batchItemFailures).toHaveLength(1);
    expect(takeLines(deployed)).toMatchObject([
      { message: 'fetch failed' },
      { message: 'not postponed', messageId: response.batchItemFailures[0]?.itemIdentifier },
    ]);
  });

  test('is not lost while another worker is busy and the queue takes nothing', async () => {
    const { avatarId } = await asked();
    const nowMs = Date.now();
    const request = { owner: 'a', nowMs, untilMs: nowMs + 60_000, checkedBeforeMs: nowMs };
    await deployed.world.table.acquireLease(avatarId, request);
    deployed.wires.sqs.intercept(without('SendMessage'));

    const { response } = await deployed.fetchBatch();

    expect(response.batchItemFailures).toHaveLength(1);
  });
});

describe('what Telegram tells one worker', () => {
  const throttled: Fault = {
    call: 'getUserProfilePhotos',
    effect: 'error',
    status: 429,
    retryAfter: 35,
  };

  test.each(['fetch', 'warm'] as const)(
    'holds for all: a message of the %s queue waits there, without a call, a lease or another message',
    async (queue) => {
      await asked();
      await fault(throttled);
      await deployed.fetchBatch();
      deployed.wires.sqs.untouched();
      const partner = await asked({}, queue);
      const callsBefore = await callsToTelegram();

      const { event, response } = await deployed.batchOf(queue);

      expect(response).toEqual({ batchItemFailures: [] });
      expect(await callsToTelegram()).toBe(callsBefore);
      const [sent, ...others] = deployed.wires.sqs.seen.map(({ body }) => JSON.parse(body));
      expect(others).toEqual([]);
      const QueueUrl = deployed.world.resources.queues[queue].url;
      expect(sent).toMatchObject({ QueueUrl, MessageBody: event.Records[0]?.body });
      expect(sent.DelaySeconds).toBeGreaterThan(30);
      const { claimedUntilMs = 0 } = (await known(partner)) ?? {};
      expect(claimedUntilMs - Date.now()).toBeGreaterThan(sent.DelaySeconds * 1000);
      const nowMs = Date.now();
      const request = { owner: 'next', nowMs, untilMs: nowMs + 1, checkedBeforeMs: nowMs };
      const lease = await deployed.world.table.acquireLease(partner.avatarId, request);
      expect(lease).toMatchObject({ kind: 'held', generation: 1 });
    },
  );
});

describe('a message of the warm queue', () => {
  test('is fetched like any other', async () => {
    const partner = await asked({}, 'warm');

    expect((await deployed.batchOf('warm')).response).toEqual({ batchItemFailures: [] });
    expect(await known(partner)).toHaveProperty('photo');
  });

  test('waits in the warm queue for the end of another worker’s lease', async () => {
    const { avatarId } = await asked({}, 'warm');
    const nowMs = Date.now();
    const request = { owner: 'a', nowMs, untilMs: nowMs + 60_000, checkedBeforeMs: nowMs };
    await deployed.world.table.acquireLease(avatarId, request);

    await deployed.batchOf('warm');

    const sent = deployed.wires.sqs.seen.map(({ body }) => JSON.parse(body).QueueUrl);
    expect(sent).toEqual([deployed.world.resources.queues.warm.url]);
  });

  test('that fails comes back to the warm queue', async () => {
    await asked({}, 'warm');
    await fault({ call: 'getFile', effect: 'html', status: 502 });

    const { response } = await deployed.batchOf('warm');

    expect(response.batchItemFailures).toHaveLength(1);
    const [brought] = deployed.wires.sqs.seen;
    expect(brought?.operation).toBe('ChangeMessageVisibility');
    expect(JSON.parse(brought?.body ?? '').QueueUrl).toBe(deployed.world.resources.queues.warm.url);
  });
});

test('a photo that Telegram does not show is looked for once more, and then forgotten by all', async () => {
  const partner = await asked();
  await deployed.fetchBatch();
  const { photo } = (await known(partner)) ?? {};
  await hidePhotos(deployed.botApi.apiRoot, Number(partner.userId));
  const job = { avatarId: partner.avatarId, checkedBeforeMs: Date.now() + 1 };
  await deployed.world.queues.fetch.send(job);

  await deployed.fetchBatch();

  const again = { ...job, missingPhotoId: photo?.photoId };
  expect(askedOfQueue()).toEqual([
    { operation: 'SendMessage', DelaySeconds: 5, MessageBody: JSON.stringify(again) },
  ]);
  expect(await known(partner)).toMatchObject({ photo });

  await deployed.world.queues.fetch.send(again as FetchJob);
  await deployed.fetchBatch();

  expect(await known(partner)).not.toHaveProperty('photo');
  expect(await deployed.world.takeJobs('erase')).toEqual([
    { kind: 'evict', avatarId: partner.avatarId },
  ]);
  expect(await deployed.world.delayed('erase')).toBe(1);
});

test('messages that come again, or for nobody, cost the others no place in the row', async () => {
  const { avatarId } = await asked();
  await deployed.fetchBatch();
  const before = await budgetItem();
  const jobs = [avatarId, avatarId, 'a'.repeat(26)].map((id) => ({
    avatarId: id,
    checkedBeforeMs: 1,
  }));
  await deployed.world.queues.fetch.sendAll(jobs);

  const { event, response } = await deployed.fetchBatch();

  expect(event.Records).toHaveLength(3);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(await budgetItem()).toEqual(before);
  expect(before).toHaveProperty('slotMs');
});

async function budgetItem() {
  const items = await deployed.world.items();
  return items.find(({ avatarId }) => avatarId?.S === 'telegram');
}

test('a job for nobody is done', async () => {
  await deployed.world.queues.fetch.send({ avatarId: 'a'.repeat(26), checkedBeforeMs: Date.now() });

  expect((await deployed.fetchBatch()).response).toEqual({ batchItemFailures: [] });
  expect(await callsToTelegram()).toBe(0);
});

test('a lease lasts as long as the invocation and five seconds', async () => {
  const partner = await asked();
  const { world } = deployed;
  let lease: unknown;
  deployed.wires.s3.intercept(async ({ forward }) => {
    const nowMs = Date.now();
    lease = await world.table.acquireLease(partner.avatarId, {
      owner: 'curious',
      nowMs,
      untilMs: nowMs,
      checkedBeforeMs: nowMs,
    });
    return forward();
  });
  const beforeMs = Date.now();

  await deployed.fetchBatch(10_000);

  const { kind, untilMs } = lease as { kind: string; untilMs: number };
  expect(kind).toBe('busy');
  expect(untilMs - beforeMs).toBeGreaterThanOrEqual(15_000);
  expect(untilMs).toBeLessThanOrEqual(Date.now() + 15_000);
});

test('neither the token nor a path at Telegram is in any answer or row', async () => {
  const partner = await asked();
  const file_path = `/var/lib/bot${TOKEN}/photos/file_1.jpg`;
  await fault({ call: 'getFile', effect: 'merge', result: { file_path } });

  const { response } = await deployed.fetchBatch();

  expect(response.batchItemFailures).toHaveLength(1);
  const log = deployed.takeLog();
  expect(log).toContain('no relative file_path');
  const everything = [log, response, await known(partner), deployed.wires];
  expect(JSON.stringify(everything)).not.toContain('canary');
});

async function received() {
  const batch = await deployed.fetchBatch();
  deployed.wires.sqs.untouched();
  return batch;
}
