// Writes that were done, and whose answer nobody heard: the SDK does them again, and meets its own work.

import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { ALL_DONE, BEARER, ONE_FETCH } from './constants.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { losingTheAnswerOf, otherWrites, type Step, steps } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

const deliver = () => fleet.deployed.deliver('fetch');

/** Does the work while the answer of this write is lost once. */
async function deafTo<T>(step: Step, work: () => Promise<T>): Promise<T> {
  const lost = losingTheAnswerOf(step);
  fleet.deployed.wires.dynamodb.intercept(lost.by);
  const result = await work();
  expect(lost.isLost()).toBe(true);
  return result;
}

async function leaseOf(partner: Partner) {
  const { leaseOwner, leaseUntilMs } = await fleet.itemOf(partner);
  return { owner: leaseOwner, untilMs: leaseUntilMs };
}

const FREE = { owner: undefined, untilMs: undefined };

describe('fault 9: a worker that does not hear the answer', () => {
  test.each([
    ['of the turn', steps.turn],
    ['of the lease', steps.lease],
    ['of the commit', steps.commit],
  ])('%s goes on, and fetches once', async (_, step) => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);

    expect((await deafTo(step, deliver)).response).toEqual(ALL_DONE);

    // It knows its own work again.
    expect(fleet.deployed.takeLog()).not.toMatch(/busy|superseded/);
    expect(await fleet.deployed.world.delayed('fetch')).toBe(0);
    expect(await fleet.calls()).toEqual(ONE_FETCH);
    expect(await leaseOf(partner)).toEqual(FREE);
    await fleet.expectStored(partner);
  });

  test.each([
    ['of the move of the pointer', steps.replace],
    ['of the commit after it', steps.commit],
  ])('%s goes on, and leaves nothing of the old photo', async (_, step) => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await deliver();
    const old = (await fleet.stored(partner))?.photo?.photoId;
    const newer = await fleet.change(partner);
    await fleet.ask(partner);

    expect((await deafTo(step, deliver)).response).toEqual(ALL_DONE);

    expect(fleet.deployed.takeLog()).not.toMatch(/busy|superseded/);
    expect(await fleet.calls()).toEqual({ lists: 2, files: 2, downloads: 2 });
    expect(await fleet.objectsOf(partner, old)).toBe(0);
    expect(await leaseOf(partner)).toEqual(FREE);
    await fleet.expectStored(partner, newer);
  });

  test('of the release leaves the lease free, and the job comes back', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault({ call: 'getFile', effect: 'html', status: 502 });

    const { response } = await deafTo(steps.release, deliver);

    expect(response.batchItemFailures).toHaveLength(1);
    expect(await leaseOf(partner)).toEqual(FREE);
    fleet.pass(2_000);
    expect((await deliver()).response).toEqual(ALL_DONE);
    expect(await fleet.calls()).toEqual({ lists: 2, files: 2, downloads: 1 });
    await fleet.expectStored(partner);
  });

  test('of the pause has paused the fleet, and a longer claim is a longer claim', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    const throttled = { effect: 'error', status: 429, retryAfter: 35 } as const;
    await fleet.fault({ call: 'getUserProfilePhotos', ...throttled });
    expect((await deafTo(steps.pause, deliver)).response).toEqual(ALL_DONE);
    const next = await fleet.newPartner();
    await fleet.ask(next);

    expect((await deafTo(otherWrites.extendClaim, deliver)).response).toEqual(ALL_DONE);

    expect(await fleet.calls()).toEqual({ lists: 1, files: 0, downloads: 0 });
    const { claimedUntilMs = 0 } = (await fleet.stored(next)) ?? {};
    expect(claimedUntilMs).toBeGreaterThan(await fleet.deployed.world.budget.pausedUntilMs());
    fleet.untouched();
    await fleet.settle();
    await fleet.expectStored(partner);
    await fleet.expectStored(next);
  });
});

test('fault 9: a lease that is written once more, by a request that was given up, loses no job', async () => {
  const partner = await fleet.newPartner();
  await fleet.ask(partner);
  let late: (() => Promise<unknown>) | undefined;
  fleet.deployed.wires.dynamodb.intercept(async (exchange) => {
    if (steps.lease(exchange) && !late) {
      late = exchange.forward;
      return 'cut';
    }
    if (steps.commit(exchange)) await late?.();
    return exchange.forward();
  });

  await deliver();
  fleet.untouched();
  await fleet.settle();

  await fleet.expectStored(partner);
});

describe('fault 9: whoever asks for a photo and does not hear the answer', () => {
  test('of the registration sends the message', async () => {
    const { userId } = await fleet.newPartner();
    const stranger = `${userId}1`;
    const register = () =>
      fleet.deployed.request('PUT', `/api/partner/${stranger}`, { headers: BEARER, body: '{}' });

    const { status, body } = await deafTo(otherWrites.register, register);

    expect(status).toBe(202);
    expect(await fleet.deployed.world.takeJobs()).toMatchObject([
      { avatarId: JSON.parse(body.toString('utf8')).avatarId },
    ]);
  });

  test('of the claim knows it for its own, and sends the message', async () => {
    const partner = await fleet.newPartner();
    const view = () => fleet.deployed.request('GET', `/avatars/${partner.avatarId}`);

    expect((await deafTo(otherWrites.claim, view)).status).toBe(302);

    expect(await fleet.deployed.world.takeJobs()).toMatchObject([{ avatarId: partner.avatarId }]);
  });
});

describe('fault 9: an erasure that does not hear the answer', () => {
  test.each([
    ['of the tombstone', otherWrites.entomb],
    ['of the count', otherWrites.countObjects],
    ['of the completion', otherWrites.complete],
    ['of letting go', otherWrites.letGo],
  ])('%s is completed, and counts each picture once', async (_, step) => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await deliver();
    const { world } = fleet.deployed;
    const { avatarId, joinedAtMs } = partner;
    const erasureId = randomUUID();
    const requestedAtMs = Date.now();
    await world.erasures.begin({ erasureId, requestedAtMs, expiresAtMs: requestedAtMs + 1e9 });
    await world.eraseQueue.send({ kind: 'erase', avatarId, joinedAtMs, erasureId });

    await deafTo(step, fleet.settle);

    const receipt = await world.erasures.find(erasureId);
    expect(receipt).toMatchObject({ objects: SIZES.length });
    expect(receipt).toHaveProperty('completedAtMs');
    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'nobody' });
  });
});
