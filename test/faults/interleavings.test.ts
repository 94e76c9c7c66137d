// Viewers, registrations, workers and erasures over a model of the item, in any order that a scheduler can give them,
// with crashes between any two calls, late workers and wrong clocks.
//
// A failure prints its seed and path; to see it again, with the order of all calls:
//   INTERLEAVING=<seed>/<path> npx vitest run --project system test/faults/interleavings.test.ts -t '<name>'

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Mechanism } from '../model/mechanisms.ts';
import { run } from '../model/run.ts';
import { type Happening, script } from '../model/script.ts';
import type { Conditions } from '../model/world.ts';

const TIMELY: Conditions = { skewsMs: [0], isLate: false, ownersRepeat: false };
const WRONG_CLOCKS: Conditions = { ...TIMELY, skewsMs: [0, 60_000, -60_000] };
const LATE: Conditions = { ...TIMELY, isLate: true };
const LATE_WITH_WRONG_CLOCKS: Conditions = { ...LATE, skewsMs: [0, -60_000, 60_000] };
const SAME_OWNER: Conditions = { ...LATE, ownersRepeat: true };

/** In how many orders a mechanism that is left out has to be found. */
const MOST_RUNS = 1_000;

const interleavings = (conditions: Conditions) =>
  fc.asyncProperty(fc.scheduler(), script, (scheduler, happenings) =>
    run(scheduler, happenings, conditions),
  );

/** Where a failure is played again. */
function replay(): { seed?: number; path?: string } {
  const [seed, path] = process.env.INTERLEAVING?.split('/') ?? [];
  if (seed === undefined || path === undefined) return {};
  // Only the whole path's beginning: a scheduler that was shrunk is not the same one again, its shrinking is.
  return { seed: Number(seed), path: path.split(':')[0] ?? '' };
}

describe('the promise is kept in every interleaving', () => {
  test.each([
    { name: 'of workers that end in time', conditions: TIMELY, runs: 2_500 },
    { name: 'with clocks that differ by a minute', conditions: WRONG_CLOCKS, runs: 1_000 },
    { name: 'with workers that wake after their lease', conditions: LATE, runs: 750 },
    { name: 'with both', conditions: LATE_WITH_WRONG_CLOCKS, runs: 500 },
    { name: 'with a redelivery under the same owner', conditions: SAME_OWNER, runs: 500 },
  ])('$name', async ({ conditions, runs }) => {
    await fc.assert(interleavings(conditions), { numRuns: runs, ...replay() });
  });
});

const DAY_MS = 24 * 60 * 60_000;
const after = (ms: number): Happening => ({ kind: 'time passes', ms });
/** As long as so many calls take. */
const calls = (count: number) => Array.from({ length: count }, () => after(200));
const freeze: Happening = { kind: 'freeze', which: 0 };
const allRest: Happening = { kind: 'all rest' };
const allWake: Happening = { kind: 'all wake' };
const crash: Happening = { kind: 'crash', which: 0 };
const view: Happening = { kind: 'view' };
const forget: Happening = { kind: 'forget' };
const comesBack: Happening = { kind: 'register', occasion: 'joined', isHinted: false };
const show = (photoId: string): Happening => ({ kind: 'show', photoId, isGone: false });

/** What is left out, the conditions in which it is needed, and what has to happen: the order of calls is any. */
const needed: readonly { without: Mechanism; conditions: Conditions; happenings: Happening[] }[] = [
  {
    without: 'owner',
    conditions: LATE,
    happenings: [freeze, forget, after(31_000), after(31_000), comesBack, after(40_000), allWake],
  },
  { without: 'generation', conditions: SAME_OWNER, happenings: [freeze, after(121_000), allWake] },
  { without: 'exclusion', conditions: TIMELY, happenings: [after(11_000), view] },
  { without: 'expiry', conditions: TIMELY, happenings: [crash] },
  { without: 'look again', conditions: TIMELY, happenings: [view] },
  { without: 'tombstone', conditions: TIMELY, happenings: [forget, comesBack] },
  {
    without: 'replace condition',
    conditions: LATE,
    happenings: [allRest, after(DAY_MS * 1.2), show('B'), view, freeze, after(121_000), allWake],
  },
  { without: 'commit condition', conditions: LATE, happenings: [freeze, after(121_000), allWake] },
  {
    without: 'release condition',
    conditions: LATE,
    happenings: [freeze, after(121_000), { kind: 'throttle', seconds: 3 }, allWake],
  },
  {
    without: 'leftover',
    conditions: TIMELY,
    happenings: [allRest, after(DAY_MS * 1.2), show('B'), view, ...calls(8), crash],
  },
  { without: 'order', conditions: TIMELY, happenings: [view] },
  {
    without: 'second look',
    conditions: TIMELY,
    happenings: [allRest, after(DAY_MS * 1.2), { kind: 'hiccup' }, view],
  },
  {
    without: 'settling',
    conditions: TIMELY,
    happenings: [...calls(6), freeze, forget, ...calls(10), allWake, crash],
  },
];

describe('the interleavings find a model', () => {
  test.each(needed)('without $without', async ({ without, conditions, happenings }) => {
    // The seed makes every run of this test the same.
    const parameters = { numRuns: MOST_RUNS, seed: 1, endOnFailure: true };
    const order = (left: Conditions) =>
      fc.asyncProperty(fc.scheduler(), (scheduler) => run(scheduler, happenings, left));

    const found = await fc.check(order({ ...conditions, without }), parameters);

    expect(found.failed).toBe(true);
    // It is what was left out that was found.
    await fc.assert(order(conditions), { ...parameters, numRuns: found.numRuns });
  });
});
