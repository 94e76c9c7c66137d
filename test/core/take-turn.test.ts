import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SETTLE_MS } from '../../core/erasure.ts';
import { CLAIM_MS, type Lease, MIN_FETCH_MS } from '../../core/lease.ts';
import type { Clock } from '../../core/ports.ts';
import { refusalBefore, type TurnOutcome, type TurnPorts, takeTurn } from '../../core/take-turn.ts';
import {
  AHEAD_MS,
  MAX_INTERVAL_MS,
  MIN_INTERVAL_MS,
  type Priority,
  WARM_HOLD_MS,
} from '../../core/telegram-budget.ts';
import { functions, queues } from '../../core/topology.ts';
import { awsClients } from '../../local/aws.ts';
import { startWire, type Wire, without } from '../wire.ts';
import {
  NOW,
  type Stores,
  startWorld,
  storesOf,
  type TestClock,
  testClock,
  type World,
} from '../world.ts';
import { inVirtualTime } from './virtual-time.ts';

const SPARED_MS = functions.fetchPhoto.timeoutSeconds * 1000 - MIN_FETCH_MS;
const WARM_WORKERS = queues.warm.batchSize * queues.warm.maximumConcurrency;

let world: World;
let wire: Wire;
let overWire: Stores;
let clock: TestClock;
let avatarId: string;
let slept: number[];
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.dynamodbUrl);
  const clients = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  overWire = storesOf(clients, world.resources);
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(async () => {
  const { tableName: TableName } = world.resources;
  const Key = { avatarId: { S: 'telegram' } };
  await world.clients.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
  ({ avatarId } = await join());
  clock = testClock();
  slept = [];
  clock.onSleep = (ms) => {
    slept.push(ms);
  };
  wire.untouched();
});

function join() {
  userId += 1;
  return world.join(userId);
}

const portsOf = ({ budget, table }: Stores, time: Clock): TurnPorts => ({
  budget,
  table,
  clock: time,
});

const take = (priority: Priority = 'miss', sparedMs = SPARED_MS): Promise<TurnOutcome> =>
  takeTurn(portsOf(overWire, clock), avatarId, priority, sparedMs);

const pauseFor = (ms: number) => world.budget.pause('unauthorized', NOW + ms, NOW);

/** The lowest rate. */
async function slow(): Promise<void> {
  await world.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: world.resources.tableName,
      Key: { avatarId: { S: 'telegram' } },
      UpdateExpression: 'SET intervalMs = :interval, raisedAtMs = :never',
      ExpressionAttributeValues: {
        ':interval': { N: String(MAX_INTERVAL_MS) },
        ':never': { N: String(NOW * 2) },
      },
    }),
  );
}

/** No viewer may ask before that moment, and anyone from then on. */
async function expectClaimedUntil(endMs: number): Promise<void> {
  expect(await world.table.claim(avatarId, endMs - 1, endMs)).toBe(false);
  expect(await world.table.claim(avatarId, endMs, endMs + 1)).toBe(true);
}

const writes = () => wire.seen.filter(({ operation }) => operation === 'UpdateItem').length;

describe('a message', () => {
  const nothing = (checkedBeforeMs = NOW) =>
    refusalBefore({ table: world.table, clock }, { avatarId, checkedBeforeMs });

  /** Telegram was asked at that moment. */
  async function checked(checkedAtMs: number): Promise<void> {
    const lease = await world.table.acquireLease(avatarId, {
      owner: 'worker',
      nowMs: NOW,
      untilMs: NOW + 1,
      checkedBeforeMs: NOW + 1,
    });
    await world.table.commit(lease as Lease, undefined, checkedAtMs, checkedAtMs);
  }

  test('with something to do is told of no refusal', async () => {
    expect(await nothing()).toBeUndefined();
    await checked(NOW - 1);
    expect(await nothing()).toBeUndefined();
  });

  test('that comes again, or for nobody, is told so before it takes a turn', async () => {
    await checked(NOW);

    expect(await nothing()).toEqual({ kind: 'fresh' });
    expect(await nothing(NOW + 1)).toBeUndefined();
    avatarId = 'a'.repeat(26);
    expect(await nothing()).toEqual({ kind: 'unknown' });
  });

  test('for a partner who came back waits for the erasure, ever longer, and lets no viewer ask meanwhile', async () => {
    await comeBack();

    const first = await nothing();
    clock.advance(60 * 60_000);
    const later = await nothing();

    expect(first).toEqual({ kind: 'busy', untilMs: NOW + SETTLE_MS });
    const untilMs = NOW + 66 * 60_000;
    expect(later).toEqual({ kind: 'busy', untilMs });
    expect(await world.table.claim(avatarId, untilMs + CLAIM_MS - 1, untilMs * 2)).toBe(false);
    expect(await world.table.claim(avatarId, untilMs + CLAIM_MS, untilMs * 2)).toBe(true);
  });

  /** As the table has a partner who is registered again while the erasure is under way. */
  async function comeBack(): Promise<void> {
    await world.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: world.resources.tableName,
        Key: { avatarId: { S: avatarId } },
        UpdateExpression: 'SET erasureId = :id, erasedAtMs = :now',
        ExpressionAttributeValues: { ':id': { S: 'an erasure' }, ':now': { N: String(NOW) } },
      }),
    );
  }
});

describe('a turn', () => {
  test('that is free is taken at once, with one write', async () => {
    expect(await take()).toEqual({ kind: 'begin' });
    expect(slept).toEqual([]);
    expect(writes()).toBe(1);
  });

  test('in the row is waited for', async () => {
    await take('warm');

    expect(await take('warm')).toEqual({ kind: 'begin' });
    expect(slept).toEqual([MIN_INTERVAL_MS]);
  });

  test('that comes later than the invocation can spare is the message’s to wait for', async () => {
    await slow();
    for (let n = 0; n < 20; n++) await world.budget.takeTurn('miss', NOW);

    const outcome = await take('miss', 1_000);

    const untilMs = NOW + 20 * MAX_INTERVAL_MS - AHEAD_MS.miss.burst;
    expect(outcome).toEqual({ kind: 'waits', untilMs });
    expect(slept).toEqual([]);
    await expectClaimedUntil(untilMs + CLAIM_MS);
  });

  test('that comes just when the invocation can spare no more is taken', async () => {
    await take('warm');

    expect(await take('warm', MIN_INTERVAL_MS)).toEqual({ kind: 'begin' });
  });

  test('that a full row has none of lets no viewer ask until the message is back', async () => {
    await fillRow();

    expect(await take('miss', 0)).toEqual({ kind: 'waits', untilMs: NOW + 15_000 });
    await expectClaimedUntil(NOW + 15_000 + CLAIM_MS);
  });

  test('that is worth waiting for is waited for without a word to viewers', async () => {
    await fillRow();
    let isFreeWhileSleeping = false;
    clock.onSleep = async () => {
      isFreeWhileSleeping = await world.table.claim(avatarId, clock.nowMs(), NOW);
    };

    expect(await take('miss')).toEqual({ kind: 'begin' });
    expect(isFreeWhileSleeping).toBe(true);
  });

  /** Takes all places of the row, so that the next one finds it full. */
  async function fillRow(): Promise<void> {
    let turn = await world.budget.takeTurn('miss', NOW);
    while (turn.kind === 'granted') turn = await world.budget.takeTurn('miss', NOW);
  }

  test('cannot be had without the table', async () => {
    wire.intercept(without('UpdateItem'));

    await expect(take()).rejects.toThrow();
  });
});

describe('a pause', () => {
  test('that is short is slept, by warming a while longer', async () => {
    await pauseFor(3_000);

    expect(await take('miss')).toEqual({ kind: 'begin' });
    expect(clock.nowMs()).toBe(NOW + 3_000);
    expect(await take('warm')).toEqual({ kind: 'begin' });
    expect(clock.nowMs()).toBe(NOW + 3_000 + WARM_HOLD_MS);
  });

  test.each<[Priority, number]>([
    ['miss', 35_000],
    ['warm', 35_000 + WARM_HOLD_MS],
  ])('that is long is the message’s to wait for: %s', async (priority, waitMs) => {
    await pauseFor(35_000);

    expect(await take(priority)).toEqual({ kind: 'waits', untilMs: NOW + waitMs });
    expect(slept).toEqual([]);
    expect(writes()).toBe(2);
  });

  test('of less than a second is slept, and no longer', async () => {
    await pauseFor(300);

    expect(await take('miss')).toEqual({ kind: 'begin' });
    expect(slept).toEqual([300]);
  });

  test('of eight seconds is slept, and a longer one is not', async () => {
    await pauseFor(8_000);
    expect(await take('miss')).toEqual({ kind: 'begin' });
    expect(slept).toEqual([8_000]);

    await world.budget.pause('unauthorized', NOW + 16_001, NOW + 8_000);
    expect(await take('miss')).toEqual({ kind: 'waits', untilMs: NOW + 16_001 });
  });

  test('that is short, but longer than the invocation can spare, is not slept', async () => {
    await pauseFor(3_000);

    expect(await take('miss', 2_999)).toEqual({ kind: 'waits', untilMs: NOW + 3_000 });
    expect(slept).toEqual([]);
  });

  test.each([3_000, 900_000])('of %i ms lets no viewer ask again before it is over', async (ms) => {
    await pauseFor(ms);
    let isFreeWhileSleeping = false;
    clock.onSleep = async () => {
      isFreeWhileSleeping = await world.table.claim(avatarId, clock.nowMs(), NOW);
    };

    await take();

    expect(isFreeWhileSleeping).toBe(false);
    await expectClaimedUntil(NOW + ms + CLAIM_MS);
  });
});

/** Viewers come at the lowest rate, so that there is never a place for warming, and always one in a moment. */
const viewersUntil = (endMs: number) => async (time: Clock) => {
  while (time.nowMs() < endMs) {
    await world.budget.takeTurn('miss', time.nowMs());
    await time.sleep(MAX_INTERVAL_MS);
  }
};

describe('warming', () => {
  test('that finds the row full for as long as it can wait comes back later, for few writes', async () => {
    await slow();
    const filled = Math.floor(AHEAD_MS.warm.row / MAX_INTERVAL_MS) + 1;
    for (let n = 0; n < filled; n++) await world.budget.takeTurn('miss', NOW);
    const partners = await Promise.all(Array.from({ length: WARM_WORKERS }, join));
    wire.untouched();
    const outcomes: TurnOutcome[] = [];

    await inVirtualTime([
      viewersUntil(NOW + 10_000),
      ...partners.map((partner) => async (time: Clock) => {
        const ports = portsOf(overWire, time);
        outcomes.push(await takeTurn(ports, partner.avatarId, 'warm', SPARED_MS));
      }),
    ]);

    const delaysMs = outcomes.map((outcome) => outcome.kind === 'waits' && outcome.untilMs - NOW);
    expect(outcomes).toHaveLength(WARM_WORKERS);
    for (const delayMs of delaysMs) expect(delayMs).toBeGreaterThan(15_000);
    expect(writes()).toBeLessThanOrEqual(WARM_WORKERS * 10);
    // What gives way to viewers does not keep them from asking.
    for (const { avatarId: waiting } of partners) {
      expect(await world.table.claim(waiting, NOW + 1, NOW + 30_000)).toBe(true);
    }
  });

  test('at the lowest rate uses nearly all of it, for few writes a message', async () => {
    await slow();
    const partners = await Promise.all(Array.from({ length: 60 }, join));
    wire.untouched();
    const waiting = [...partners];
    const begunAtMs: number[] = [];

    await inVirtualTime(
      Array.from({ length: WARM_WORKERS }, () => async (time: Clock) => {
        for (let partner = waiting.shift(); partner; partner = waiting.shift()) {
          const ports = portsOf(overWire, time);
          const { kind } = await takeTurn(ports, partner.avatarId, 'warm', SPARED_MS);
          if (kind === 'begin') begunAtMs.push(time.nowMs());
        }
      }),
    );

    const fullRate = (Math.max(...begunAtMs) - NOW) / MAX_INTERVAL_MS + 1;
    expect(begunAtMs.length).toBeGreaterThan(0.8 * partners.length);
    expect(begunAtMs.length).toBeGreaterThan(0.8 * fullRate);
    expect(writes()).toBeLessThan(8 * partners.length);
  });
});
