// What the functions behind queues answer for a batch: which of its messages are to come back, and no others.

import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SETTLE_MS } from '../../core/erasure.ts';
import type { Partner } from '../../core/partner.ts';
import { type QueueName, queues } from '../../core/topology.ts';
import { hidePhotos, setPhoto } from '../../local/bot-api/control.ts';
import { contextOf } from '../lambdas/deployed.ts';
import { without } from '../wire.ts';
import { type Fleet, startFleet } from './fleet.ts';

const NOBODY = 'a'.repeat(26);
// Longer than any message that failed waits.
const BACK_OFF_MS = queues.fetch.visibilityTimeoutSeconds * 1000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

const resources = () => fleet.deployed.world.resources;

async function sendBody(queue: QueueName, MessageBody: string): Promise<void> {
  const QueueUrl = resources().queues[queue].url;
  await fleet.deployed.world.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

describe('fault 12: one poison message in a batch of ten', () => {
  test('is reported alone: nine are done and deleted', async () => {
    const partners: Partner[] = [];
    for (let n = 0; n < 9; n++) {
      const partner = await fleet.newPartner();
      partners.push(partner);
      await fleet.ask(partner);
    }
    await sendBody('fetch', '{"avatarId":"poison"}');

    const { event, response } = await fleet.deployed.deliver('fetch');

    const poison = event.Records.find(({ body }) => body.includes('poison'));
    expect(event.Records).toHaveLength(10);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: poison?.messageId }] });
    expect(await fleet.waiting(resources().queues.fetch.url)).toBe(1);
    for (const partner of partners) expect(await fleet.stored(partner)).toHaveProperty('photo');
  });

  test.each<QueueName>(['fetch', 'warm', 'erase'])(
    'is a dead letter of the %s queue after the limit, with the reason and whose request it was',
    async (queue) => {
      const { maxReceiveCount } = queues[queue];
      await sendBody(queue, '{"kind":"poison"}');
      const ids: (string | undefined)[] = [];

      for (let n = 1; n <= maxReceiveCount; n++) {
        const { event, response } = await fleet.deployed.deliver(queue);
        ids.push(event.Records[0]?.messageId);
        expect(event.Records).toHaveLength(1);
        // The last time it is done: it is a dead letter.
        expect(response.batchItemFailures).toHaveLength(n < maxReceiveCount ? 1 : 0);
        fleet.pass(BACK_OFF_MS);
      }

      expect(await fleet.waiting(resources().queues[queue].url)).toBe(0);
      const letters = await fleet.takeDeadLetters(queue);
      expect(letters).toHaveLength(1);
      expect(letters[0]?.Body).toBe('{"kind":"poison"}');
      expect(letters[0]?.MessageAttributes).toMatchObject({
        reason: { StringValue: expect.stringMatching(/^[A-Z]\w+: \S/) },
        requestId: { StringValue: ids[0] },
      });
    },
  );

  test('is not lost where the dead letter cannot be sent: SQS moves it itself', async () => {
    await sendBody('fetch', 'poison');
    fleet.deployed.wires.sqs.intercept(without('SendMessage'));

    for (let n = 1; n <= queues.fetch.maxReceiveCount; n++) {
      const { response } = await fleet.deployed.deliver('fetch');
      expect(response.batchItemFailures).toHaveLength(1);
      fleet.pass(BACK_OFF_MS);
    }
    expect((await fleet.deployed.deliver('fetch')).event.Records).toEqual([]);

    expect(await fleet.takeDeadLetters('fetch')).toMatchObject([{ Body: 'poison' }]);
  });
});

/** The message of a job, as the queue gives it out. */
async function given(queue: QueueName, job: object): Promise<SQSEvent> {
  await sendBody(queue, JSON.stringify(job));
  return fleet.inHand(queue);
}

const aged = ({ Records }: SQSEvent, receives: number): SQSEvent => ({
  Records: Records.map((record) => ({
    ...record,
    attributes: { ...record.attributes, ApproximateReceiveCount: String(receives) },
  })),
});

const jobOf = ({ avatarId }: Partner) => ({ avatarId, checkedBeforeMs: Date.now() });

/** A partner whose photo is stored. */
async function stored(): Promise<Partner> {
  const partner = await fleet.newPartner();
  await fleet.ask(partner);
  await fleet.deployed.deliver('fetch');
  fleet.pass(1_000);
  return partner;
}

async function fetchOf(partner: Partner): Promise<SQSEvent> {
  return given('fetch', jobOf(partner));
}

/** A new erasure: its message, and a receipt that it has begun. */
async function erasureOf({ avatarId, joinedAtMs }: Partner): Promise<SQSEvent> {
  const erasureId = randomUUID();
  const requestedAtMs = Date.now();
  const { erasures } = fleet.deployed.world;
  await erasures.begin({ erasureId, requestedAtMs, expiresAtMs: requestedAtMs + 1e9 });
  return given('erase', { kind: 'erase', avatarId, joinedAtMs, erasureId });
}

type Ending = readonly [ending: string, failures: 0 | 1, begin: () => Promise<SQSEvent>];

const throttled = { call: 'getUserProfilePhotos', effect: 'error', status: 429 } as const;
const broken = { call: 'getUserProfilePhotos', effect: 'html', status: 502 } as const;

const endingsOfAFetch: readonly Ending[] = [
  ['stored', 0, async () => fetchOf(await fleet.newPartner())],
  ['unchanged', 0, async () => fetchOf(await stored())],
  ['fresh', 0, async () => given('fetch', { ...jobOf(await stored()), checkedBeforeMs: 1 })],
  ['unknown', 0, async () => given('fetch', { avatarId: NOBODY, checkedBeforeMs: 1 })],
  [
    'none',
    0,
    async () => {
      const partner = await fleet.newPartner();
      await hidePhotos(fleet.apiRoot, Number(partner.userId));
      return fetchOf(partner);
    },
  ],
  [
    'missing',
    0,
    async () => {
      const partner = await stored();
      await hidePhotos(fleet.apiRoot, Number(partner.userId));
      return fetchOf(partner);
    },
  ],
  [
    'rejected',
    0,
    async () => {
      const partner = await fleet.newPartner();
      await setPhoto(fleet.apiRoot, Number(partner.userId), new Uint8Array(10_000));
      return fetchOf(partner);
    },
  ],
  [
    'busy',
    0,
    async () => {
      const { avatarId, ...partner } = await fleet.newPartner();
      const nowMs = Date.now();
      const lease = { owner: 'a', nowMs, untilMs: nowMs + 9_000, checkedBeforeMs: nowMs };
      await fleet.deployed.world.table.acquireLease(avatarId, lease);
      return fetchOf({ avatarId, ...partner });
    },
  ],
  [
    'throttled',
    0,
    async () => {
      await fleet.fault({ ...throttled, retryAfter: 35 });
      return fetchOf(await fleet.newPartner());
    },
  ],
  [
    'paused',
    0,
    async () => {
      const nowMs = Date.now();
      await fleet.deployed.world.budget.pause('throttled', nowMs + 35_000, nowMs);
      return fetchOf(await fleet.newPartner());
    },
  ],
  [
    'failed',
    1,
    async () => {
      await fleet.fault(broken);
      return fetchOf(await fleet.newPartner());
    },
  ],
  [
    'failed for the last time',
    0,
    async () => {
      await fleet.fault(broken);
      return aged(await fetchOf(await fleet.newPartner()), queues.fetch.maxReceiveCount);
    },
  ],
  ['unreadable', 1, () => given('fetch', { avatarId: 7 })],
  [
    'unreadable for the last time',
    0,
    async () => aged(await given('fetch', []), queues.fetch.maxReceiveCount),
  ],
];

const endingsOfAnErasure: readonly Ending[] = [
  ['swept', 0, async () => erasureOf(await stored())],
  [
    'erased',
    0,
    async () => {
      const event = await erasureOf(await stored());
      await fleet.deployed.handlers.erasePartner(event, contextOf('erasePartner'));
      fleet.pass(SETTLE_MS);
      return event;
    },
  ],
  [
    'over',
    0,
    () =>
      given('erase', { kind: 'erase', avatarId: NOBODY, joinedAtMs: 1, erasureId: randomUUID() }),
  ],
  ['evicted', 0, () => given('erase', { kind: 'evict', avatarId: NOBODY })],
  [
    'failed',
    1,
    async () => {
      const event = await erasureOf(await fleet.newPartner());
      fleet.deployed.wires.s3.intercept(async () => 'cut');
      return event;
    },
  ],
  [
    'failed for the last time',
    0,
    async () => {
      const event = await erasureOf(await fleet.newPartner());
      fleet.deployed.wires.s3.intercept(async () => 'cut');
      return aged(event, queues.erase.maxReceiveCount);
    },
  ],
  ['unreadable', 1, () => given('erase', { kind: 'evict' })],
  [
    'unreadable for the last time',
    0,
    async () => aged(await given('erase', {}), queues.erase.maxReceiveCount),
  ],
];

const endings = [
  ...endingsOfAFetch.map((ending) => ['fetchPhoto', ...ending] as const),
  ...endingsOfAnErasure.map((ending) => ['erasePartner', ...ending] as const),
];

describe('fault 13: the answer of', () => {
  test.each(endings)(
    '%s to a message that is %s has the exact shape, and names it %i times',
    async (name, ending, failures, begin) => {
      const event = await begin();
      expect(event.Records).toHaveLength(1);
      fleet.deployed.takeLog();

      const response = await fleet.deployed.handlers[name](event, contextOf(name));

      const itemIdentifier = event.Records[0]?.messageId;
      const batchItemFailures = failures === 1 ? [{ itemIdentifier }] : [];
      expect(response).toStrictEqual({ batchItemFailures });
      // It ended as this test says.
      if (!/failed|unreadable|throttled|paused/.test(ending)) {
        expect(fleet.deployed.takeLog()).toContain(`"kind":"${ending}"`);
      }
    },
  );

  test.each(['fetchPhoto', 'erasePartner'] as const)(
    '%s to a batch of nothing is an empty list',
    async (name) => {
      const response = await fleet.deployed.handlers[name]({ Records: [] }, contextOf(name));

      expect(response).toStrictEqual({ batchItemFailures: [] });
    },
  );

  test.each(['fetchPhoto', 'erasePartner'] as const)(
    '%s to records without what SQS promises names each of them',
    async (name) => {
      const records = [{ messageId: '1' }, { messageId: '2', body: null, attributes: {} }];
      const event = { Records: records } as unknown as SQSEvent;

      const response = await fleet.deployed.handlers[name](event, contextOf(name));

      expect(response).toStrictEqual({
        batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '2' }],
      });
    },
  );

  test('fetchPhoto to a batch of all endings names those that failed, in their order', async () => {
    const simple = endingsOfAFetch.filter(([ending]) =>
      ['stored', 'unreadable', 'unknown', 'rejected', 'fresh'].includes(ending),
    );
    const Records = [];
    const failed = [];
    for (const [, failures, begin] of [...simple, ...simple]) {
      const [record = expect.fail('no message')] = (await begin()).Records;
      Records.push(record);
      if (failures === 1) failed.push({ itemIdentifier: record.messageId });
    }

    const response = await fleet.deployed.handlers.fetchPhoto({ Records }, contextOf('fetchPhoto'));

    expect(failed).toHaveLength(2);
    expect(response).toStrictEqual({ batchItemFailures: failed });
  });
});
