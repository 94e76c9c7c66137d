import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TelegramBudget } from '../../core/ports.ts';
import {
  AHEAD_MS,
  MAX_INTERVAL_MS,
  MIN_INTERVAL_MS,
  type Priority,
  RAISE_EVERY_MS,
  type Turn,
  WARM_HOLD_MS,
} from '../../core/telegram-budget.ts';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { type Intercept, startWire, type Wire, without } from '../wire.ts';
import { NOW, startWorld, storesOf, type World } from '../world.ts';

const KEY = { avatarId: { S: 'telegram' } };
const MISS_ROW_MS = AHEAD_MS.miss.burst + AHEAD_MS.miss.row;
const SKEW_MS = 60_000;

let world: World;
let wire: Wire;
let clients: AwsClients;
/** A worker that has seen nothing yet. */
let overWire: TelegramBudget;
/** One for each of several workers. */
let budgets: TelegramBudget[];
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.dynamodbUrl);
  clients = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  budgets = [1, 2, 3].map(() => storesOf(awsClients(world.endpoints), world.resources).budget);
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(async () => {
  wire.untouched();
  overWire = storesOf(clients, world.resources).budget;
  await forget();
});

/** As if nobody had ever asked Telegram. */
async function forget(): Promise<void> {
  const { tableName: TableName } = world.resources;
  await world.clients.dynamodb.send(new DeleteItemCommand({ TableName, Key: KEY }));
}

/** The fleet's rate, as it would be after some pauses and some time. */
async function slowTo(intervalMs: number): Promise<void> {
  await world.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: world.resources.tableName,
      Key: KEY,
      UpdateExpression: 'SET intervalMs = :interval, raisedAtMs = :never',
      ExpressionAttributeValues: {
        ':interval': { N: String(intervalMs) },
        ':never': { N: String(NOW * 2) },
      },
    }),
  );
}

/** Milliseconds between two fetches at the fleet's rate. */
async function intervalMs(): Promise<number> {
  const item = (await world.items()).find(({ avatarId }) => avatarId?.S === 'telegram');
  return Number(item?.intervalMs?.N);
}

/** Writes that went over the wire. */
const writes = () => wire.seen.filter(({ operation }) => operation === 'UpdateItem').length;

const budgetOf = (worker: number) => budgets[worker % budgets.length] as TelegramBudget;

/** `count` workers at the same moment, in the order of their starts. */
async function turns(count: number, priority: Priority, nowMs: number): Promise<Turn[]> {
  const taken = await Promise.all(
    Array.from({ length: count }, (_, worker) => budgetOf(worker).takeTurn(priority, nowMs)),
  );
  return taken.sort((a, b) => momentOf(a) - momentOf(b));
}

const momentOf = (turn: Turn) => (turn.kind === 'granted' ? turn.startAtMs : turn.untilMs);
const startsOf = (taken: readonly Turn[]) =>
  taken.flatMap((turn) => (turn.kind === 'granted' ? [turn.startAtMs] : []));
/** 0, 1, … `count` − 1 times the step after a moment. */
const everyMs = (stepMs: number, count: number, fromMs: number) =>
  Array.from({ length: count }, (_, n) => fromMs + n * stepMs);

describe('workers at the same moment', () => {
  test('with a viewer behind each start at once up to the burst, and then by the interval', async () => {
    const burst = AHEAD_MS.miss.burst / MIN_INTERVAL_MS;

    const starts = startsOf(await turns(burst + 10, 'miss', NOW));

    const atOnce = Array.from({ length: burst }, () => NOW);
    expect(starts).toEqual([...atOnce, ...everyMs(MIN_INTERVAL_MS, 10, NOW)]);
  });

  test('with nobody behind them start by the interval, as many as the row is patient for', async () => {
    const taken = await turns(15, 'warm', NOW);

    const places = AHEAD_MS.warm.row / MIN_INTERVAL_MS + 1;
    expect(startsOf(taken)).toEqual(everyMs(MIN_INTERVAL_MS, places, NOW));
    const refused = { kind: 'crowded', untilMs: NOW + MIN_INTERVAL_MS };
    expect(taken.filter(({ kind }) => kind !== 'granted')).toEqual(
      Array.from({ length: 15 - places }, () => refused),
    );
  });

  test('a full row turns viewers away too, and says when there is a place', async () => {
    await slowTo(MAX_INTERVAL_MS);
    const places = MISS_ROW_MS / MAX_INTERVAL_MS + 1;
    const first = await turns(places, 'miss', NOW);
    expect(startsOf(first)).toHaveLength(places);

    const nextMs = NOW + MAX_INTERVAL_MS;
    const next = await world.budget.takeTurn('miss', NOW);
    expect(next).toEqual({ kind: 'crowded', untilMs: nextMs });
    const again = await world.budget.takeTurn('miss', nextMs);
    expect(again).toEqual({ kind: 'granted', startAtMs: nextMs + AHEAD_MS.miss.row });
  });
});

/** What is in the row, as a bucket that leaks one fetch an interval: the other way to see the same promise. */
function bucket(interval: number) {
  let fetches = 0;
  let seenMs = NOW;
  return (priority: Priority, nowMs: number): number | 'crowded' => {
    fetches = Math.max(0, fetches - (nowMs - seenMs) / interval);
    seenMs = nowMs;
    const waitMs = fetches * interval - AHEAD_MS[priority].burst;
    if (waitMs > AHEAD_MS[priority].row) return 'crowded';
    fetches += 1;
    return nowMs + Math.max(0, waitMs);
  };
}

test('never more start in any window than the rate allows and the burst, whoever comes when', async () => {
  const arrival = fc.record({
    afterMs: fc.constantFrom(0, 0, 0, 0, 7, 50, 130, 1_000, 6_000),
    priority: fc.constantFrom<Priority>('miss', 'miss', 'warm'),
    worker: fc.nat({ max: 2 }),
  });
  const rates = fc.integer({ min: MIN_INTERVAL_MS, max: MAX_INTERVAL_MS });
  await fc.assert(
    fc.asyncProperty(
      rates,
      fc.array(arrival, { minLength: 1, maxLength: 60 }),
      async (interval, arrivals) => {
        await forget();
        await slowTo(interval);
        const model = bucket(interval);
        const starts: number[] = [];
        let nowMs = NOW;

        for (const { afterMs, priority, worker } of arrivals) {
          nowMs += afterMs;
          const turn = await budgetOf(worker).takeTurn(priority, nowMs);
          const expected = model(priority, nowMs);
          if (turn.kind === 'granted') {
            expect(turn.startAtMs).toBeCloseTo(Number(expected), 3);
            starts.push(turn.startAtMs);
          } else {
            expect([turn.kind, expected]).toEqual(['crowded', 'crowded']);
            expect(turn.untilMs).toBeGreaterThan(nowMs);
          }
        }

        starts.sort((a, b) => a - b);
        for (const [from, startMs] of starts.entries()) {
          for (const [count, endMs] of starts.slice(from).entries()) {
            const allowed = (endMs - startMs + AHEAD_MS.miss.burst) / interval + 1;
            expect(count + 1).toBeLessThanOrEqual(allowed);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

describe('warming', () => {
  test('gets nothing while viewers keep the row long, and everything when there are none', async () => {
    await turns(20, 'miss', NOW);
    const whileBusy: Turn[] = [];
    for (const nowMs of everyMs(MIN_INTERVAL_MS, 40, NOW)) {
      await budgetOf(0).takeTurn('miss', nowMs);
      whileBusy.push(await budgetOf(1).takeTurn('warm', nowMs));
    }
    expect(startsOf(whileBusy)).toEqual([]);

    const [refused] = whileBusy.slice(-1);
    const quietMs = refused ? momentOf(refused) : 0;
    const starts: number[] = [];
    for (const nowMs of everyMs(MIN_INTERVAL_MS, 20, quietMs)) {
      starts.push(...startsOf([await budgetOf(1).takeTurn('warm', nowMs)]));
    }
    expect(starts).toEqual(everyMs(MIN_INTERVAL_MS, 20, quietMs + AHEAD_MS.warm.row));
  });

  test('that has the row to itself does not hold up a viewer', async () => {
    await turns(15, 'warm', NOW);

    const turn = await world.budget.takeTurn('miss', NOW);

    expect(turn).toEqual({ kind: 'granted', startAtMs: NOW });
  });
});

describe('a pause', () => {
  const UNTIL = NOW + 35_000;
  const pause = (untilMs = UNTIL, nowMs = NOW) => world.budget.pause('throttled', untilMs, nowMs);

  test('is told to whoever asks, before the first one as well', async () => {
    expect(await world.budget.pausedUntilMs()).toBe(0);
    await pause();
    expect(await budgetOf(0).pausedUntilMs()).toBe(UNTIL);
  });

  test('gives nobody a turn before its end, and warming none for a while longer', async () => {
    await pause();

    for (const nowMs of [NOW, UNTIL - 1]) {
      expect(await budgetOf(0).takeTurn('miss', nowMs)).toEqual({ kind: 'paused', untilMs: UNTIL });
    }
    const heldUntilMs = UNTIL + WARM_HOLD_MS;
    for (const nowMs of [NOW, UNTIL, heldUntilMs - 1]) {
      expect(await budgetOf(1).takeTurn('warm', nowMs)).toEqual({
        kind: 'paused',
        untilMs: heldUntilMs,
      });
    }
    expect(await budgetOf(0).takeTurn('miss', UNTIL)).toMatchObject({ kind: 'granted' });
    const warm = await budgetOf(1).takeTurn('warm', heldUntilMs);
    expect(warm).toEqual({ kind: 'granted', startAtMs: heldUntilMs });
  });

  test('ends without a burst: the viewers who waited go one after the other, warming behind them', async () => {
    await pause();

    const misses = startsOf(await turns(20, 'miss', UNTIL));
    const refused = await world.budget.takeTurn('warm', UNTIL + WARM_HOLD_MS);
    const warm = await world.budget.takeTurn('warm', momentOf(refused));

    expect(misses).toEqual(everyMs(2 * MIN_INTERVAL_MS, 20, UNTIL));
    expect(Math.max(...misses)).toBeGreaterThan(UNTIL + WARM_HOLD_MS);
    const slotMs = UNTIL + AHEAD_MS.miss.burst + 20 * 2 * MIN_INTERVAL_MS;
    expect(refused).toEqual({ kind: 'crowded', untilMs: slotMs - AHEAD_MS.warm.row });
    expect(warm).toEqual({ kind: 'granted', startAtMs: slotMs });
  });

  test('that is shorter than the row does not double the rate of those who are in it', async () => {
    const before = startsOf(await turns(40, 'miss', NOW));
    const untilMs = NOW + 500;
    await pause(untilMs);

    const after = startsOf(await turns(10, 'miss', untilMs));

    const later = before.filter((startMs) => startMs >= untilMs);
    expect(later.length).toBeGreaterThan(5);
    expect(Math.min(...after)).toBeGreaterThan(Math.max(...later));
    expect(after).toEqual(everyMs(2 * MIN_INTERVAL_MS, 10, after[0] ?? 0));
  });

  test('is never shortened by a shorter one, and made longer by a longer one', async () => {
    await pause();
    await budgetOf(0).pause('throttled', UNTIL - 30_000, NOW + 1);
    await budgetOf(1).pause('unauthorized', UNTIL - 1, NOW + 1);
    expect(await world.budget.pausedUntilMs()).toBe(UNTIL);

    await budgetOf(2).pause('unauthorized', UNTIL + 25_000, NOW + 1);
    expect(await world.budget.pausedUntilMs()).toBe(UNTIL + 25_000);
    const starts = startsOf(await turns(3, 'miss', UNTIL + 25_000));
    expect(starts).toEqual(everyMs(2 * MIN_INTERVAL_MS, 3, UNTIL + 25_000));
  });

  test('is said by how much longer it became: nothing where another was told the same', async () => {
    const said = [
      await pause(),
      await budgetOf(0).pause('throttled', UNTIL, NOW),
      await budgetOf(1).pause('unauthorized', UNTIL + 25_000, NOW + 1),
      await budgetOf(2).pause('unauthorized', UNTIL, NOW + 2),
      await budgetOf(3).pause('throttled', UNTIL + 30_000, UNTIL + 26_000),
    ];

    expect(said).toEqual([35_000, 0, 25_000, 0, 4_000]);
  });

  test('that many workers are told of at once is the longest, and halves the rate once', async () => {
    await Promise.all(
      [5, 35, 20, 35, 1, 30].map((seconds, worker) =>
        budgetOf(worker).pause('throttled', NOW + seconds * 1000, NOW),
      ),
    );

    expect(await world.budget.pausedUntilMs()).toBe(UNTIL);
    expect(await intervalMs()).toBe(2 * MIN_INTERVAL_MS);
  });
});

describe('the rate', () => {
  test('is halved by each pause of its own down to the floor, and by no refused token', async () => {
    const seen: number[] = [];
    for (const [reason, nowMs] of [
      ['unauthorized', NOW],
      ['throttled', NOW + 1_000],
      ['unauthorized', NOW + 2_000],
      ['throttled', NOW + 3_000],
      ['throttled', NOW + 4_000],
    ] as const) {
      await world.budget.pause(reason, nowMs + 1_000, nowMs);
      seen.push(await intervalMs());
    }

    const halved = 2 * MIN_INTERVAL_MS;
    expect(seen).toEqual([MIN_INTERVAL_MS, halved, halved, MAX_INTERVAL_MS, MAX_INTERVAL_MS]);
  });

  test('grows by one fetch a second every ten seconds, up to the ceiling', async () => {
    await world.budget.pause('throttled', NOW + 500, NOW);
    await world.budget.pause('throttled', NOW + 1_000, NOW + 500);
    const endMs = NOW + 1_000;
    await world.budget.takeTurn('miss', endMs + RAISE_EVERY_MS - 1);
    expect(await intervalMs()).toBe(MAX_INTERVAL_MS);

    const rates: number[] = [];
    for (const nowMs of everyMs(RAISE_EVERY_MS, 14, endMs + RAISE_EVERY_MS)) {
      await world.budget.takeTurn('warm', nowMs);
      rates.push(Math.round(1000 / (await intervalMs())));
    }

    expect(rates).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 20, 20]);
  });

  test('grows once where many workers take a turn at the same moment', async () => {
    await world.budget.pause('throttled', NOW + 1_000, NOW);

    await turns(12, 'miss', NOW + 1_000 + RAISE_EVERY_MS);

    expect(await intervalMs()).toBeCloseTo(1000 / 11, 9);
  });
});

describe('clocks that differ by a minute', () => {
  test('a worker that is ahead holds up the others for as long as it is ahead, no longer', async () => {
    await budgetOf(0).takeTurn('miss', NOW + SKEW_MS);

    const refused = await budgetOf(1).takeTurn('miss', NOW);

    expect(refused.kind).toBe('crowded');
    expect(momentOf(refused)).toBeLessThanOrEqual(NOW + SKEW_MS);
    expect(await budgetOf(1).takeTurn('miss', momentOf(refused))).toMatchObject({
      kind: 'granted',
    });
  });

  test('a pause that a worker ahead was told of lasts as much longer for the others, no longer', async () => {
    await budgetOf(0).pause('throttled', NOW + SKEW_MS + 35_000, NOW + SKEW_MS);

    const turn = await budgetOf(1).takeTurn('miss', NOW + SKEW_MS + 35_000);

    expect(turn).toEqual({ kind: 'granted', startAtMs: NOW + SKEW_MS + 35_000 });
  });

  test('a pause that a worker behind was told of does not end one that others know', async () => {
    await budgetOf(0).pause('throttled', NOW + 35_000, NOW);
    await budgetOf(1).pause('throttled', NOW - SKEW_MS + 35_000, NOW - SKEW_MS);

    expect(await world.budget.pausedUntilMs()).toBe(NOW + 35_000);
  });

  test('everybody who asks when told to has had all turns within two minutes and the pauses', async () => {
    const worker = fc.record({
      skewMs: fc.constantFrom(-SKEW_MS, 0, SKEW_MS),
      turns: fc.integer({ min: 1, max: 4 }),
      priority: fc.constantFrom<Priority>('miss', 'warm'),
      // Once, after the first turn; 0 for never.
      pausesForMs: fc.nat({ max: 10 }).map((seconds) => seconds * 1000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(worker, { minLength: 2, maxLength: 5 }), async (workers) => {
        await forget();
        const waiting = workers.map((who, index) => ({ ...who, index, atMs: NOW }));
        const pauses = workers.map(({ pausesForMs }) => pausesForMs + WARM_HOLD_MS);
        const turnsMs = workers.reduce((sum, { turns }) => sum + turns * MAX_INTERVAL_MS, 0);
        const boundMs = pauses.reduce((sum, ms) => sum + ms, 2 * SKEW_MS + MISS_ROW_MS + turnsMs);

        for (;;) {
          const [next] = waiting.filter((who) => who.turns > 0).sort((a, b) => a.atMs - b.atMs);
          if (!next) return;
          expect(next.atMs - NOW).toBeLessThanOrEqual(boundMs);
          await ask(next);
        }
      }),
      { numRuns: 25 },
    );
  });

  /** Asks by a clock that is wrong; `atMs` is when it asks again, in true time. */
  async function ask(who: {
    readonly index: number;
    readonly skewMs: number;
    readonly priority: Priority;
    turns: number;
    pausesForMs: number;
    atMs: number;
  }): Promise<void> {
    const nowMs = who.atMs + who.skewMs;
    const turn = await budgetOf(who.index).takeTurn(who.priority, nowMs);
    if (turn.kind !== 'granted') {
      who.atMs = turn.untilMs - who.skewMs;
      return;
    }
    who.turns -= 1;
    if (who.pausesForMs === 0) return;
    await budgetOf(who.index).pause('throttled', nowMs + who.pausesForMs, nowMs);
    who.pausesForMs = 0;
  }
});

/** Does the nth write and loses its answer on the way back. */
function losingTheAnswerToUpdate(nth: number): Intercept {
  let updates = 0;
  return async ({ operation, forward }) => {
    const answer = await forward();
    if (operation !== 'UpdateItem') return answer;
    updates += 1;
    return updates === nth ? 'cut' : answer;
  };
}

describe('a write whose answer was lost is repeated, and', () => {
  test.each([
    ['an empty row', 0, 'nobody', 1],
    ['a long row', 25, 'others', 2],
    ['a long row that it knows', 25, 'itself', 1],
  ])('a turn in %s costs one slot', async (_, before, by, lostWrite) => {
    const earlier = by === 'itself' ? overWire : budgetOf(0);
    for (let n = 0; n < before; n++) await earlier.takeTurn('miss', NOW);
    wire.intercept(losingTheAnswerToUpdate(lostWrite));

    const turn = await overWire.takeTurn('miss', NOW);
    const behind = await world.budget.takeTurn('warm', NOW);

    const slotMs = NOW + (before + 2) * MIN_INTERVAL_MS;
    const isFull = slotMs > NOW + AHEAD_MS.warm.row;
    expect(turn.kind).toBe('granted');
    expect(momentOf(behind)).toBe(isFull ? slotMs - AHEAD_MS.warm.row : slotMs);
  });

  test('a pause halves the rate once and ends when it should', async () => {
    wire.intercept(losingTheAnswerToUpdate(1));

    await overWire.pause('throttled', NOW + 35_000, NOW);

    expect(await intervalMs()).toBe(2 * MIN_INTERVAL_MS);
    expect(await world.budget.pausedUntilMs()).toBe(NOW + 35_000);
  });

  test('a rise raises the rate once', async () => {
    await world.budget.pause('throttled', NOW + 1_000, NOW);
    wire.intercept(losingTheAnswerToUpdate(2));

    await overWire.takeTurn('miss', NOW + 1_000 + RAISE_EVERY_MS);

    expect(wire.seen).toHaveLength(4);
    expect(await intervalMs()).toBeCloseTo(1000 / 11, 9);
  });
});

describe('without the table', () => {
  test('there is no turn, and no answer to whether there is a pause', async () => {
    wire.intercept(without('UpdateItem', 'GetItem'));

    await expect(overWire.takeTurn('miss', NOW)).rejects.toThrow();
    await expect(overWire.pausedUntilMs()).rejects.toThrow();
  });
});

describe('one write is mostly enough', () => {
  test('in a crowd, from its second turn on', async () => {
    await budgetOf(0).takeTurn('miss', NOW);

    const starts: number[] = [];
    for (const nowMs of everyMs(MIN_INTERVAL_MS / 2, 50, NOW)) {
      starts.push(...startsOf([await overWire.takeTurn('miss', nowMs)]));
    }

    expect(starts).toHaveLength(50);
    expect(writes()).toBe(51);
  });

  test('where nobody waits', async () => {
    for (const nowMs of everyMs(MIN_INTERVAL_MS, 50, NOW)) {
      const turn = await overWire.takeTurn('warm', nowMs);
      expect(turn).toEqual({ kind: 'granted', startAtMs: nowMs });
    }

    expect(writes()).toBe(50);
  });

  test('to whoever is turned away by a full row', async () => {
    await slowTo(MAX_INTERVAL_MS);
    await turns(10, 'miss', NOW);

    await overWire.takeTurn('warm', NOW);

    expect(writes()).toBe(1);
  });
});

describe('a worker that knows an older row', () => {
  const free = { kind: 'granted', startAtMs: NOW };

  test('gets its turn when there is none any more', async () => {
    await overWire.takeTurn('miss', NOW + SKEW_MS);
    await forget();

    expect(await overWire.takeTurn('warm', NOW)).toEqual(free);
    expect(await world.budget.takeTurn('warm', NOW)).toEqual({
      kind: 'granted',
      startAtMs: NOW + MIN_INTERVAL_MS,
    });
  });

  test('gets its turn when another one begins the new row', async () => {
    await overWire.takeTurn('miss', NOW + SKEW_MS);
    await forget();
    let updates = 0;
    wire.intercept(async ({ operation, forward }) => {
      if (operation !== 'UpdateItem') return forward();
      updates += 1;
      // Its first write finds no row to join; the second one is to open one.
      if (updates === 2) expect(await world.budget.takeTurn('warm', NOW)).toEqual(free);
      return forward();
    });

    expect(await overWire.takeTurn('warm', NOW)).toEqual({
      kind: 'granted',
      startAtMs: NOW + MIN_INTERVAL_MS,
    });
    expect(updates).toBe(3);
  });
});
