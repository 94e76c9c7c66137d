// Photos that change, change back and grow old: whose word stands, and what looking costs.

import { type AttributeValue, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { isDue } from '../../core/freshness.ts';
import { CLAIM_MS, LEASE_MARGIN_MS, type Lease } from '../../core/lease.ts';
import { defaults } from '../../core/operator-settings.ts';
import type { Clock } from '../../core/ports.ts';
import { SIZES } from '../../core/sizes.ts';
import { takeTurn } from '../../core/take-turn.ts';
import { AHEAD_MS, MIN_INTERVAL_MS } from '../../core/telegram-budget.ts';
import { functions, queues, table } from '../../core/topology.ts';
import { warmRecent } from '../../core/warm-recent.ts';
import { awsClients } from '../../local/aws.ts';
import { changePhoto, deletePhoto, readCounters } from '../../local/bot-api/control.ts';
import { inVirtualTime } from '../core/virtual-time.ts';
import { contextOf } from '../lambdas/deployed.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { NOW, storesOf, URL_KEY } from '../world.ts';
import { type Fleet, type StoredPartner, startFleet } from './fleet.ts';
import { holdUp, steps } from './steps.ts';

const FETCH_MS = functions.fetchPhoto.timeoutSeconds * 1000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

const runOfTheSchedule = () => fleet.deployed.handlers.warmRecent({}, contextOf('warmRecent'));

// Before the others, whose partners would come due as well.
describe('fault 31: photos that were looked at in the same instant', () => {
  const JITTER_MS = REFRESH_AGE_MS * 0.2;

  test('come due one after the other, some early, at a rate that is flat', () => {
    const PARTNERS = 5_000;
    const BUCKETS = 20;
    const ids = Array.from({ length: PARTNERS }, (_, n) => avatarIdOf(URL_KEY, String(n + 1)));
    const dueBy = (sinceMs: number) =>
      ids.filter((avatarId) => isDue({ avatarId, checkedAtMs: NOW }, NOW + sinceMs, REFRESH_AGE_MS))
        .length;
    const firstMs = REFRESH_AGE_MS - JITTER_MS / 2;

    const counts = Array.from({ length: BUCKETS + 1 }, (_, n) =>
      dueBy(firstMs + (n * JITTER_MS) / BUCKETS + 1),
    );

    const perBucket = counts.slice(1).map((count, n) => count - (counts[n] ?? 0));
    expect(counts.at(0)).toBeLessThan(3);
    expect(counts.at(-1)).toBe(PARTNERS);
    const mean = PARTNERS / BUCKETS;
    expect(Math.max(...perBucket)).toBeLessThan(1.3 * mean);
    expect(Math.min(...perBucket)).toBeGreaterThan(0.7 * mean);
  });

  test('are looked at again once each by the schedule, a few at every run', async () => {
    const PARTNERS = 40;
    for (let n = 1; n <= PARTNERS; n++) await lookedAt(n);
    fleet.pass(REFRESH_AGE_MS - JITTER_MS / 2);

    const perRun: number[] = [];
    // The real schedule fires three times as often: what it finds is fewer still.
    const everyMs = 3 * defaults.warmEveryMinutes * 60_000;
    for (let passedMs = 0; passedMs < JITTER_MS + 2 * everyMs; passedMs += everyMs) {
      const { asked } = (await runOfTheSchedule()) as { asked: number };
      if (asked > 0) await fleet.deployed.deliver('warm');
      perRun.push(asked);
      fleet.pass(everyMs);
    }

    expect(perRun.reduce((sum, asked) => sum + asked)).toBe(PARTNERS);
    // Two on average; all at once they would be forty.
    expect(Math.max(...perRun)).toBeLessThanOrEqual(8);
    expect(await fleet.calls()).toEqual({ lists: PARTNERS, files: 0, downloads: 0 });
  });

  /** One without a photo, which is known since now. */
  async function lookedAt(n: number): Promise<void> {
    const { table: partners, join } = fleet.deployed.world;
    // The stand-in has no photo for ids that end in 0.
    const { avatarId } = await join(1_000_000 + 10 * n);
    const nowMs = Date.now();
    const times = { nowMs, untilMs: nowMs + 1, checkedBeforeMs: nowMs };
    const lease = await partners.acquireLease(avatarId, { owner: 'worker', ...times });
    await partners.commit(lease as Lease, undefined, nowMs, nowMs);
  }

  test('that are asked for all at once still reach Telegram at its rate', async () => {
    const WORKERS = queues.warm.batchSize * queues.warm.maximumConcurrency;
    const { world } = fleet.deployed;
    const { avatarId } = await fleet.newPartner();
    const begunAtMs: number[] = [];
    let left = 200;

    await inVirtualTime(
      Array.from({ length: WORKERS }, () => async (clock: Clock) => {
        while (left > 0) {
          left -= 1;
          const turn = await takeTurn({ ...world, clock }, avatarId, 'warm', FETCH_MS);
          if (turn.kind === 'begin') begunAtMs.push(clock.nowMs());
          else await clock.sleep(turn.untilMs - clock.nowMs());
        }
      }),
    );

    const perSecond = 1000 / MIN_INTERVAL_MS;
    expect(begunAtMs.length).toBeGreaterThan(100);
    for (const ms of begunAtMs) {
      const within = begunAtMs.filter((other) => other >= ms && other < ms + 1000);
      expect(within.length).toBeLessThanOrEqual(perSecond);
    }
    expect(AHEAD_MS.warm.burst).toBe(0);
  });
});

describe('fault 29: a photo that changes and changes back', () => {
  /** The id of the photo that the user shows now. */
  async function show(change: typeof changePhoto, { userId }: StoredPartner): Promise<string> {
    const { photos } = await change(fleet.apiRoot, Number(userId));
    return photos[0]?.bigUniqueId ?? '';
  }

  async function expectShown(partner: StoredPartner, photoId: string): Promise<void> {
    expect((await fleet.stored(partner))?.photo?.photoId).toBe(photoId);
    expect(await fleet.objectsOf(partner, photoId)).toBe(SIZES.length);
  }

  async function refreshed(partner: StoredPartner): Promise<void> {
    await fleet.ask(partner);
    await fleet.settle();
    fleet.pass(1_000);
  }

  test('is followed each time, and leaves nothing of the one between', async () => {
    const partner = await fleet.storedPartner();
    const a = partner.photo.photoId;
    const b = await show(changePhoto, partner);
    await refreshed(partner);
    await expectShown(partner, b);
    expect(await fleet.objectsOf(partner, a)).toBe(0);

    expect(await show(deletePhoto, partner)).toBe(a);
    await refreshed(partner);

    await expectShown(partner, a);
    expect(await fleet.objectsOf(partner, b)).toBe(0);
  });

  test('is not put back by a refresh that was asked for earlier and comes later', async () => {
    const partner = await fleet.storedPartner();
    const { avatarId } = partner;
    const late = { avatarId, checkedBeforeMs: Date.now() };
    fleet.pass(1_000);
    const b = await show(changePhoto, partner);
    await refreshed(partner);
    const a = await show(deletePhoto, partner);
    const calls = await fleet.calls();

    await fleet.deployed.world.queues.warm.send(late);
    await fleet.settle();

    expect(await fleet.calls()).toEqual(calls);
    await expectShown(partner, b);
    await refreshed(partner);
    await expectShown(partner, a);
  });

  test.each([
    ['stores the pictures', 's3', steps.put],
    ['moves the pointer', 'dynamodb', steps.replace],
  ] as const)(
    'is as the worker says who looked last, though one who looked before wakes up when it %s',
    async (_, wire, step) => {
      const partner = await fleet.storedPartner();
      const a = partner.photo.photoId;
      const b = await show(changePhoto, partner);
      await fleet.ask(partner);
      const held = holdUp(fleet.deployed.wires[wire], step);
      const slow = fleet.deployed.deliver('fetch');
      await held.come(1);
      await show(deletePhoto, partner);
      fleet.pass(FETCH_MS + LEASE_MARGIN_MS);
      await fleet.ask(partner);

      const quick = await fleet.deployed.deliver('fetch');
      const between = await fleet.stored(partner);
      held.letGo(0);
      await slow;

      expect(quick.event.Records).toHaveLength(1);
      expect(between?.photo?.photoId).toBe(a);
      expect(await fleet.stored(partner)).toEqual(between);
      await expectShown(partner, a);
      await fleet.settle();
      const c = await show(changePhoto, partner);
      expect(c).not.toBe(b);
      fleet.pass(1_000);
      await refreshed(partner);
      await expectShown(partner, c);
    },
  );
});

describe('fault 30: a schedule that fires twice', () => {
  const FEW = 1_000;
  const MANY = 100_000;
  const LIMIT = 50;

  // The emulator takes about 4,000 items a second, and on a busy machine a tenth of that.
  const FILLING_MS = 600_000;

  test(
    'looks each of the newest up once among a hundred thousand partners, in Telegram’s time, with as many reads as among a thousand',
    async () => {
      const { world } = fleet.deployed;
      const { avatarId } = await world.join(1);
      const items = await world.items();
      const template = items.find((item) => item.avatarId?.S === avatarId) ?? {};
      await fill(template, 2, FEW);
      const ofFew = await readsOf(run);
      await fill(template, FEW + 1, MANY);

      const ofMany = await readsOf(() => Promise.all([run(), run()]));
      const slotsMs = slotsTaken();
      await fleet.settle();
      // Whoever had bad luck with a claim is asked for now; nobody else is again.
      fleet.pass(CLAIM_MS);
      await run();
      await fleet.settle();

      expect(ofFew).toEqual({ entries: LIMIT, items: LIMIT, claims: LIMIT });
      expect(ofMany.entries).toBe(2 * LIMIT);
      expect(ofMany.items).toBe(2 * LIMIT);
      expect(ofMany.claims).toBe(LIMIT);
      const { users } = (await readCounters(fleet.apiRoot)).calls.getUserProfilePhotos;
      const newest = Array.from({ length: LIMIT }, (_, n) => [String(MANY - n), 1]);
      expect(users).toMatchObject(Object.fromEntries(newest));
      expect(Object.values(users).every((lists) => lists === 1)).toBe(true);
      // Those of the first run of few, too.
      expect(slotsMs).toHaveLength(2 * LIMIT);
      const inOrder = slotsMs.toSorted((a, b) => a - b);
      const gapsMs = inOrder.slice(1).map((ms, n) => ms - (inOrder[n] ?? 0));
      expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(MIN_INTERVAL_MS);
    },
    FILLING_MS,
  );

  /** The slots at Telegram that are taken from now on, as their answers come. */
  function slotsTaken(): readonly number[] {
    const slotsMs: number[] = [];
    fleet.deployed.wires.dynamodb.intercept(async (exchange) => {
      const answer = await exchange.forward();
      if (steps.turn(exchange) && answer.status === 200) {
        slotsMs.push(Number(JSON.parse(answer.body).Attributes.slotMs.N));
      }
      return answer;
    });
    return slotsMs;
  }

  /** What the schedule's function does, but for its time-out: the emulator reads an index of this size in seconds. */
  async function run(): Promise<void> {
    const { endpoints, resources, queues: sent } = fleet.deployed.world;
    const clients = awsClients({ ...endpoints, dynamodbUrl: fleet.deployed.wires.dynamodb.url });
    const clock = { nowMs: () => Date.now() };
    await warmRecent(
      { ...storesOf(clients, resources), queue: sent.warm, clock, refreshAgeMs: REFRESH_AGE_MS },
      LIMIT,
    );
  }

  /** The items that DynamoDB went through, as it says, those that were asked for by key, and whom it claimed. */
  async function readsOf(run: () => Promise<unknown> | unknown) {
    const reads = { entries: 0, items: 0 };
    const claimed = new Set<string>();
    fleet.deployed.wires.dynamodb.intercept(async ({ operation, body, forward }) => {
      const answer = await forward();
      if (operation === 'Query') reads.entries += JSON.parse(answer.body).ScannedCount;
      else if (operation === 'BatchGetItem') reads.items += keysOf(body);
      else if (operation === 'UpdateItem') claimed.add(JSON.parse(body).Key[table.key].S);
      else if (operation !== 'GetItem') throw new Error(`an unexpected ${operation}`);
      return answer;
    });
    await run();
    fleet.deployed.wires.dynamodb.untouched();
    return { ...reads, claims: claimed.size };
  }

  /** Writes the partners `from` to `to`, each newer than the one before, as copies of one that registered. */
  async function fill(template: Item, from: number, to: number): Promise<void> {
    // BatchWriteItem takes no more.
    const BATCH = 25;
    const starts = Array.from({ length: Math.ceil((to - from + 1) / BATCH) }, (_, n) => n).values();
    const { clients, resources } = fleet.deployed.world;
    const writeNext = async () => {
      for (const n of starts) {
        const first = from + n * BATCH;
        const length = Math.min(BATCH, to - first + 1);
        const puts = Array.from({ length }, (_, index) => ({
          PutRequest: { Item: numbered(template, first + index) },
        }));
        const RequestItems = { [resources.tableName]: puts };
        await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems }));
      }
    };
    await Promise.all(Array.from({ length: 8 }, writeNext));
  }
});

type Item = Record<string, AttributeValue>;

function keysOf(body: string): number {
  const { RequestItems } = JSON.parse(body) as { RequestItems: Record<string, { Keys: [] }> };
  return Object.values(RequestItems).reduce((sum, { Keys }) => sum + Keys.length, 0);
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
