// Who may fetch, whoever dies, sleeps or has no time.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SETTLE_MS } from '../../core/erasure.ts';
import type { Partner } from '../../core/partner.ts';
import { functions, queues } from '../../core/topology.ts';
import { contextOf } from '../lambdas/deployed.ts';
import { ALL_DONE, BEARER, LEASE_MS, NO_CALLS, ONE_FETCH } from './constants.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { dies, holdUp, type Step, steps } from './steps.ts';

const VISIBILITY_MS = queues.fetch.visibilityTimeoutSeconds * 1000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

const deliver = () => fleet.deployed.deliver('fetch');
const wire = () => fleet.deployed.wires.dynamodb;
const done = (step: Step) => wire().seen.filter(step).length;

async function asked(): Promise<Partner> {
  const partner = await fleet.newPartner();
  await fleet.ask(partner);
  return partner;
}

/** A partner whose photo is stored. */
async function stored(): Promise<Partner> {
  const partner = await asked();
  await deliver();
  return partner;
}

const photoIdOf = async (partner: Partner) => (await fleet.stored(partner))?.photo?.photoId;

/** A worker takes a batch and dies at this step; its message is in hand until the queue gives it out again. */
async function killed(when: 'before' | 'after', step: Step, times = 1): Promise<void> {
  dies(fleet.deployed, when, step, { times });
  const { response } = await deliver();
  expect(response.batchItemFailures).toHaveLength(1);
  fleet.untouched();
}

describe('fault 2: a holder who dies right after taking the lease', () => {
  test('is taken over by another message when the lease is over, and not before', async () => {
    const partner = await asked();
    await killed('after', steps.lease);
    await fleet.ask(partner);

    const untilMs = Number((await fleet.itemOf(partner)).leaseUntilMs?.N);
    for (;;) {
      await fleet.settle(1_000);
      const calls = await fleet.calls();
      if (Date.now() >= untilMs) break;
      expect(calls).toEqual(NO_CALLS);
    }
    await fleet.settle();

    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.expectStored(partner);
  });

  test('is taken over by its own message, if nobody else asks', async () => {
    const partner = await asked();
    await killed('after', steps.lease);

    fleet.pass(VISIBILITY_MS);
    expect((await deliver()).response).toEqual(ALL_DONE);

    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.expectStored(partner);
  });
});

describe('fault 3: a holder who dies before the commit, with', () => {
  test.each([
    ['all', 'before', steps.commit, 1, 1],
    ['some', 'after', steps.put, 2, 2],
  ] as const)(
    '%s pictures stored is taken over by one who stores what is missing',
    async (_, when, step, times, downloads) => {
      const partner = await asked();
      await killed(when, step, times);
      expect(await photoIdOf(partner)).toBeUndefined();

      fleet.pass(VISIBILITY_MS);
      expect((await deliver()).response).toEqual(ALL_DONE);

      expect(await fleet.calls()).toEqual({ lists: 2, files: downloads, downloads });
      await fleet.expectStored(partner);
    },
  );

  test('the pictures of a photo that changed stored leaves neither of the old one nor a second download', async () => {
    const partner = await stored();
    const old = await photoIdOf(partner);
    await fleet.change(partner);
    await fleet.ask(partner);
    await killed('after', steps.replace);

    fleet.pass(VISIBILITY_MS);
    expect((await deliver()).response).toEqual(ALL_DONE);

    expect(await fleet.calls()).toEqual({ lists: 3, files: 2, downloads: 2 });
    expect(await photoIdOf(partner)).not.toBe(old);
    expect(await fleet.objectsOf(partner, old)).toBe(0);
    await fleet.expectStored(partner);
  });
});

describe('fault 4: a worker who dies after the commit, before its message is deleted,', () => {
  test('has done it: the message that comes again costs one read', async () => {
    const partner = await asked();
    const event = await fleet.inHand();
    await fleet.deployed.handlers.fetchPhoto(event, contextOf('fetchPhoto'));
    const before = await fleet.itemOf(partner);
    fleet.untouched();

    fleet.pass(VISIBILITY_MS);
    const again = await deliver();

    expect(again.event.Records[0]?.attributes.ApproximateReceiveCount).toBe('2');
    expect(again.response).toEqual(ALL_DONE);
    // Neither a lease nor a place in the fleet's row was asked for.
    expect(wire().seen.map(({ operation }) => operation)).toEqual(['GetItem']);
    expect(await fleet.calls()).toEqual(ONE_FETCH);
    expect(await fleet.itemOf(partner)).toEqual(before);
  });

  test('has done it, though nobody heard of it', async () => {
    const partner = await asked();
    await killed('after', steps.commit);

    fleet.pass(VISIBILITY_MS);

    expect((await deliver()).response).toEqual(ALL_DONE);
    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.expectStored(partner);
  });
});

describe('fault 5: a holder who wakes up after a takeover', () => {
  test.each([
    ['of a first photo cannot commit', () => fleet.newPartner(), steps.commit],
    ['of another photo can neither point to it nor delete', stored, steps.replace],
  ])('%s', async (_, begin, step) => {
    const partner = await begin();
    await fleet.change(partner);
    await fleet.ask(partner);
    const held = holdUp(wire(), step);
    const slow = deliver();
    await held.come(1);
    await fleet.change(partner);
    fleet.pass(LEASE_MS);
    await fleet.ask(partner);
    await deliver();
    const newer = await fleet.itemOf(partner);

    held.letGo(0);

    expect((await slow).response, fleet.deployed.takeLog()).toEqual(ALL_DONE);
    expect(await fleet.itemOf(partner)).toEqual(newer);
    await fleet.expectStored(partner);
  });

  test('cannot commit while the other one is still at work: its generation is over', async () => {
    // Lambda may run one invocation twice, under one id: then both have the same owner.
    const partner = await asked();
    const context = contextOf('fetchPhoto');
    const event = await fleet.inHand();
    const held = holdUp(wire(), steps.commit, 2);
    const slow = fleet.deployed.handlers.fetchPhoto(event, context);
    await held.come(1);
    const newer = await fleet.change(partner);
    fleet.pass(LEASE_MS);
    const again = { ...contextOf('fetchPhoto'), awsRequestId: context.awsRequestId };
    const second = fleet.deployed.handlers.fetchPhoto(event, again);
    await held.come(2);

    held.letGo(0);
    await slow;
    expect(await fleet.stored(partner)).not.toHaveProperty('photo');
    held.letGo(1);
    await second;

    expect(await photoIdOf(partner)).toBe(newer);
    await fleet.expectStored(partner);
  });

  test('cannot commit for whoever was erased and came back: generations begin anew, owners do not', async () => {
    const partner = await asked();
    const held = holdUp(wire(), steps.commit, 2);
    const slow = deliver();
    await held.come(1);
    const path = `/api/partner/${partner.userId}`;
    await fleet.deployed.request('DELETE', path, { headers: BEARER });
    await fleet.deployed.deliver('erase');
    fleet.pass(SETTLE_MS + 1_000);
    await fleet.deployed.deliver('erase');
    const newer = await fleet.change(partner);
    await fleet.deployed.request('PUT', path, { headers: BEARER, body: '{}' });
    const second = deliver();
    await held.come(2);
    expect((await fleet.itemOf(partner)).leaseGeneration).toEqual({ N: '1' });

    held.letGo(0);
    await slow;
    expect(await fleet.stored(partner)).not.toHaveProperty('photo');
    held.letGo(1);
    await second;

    expect(await photoIdOf(partner)).toBe(newer);
    await fleet.expectStored(partner);
  });
});

test('fault 6: a slow holder who fails after a takeover does not free the lease of the next one', async () => {
  const partner = await asked();
  await fleet.fault({ call: 'getUserProfilePhotos', effect: 'html', status: 502 });
  // The first one at its end, and the second one in the middle.
  const held = holdUp(wire(), (each) => steps.release(each) || steps.commit(each), 2);
  const slow = deliver();
  await held.come(1);
  fleet.pass(LEASE_MS);
  await fleet.ask(partner);
  const second = deliver();
  await held.come(2);
  const leased = await fleet.itemOf(partner);

  held.letGo(0);
  await slow;

  expect(done(steps.release)).toBeGreaterThan(0);
  expect(await fleet.itemOf(partner)).toEqual(leased);
  await fleet.ask(partner);
  await deliver();
  expect(await fleet.calls()).toEqual({ lists: 2, files: 1, downloads: 1 });
  held.letGo(1);
  expect((await second).response).toEqual(ALL_DONE);
  await fleet.expectStored(partner);
});

describe('fault 8: an invocation whose remaining time reads', () => {
  test.each([0, -1, -60_000, 1, 3_999, Number.NaN])(
    '%d ms begins nothing, and the message comes back',
    async (remainingMs) => {
      const partner = await asked();

      const { response } = await fleet.deployed.deliver('fetch', remainingMs);

      expect(response.batchItemFailures).toHaveLength(1);
      expect(wire().seen).toEqual([]);
      expect(await fleet.calls()).toEqual(NO_CALLS);
      fleet.pass(2_000);
      expect((await deliver()).response).toEqual(ALL_DONE);
      await fleet.expectStored(partner);
    },
  );

  test('enough until its turn comes, and too little then, takes no lease', async () => {
    const partner = await asked();
    // Whoever has a place far back in the row waits for it, while the time runs.
    wire().intercept(async (exchange) => {
      const answer = await exchange.forward();
      if (steps.turn(exchange)) fleet.pass(functions.fetchPhoto.timeoutSeconds * 1000 - 3_999);
      return answer;
    });

    const { response } = await deliver();

    expect(response.batchItemFailures).toHaveLength(1);
    expect(done(steps.lease)).toBe(0);
    expect(await fleet.calls()).toEqual(NO_CALLS);
    fleet.untouched();
    fleet.pass(2_000);
    expect((await deliver()).response).toEqual(ALL_DONE);
    await fleet.expectStored(partner);
  });
});
