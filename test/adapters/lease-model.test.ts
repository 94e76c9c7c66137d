// The model in which interleavings are tried (test/model) against the real table: any calls in any order, by clocks
// as wrong as you like, have the same answers and leave the same partner.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { movedPhotos } from '../../adapters/moved-photos.ts';
import type { Lease } from '../../core/lease.ts';
import type { ErasureTable, PartnerTable } from '../../core/ports.ts';
import { modelErasureTable } from '../model/erasure-table.ts';
import { type ModelItems, modelPartnerTable } from '../model/partner-table.ts';
import { NOW, startWorld, type World } from '../world.ts';

let world: World;
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  return world.stop;
});

const HOLDERS = ['acquire', 'acquire', 'replacePhoto', 'commit'] as const;
const OTHERS = ['release', 'claim', 'extendClaim', 'unclaim', 'register', 'register'] as const;
const ERASERS = ['entomb', 'entombAgain', 'complete', 'count'] as const;

const seconds = (max: number) => fc.integer({ min: 0, max }).map((n) => n * 1000);
const step = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...HOLDERS) },
    { weight: 3, arbitrary: fc.constantFrom(...OTHERS) },
    { weight: 2, arbitrary: fc.constantFrom(...ERASERS) },
  ),
  owner: fc.constantFrom('a', 'a', 'a', 'b'),
  // Which of the leases given so far, counted from the last one: a holder may be as late as it likes.
  back: fc.constantFrom(0, 0, 0, 1, 2),
  photo: fc.constantFrom(undefined, photoOf('A'), photoOf('B')),
  profile: fc.constantFrom(
    {},
    { firstName: 'Ada' },
    { firstName: 'Ada', lastName: 'Lovelace' },
    { firstName: 'Augusta', username: 'ada' },
  ),
  afterErasure: fc.boolean(),
  /** Which of two erasures. */
  erasure: fc.nat({ max: 1 }),
  lastsMs: seconds(8),
  jobAgeMs: seconds(4),
  elapsedMs: seconds(4),
  skewMs: fc.constantFrom(0, 0, 0, 0, -60_000, 60_000),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A partner in the table or in the model, with the leases that were given for it. */
interface Side {
  readonly table: PartnerTable;
  readonly erasures: ErasureTable;
  readonly avatarId: string;
  readonly userId: string;
  readonly given: Lease[];
}

function photoOf(photoId: string) {
  return { photoId, lqip: `the lqip of ${photoId}` };
}

function erasureIdOf(user: string, erasure: number): string {
  return `00000000-0000-0000-000${erasure}-${user.padStart(12, '0')}`;
}

/** Takes a step on one side; the answer. */
async function take(step: Step, nowMs: number, side: Side): Promise<unknown> {
  const { table, avatarId, given } = side;
  const untilMs = nowMs + step.lastsMs;
  const lease = given.at(-1 - step.back);
  switch (step.kind) {
    case 'claim':
      return table.claim(avatarId, nowMs, untilMs);
    case 'extendClaim':
      return table.extendClaim(avatarId, untilMs);
    case 'unclaim': {
      const partner = await table.get(avatarId);
      return table.unclaim(avatarId, step.back === 0 ? (partner?.claimedUntilMs ?? 0) : untilMs);
    }
    case 'register': {
      const profile = { ...step.profile, userId: side.userId };
      const times = { nowMs, claimUntilMs: untilMs };
      return table.register(avatarId, profile, times, { afterErasure: step.afterErasure });
    }
    case 'acquire': {
      const checkedBeforeMs = nowMs - step.jobAgeMs;
      const request = { owner: step.owner, nowMs, untilMs, checkedBeforeMs };
      const answer = await table.acquireLease(avatarId, request);
      if (answer.kind === 'held') given.push(answer);
      return answer;
    }
    case 'release':
      return lease && table.release(lease, untilMs);
    case 'commit':
      return lease && table.commit(lease, step.photo, nowMs, nowMs);
    case 'replacePhoto':
      return lease && table.replacePhoto(lease, step.photo, nowMs);
    default:
      return erase(step, nowMs, side);
  }
}

async function erase(step: Step, nowMs: number, side: Side): Promise<unknown> {
  const { erasures, avatarId, userId } = side;
  const erasureId = erasureIdOf(userId, step.erasure);
  if (step.kind === 'count') return erasures.countObjects(erasureId, step.back);
  if (step.kind === 'complete') return erasures.complete(avatarId, erasureId, nowMs);
  const state = await erasures.state(avatarId);
  // Often the one who is there, and now and then somebody who is not.
  const isThem = 'joinedAtMs' in state && step.back === 0;
  const joinedAtMs = isThem ? (state.joinedAtMs ?? nowMs) : nowMs;
  const expiresAtMs = nowMs + step.lastsMs;
  const tombstone = { erasureId, joinedAtMs, erasedAtMs: nowMs, expiresAtMs };
  return step.kind === 'entomb'
    ? erasures.entomb(avatarId, tombstone)
    : erasures.entombAgain(avatarId, tombstone, nowMs);
}

/** All that can be read of a partner. */
async function read({ table, erasures, avatarId, userId }: Side) {
  return {
    partner: await table.get(avatarId),
    state: await erasures.state(avatarId),
    receipts: [
      await erasures.find(erasureIdOf(userId, 0)),
      await erasures.find(erasureIdOf(userId, 1)),
      await erasures.find('no-erasure-id'),
    ],
  };
}

/** When the index says that the photo changed, if it did. */
async function changedAtMsOf(avatarId: string): Promise<number | undefined> {
  const moved = await movedPhotos(world.clients.dynamodb, world.resources.tableName).after(0, 1000);
  return moved.find((one) => one.avatarId === avatarId)?.changedAtMs;
}

test('the model answers and ends as the table does, whoever comes when', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      userId += 1;
      const { avatarId } = await world.join(userId);
      const whole = { avatarId, userId: String(userId) };
      const items: ModelItems = new Map();
      const model: Side = {
        ...whole,
        table: modelPartnerTable(items),
        erasures: modelErasureTable(items),
        given: [],
      };
      const real: Side = { ...whole, table: world.table, erasures: world.erasures, given: [] };
      const profile = { userId: whole.userId, firstName: 'Ada' };
      const times = { nowMs: NOW, claimUntilMs: 0 };
      await model.table.register(avatarId, profile, times, { afterErasure: true });
      for (const { erasures } of [model, real]) {
        const erasureId = erasureIdOf(whole.userId, 0);
        await erasures.begin({ erasureId, requestedAtMs: NOW, expiresAtMs: NOW + 1 });
      }
      let trueMs = NOW;

      for (const step of taken) {
        trueMs += step.elapsedMs;
        const nowMs = trueMs + step.skewMs;
        expect(await take(step, nowMs, real)).toEqual(await take(step, nowMs, model));
      }

      expect(await read(real)).toEqual(await read(model));
      expect(await changedAtMsOf(avatarId)).toBe(items.get(avatarId)?.changedAtMs);
    }),
    { numRuns: 150 },
  );
});
