// Any interleaving of workers, however wrong their clocks, against a model of a few lines.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Lease } from '../../core/lease.ts';
import type { PartnerTable } from '../../core/ports.ts';
import { NOW, startWorld, type World } from '../world.ts';
import { type LeaseModel, leaseModel } from './lease-model.ts';

let world: World;
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  return world.stop;
});

const seconds = (max: number) => fc.integer({ min: 0, max }).map((n) => n * 1000);
const step = fc.record({
  kind: fc.constantFrom(
    'acquire' as const,
    'acquire' as const,
    'replacePhoto' as const,
    'commit' as const,
    'release' as const,
    'claim' as const,
    'extendClaim' as const,
  ),
  owner: fc.constantFrom('a', 'b', 'c'),
  // Which of the leases given so far, counted from the last one: a holder may be as late as it likes.
  back: fc.nat({ max: 3 }),
  photo: fc.constantFrom(undefined, photoOf('A'), photoOf('B')),
  lastsMs: seconds(8),
  jobAgeMs: seconds(4),
  elapsedMs: seconds(4),
  skewMs: fc.constantFrom(-60_000, 0, 60_000),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function photoOf(photoId: string) {
  return { photoId, lqip: `the lqip of ${photoId}` };
}

/** Takes a step in the table and in the model, and gives the answers of both. */
async function take(
  { kind, ...step }: Step,
  nowMs: number,
  sides: { table: PartnerTable; avatarId: string; model: LeaseModel; given: Lease[] },
): Promise<[unknown, unknown]> {
  const { table, avatarId, model, given } = sides;
  const untilMs = nowMs + step.lastsMs;
  if (kind === 'claim') {
    return [await table.claim(avatarId, nowMs, untilMs), model.claim(nowMs, untilMs)];
  }
  if (kind === 'extendClaim') {
    return [await table.extendClaim(avatarId, untilMs), model.extendClaim(untilMs)];
  }
  if (kind === 'acquire') {
    const { owner, jobAgeMs } = step;
    const request = { owner, nowMs, untilMs, checkedBeforeMs: nowMs - jobAgeMs };
    const answer = await table.acquireLease(avatarId, request);
    if (answer.kind !== 'held') return [answer, model.acquire(request)];
    given.push(answer);
    const { partner: _, ...lease } = answer;
    return [lease, model.acquire(request)];
  }
  const lease = given.at(-1 - step.back);
  if (!lease) return [undefined, undefined];
  if (kind === 'release') {
    return [await table.release(lease, untilMs), model.release(lease, untilMs)];
  }
  const { photo } = step;
  if (kind === 'commit') {
    return [await table.commit(lease, photo, nowMs), model.commit(lease, photo, nowMs)];
  }
  return [await table.replacePhoto(lease, photo), model.replacePhoto(lease, photo)];
}

test('claims, leases, commits and releases are as the model has them, whoever comes when', async () => {
  const { table } = world;
  const steps = fc.array(step, { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      userId += 1;
      const { avatarId } = await world.join(userId);
      const sides = { table, avatarId, model: leaseModel(0), given: [] };
      let trueMs = NOW;

      for (const step of taken) {
        trueMs += step.elapsedMs;
        const [inTable, inModel] = await take(step, trueMs + step.skewMs, sides);
        expect(inTable).toEqual(inModel);
      }

      const { userId: _, firstName, joinedAtMs, ...stored } = (await table.get(avatarId)) ?? {};
      expect(stored).toEqual({ avatarId, ...sides.model.stored() });
    }),
    { numRuns: 60 },
  );
});
