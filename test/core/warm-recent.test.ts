import { type AttributeValue, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { REFRESH_AGE_MS, staleBeforeMs } from '../../core/freshness.ts';
import { CLAIM_MS, type Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import type { FetchQueue } from '../../core/ports.ts';
import { table } from '../../core/topology.ts';
import { warmRecent } from '../../core/warm-recent.ts';
import { awsClients } from '../../local/aws.ts';
import { startWire } from '../wire.ts';
import {
  NOW,
  startWorld,
  storesOf,
  type TestClock,
  testClock,
  URL_KEY,
  type World,
} from '../world.ts';

const LONG_AGO = NOW - 2 * REFRESH_AGE_MS;

describe('a warming run', () => {
  let world: World;
  let clock: TestClock;
  let userId = 0;
  beforeAll(async () => {
    world = await startWorld();
    return world.stop;
  });
  beforeEach(async () => {
    clock = testClock();
    for (const queue of ['fetch', 'warm'] as const) await world.takeMessages(queue);
  });

  function warm(limit: number, queue: FetchQueue = world.queues.warm) {
    return warmRecent({ directory: world.directory, table: world.table, queue, clock }, limit);
  }

  /** A partner who is newer than all before, and claimed by nobody. */
  async function joined(claimUntilMs = 0): Promise<Partner> {
    userId += 1;
    const profile = { userId: String(userId), firstName: 'Ada' };
    const avatarId = avatarIdOf(URL_KEY, profile.userId);
    const times = { nowMs: NOW + userId, claimUntilMs };
    const partner = await world.table.register(avatarId, profile, times, { afterErasure: true });
    if (!partner) throw new Error('not registered');
    return partner;
  }

  /** One whose photo, or whose lack of one, was looked at then. */
  async function checked(checkedAtMs: number, photoId?: string): Promise<Partner> {
    const partner = await joined();
    const request = { owner: 'worker', nowMs: NOW, untilMs: NOW + 1, checkedBeforeMs: NOW };
    const lease = await world.table.acquireLease(partner.avatarId, request);
    const photo = photoId ? { photoId, lqip: 'l' } : undefined;
    await world.table.commit(lease as Lease, photo, checkedAtMs);
    return partner;
  }

  const jobOf = ({ avatarId }: Partner) => ({
    avatarId,
    checkedBeforeMs: staleBeforeMs(avatarId, NOW),
  });
  const inOrder = (jobs: readonly { avatarId: string }[]) =>
    jobs.toSorted((one, other) => one.avatarId.localeCompare(other.avatarId));
  const taken = async () => inOrder(await world.takeJobs('warm'));

  test('asks for what is missing or old and for nothing else, behind every viewer', async () => {
    const missing = await joined();
    const old = await checked(LONG_AGO, 'AQADa');
    const oldLack = await checked(LONG_AGO);
    await checked(NOW, 'AQADa');
    await checked(NOW);
    await joined(NOW + 1);

    expect(await warm(6)).toEqual({ looked: 6, asked: 3 });

    expect(await taken()).toEqual(inOrder([missing, old, oldLack].map(jobOf)));
    expect(await world.takeJobs('fetch')).toEqual([]);
  });

  test('looks at the newest, as many as it is told', async () => {
    await joined();
    const newest = [await joined(), await joined()];

    expect(await warm(2)).toEqual({ looked: 2, asked: 2 });

    expect(await taken()).toEqual(inOrder(newest.map(jobOf)));
  });

  test('of none does nothing', async () => {
    await joined();

    expect(await warm(0)).toEqual({ looked: 0, asked: 0 });
    expect(await taken()).toEqual([]);
  });

  test('that meets another one asks for each partner once, with it', async () => {
    const partners = [];
    for (let n = 0; n < 23; n++) partners.push(await joined());

    const runs = await Promise.all([warm(23), warm(23), warm(23)]);

    expect(runs.reduce((sum, { asked }) => sum + asked, 0)).toBe(23);
    expect(await taken()).toEqual(inOrder(partners.map(jobOf)));
  });

  test('asks again when the claim of a message that went astray is over', async () => {
    await joined();
    await warm(1);
    await taken();

    clock.advance(CLAIM_MS - 1);
    const during = await warm(1);
    clock.advance(1);
    const after = await warm(1);

    expect([during.asked, after.asked]).toEqual([0, 1]);
  });

  test('leaves no claim on those whom the queue refuses, and the next one asks for them', async () => {
    const [refused, sent] = [await joined(), await joined()];
    const { warm: whole } = world.queues;
    const refusing: FetchQueue = {
      ...whole,
      sendAll: async (jobs) => {
        const isRefused = ({ avatarId }: { avatarId: string }) => avatarId === refused.avatarId;
        await whole.sendAll(jobs.filter((job) => !isRefused(job)));
        return jobs.filter(isRefused);
      },
    };

    expect(await warm(2, refusing)).toEqual({ looked: 2, asked: 1 });
    expect(await taken()).toEqual([jobOf(sent)]);
    expect(await warm(2)).toEqual({ looked: 2, asked: 1 });
    expect(await taken()).toEqual([jobOf(refused)]);
  });
});

describe('what a warming run reads', () => {
  const FEW = 1_000;
  const MANY = 100_000;
  const LIMIT = 50;

  // The emulator takes about 4,000 items a second.
  const FILLING_MS = 240_000;

  test(
    'is as many items of a hundred thousand partners as of a thousand',
    async () => {
      const world = await startWorld();
      onTestFinished(world.stop);
      await world.join(1);
      const [template = {}] = await world.items();

      await fill(world, template, 2, FEW);
      const ofFew = await readsOf(world);
      await fill(world, template, FEW + 1, MANY);
      const ofMany = await readsOf(world);

      expect(ofFew).toEqual({ looked: LIMIT, entries: LIMIT, items: LIMIT, claims: LIMIT });
      expect(ofMany).toEqual(ofFew);
    },
    FILLING_MS,
  );

  /** The items that DynamoDB went through for one run, as it says, and those that were asked for by key. */
  async function readsOf(world: World) {
    const wire = await startWire(world.endpoints.dynamodbUrl);
    onTestFinished(wire.stop);
    const reads = { entries: 0, items: 0, claims: 0 };
    wire.intercept(async ({ operation, body, forward }) => {
      const answer = await forward();
      if (operation === 'Query') reads.entries += JSON.parse(answer.body).ScannedCount;
      else if (operation === 'BatchGetItem') reads.items += keysOf(body);
      else if (operation === 'UpdateItem') reads.claims += 1;
      else throw new Error(`an unexpected ${operation}`);
      return answer;
    });
    const clients = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
    const stores = storesOf(clients, world.resources);
    const ports = { ...stores, queue: stores.queues.warm, clock: testClock() };
    const { looked } = await warmRecent(ports, LIMIT);
    return { looked, ...reads };
  }
});

type Item = Record<string, AttributeValue>;

function keysOf(body: string): number {
  const { RequestItems } = JSON.parse(body) as { RequestItems: Record<string, { Keys: [] }> };
  return Object.values(RequestItems).reduce((sum, { Keys }) => sum + Keys.length, 0);
}

/** Writes the partners `from` to `to`, each newer than the one before, as copies of one that registered. */
async function fill(world: World, template: Item, from: number, to: number): Promise<void> {
  // BatchWriteItem takes no more.
  const BATCH = 25;
  const starts = Array.from({ length: Math.ceil((to - from + 1) / BATCH) }, (_, n) => n).values();
  const writeNext = async () => {
    for (const n of starts) {
      const first = from + n * BATCH;
      const length = Math.min(BATCH, to - first + 1);
      const puts = Array.from({ length }, (_, index) => ({
        PutRequest: { Item: numbered(template, first + index) },
      }));
      const RequestItems = { [world.resources.tableName]: puts };
      await world.clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, writeNext));
}

function numbered(template: Item, n: number): Item {
  const avatarId = avatarIdOf(URL_KEY, String(n));
  return {
    ...template,
    [table.key]: { S: avatarId },
    userId: { S: String(n) },
    [table.recentIndex.sortKey]: { N: String(NOW + n) },
  };
}
