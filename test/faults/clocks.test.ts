// Clocks that differ, and items that should not be there any more.

import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLAIM_MS } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { contextOf } from '../lambdas/deployed.ts';
import { ALL_DONE, BEARER, LEASE_MS, ONE_FETCH } from './constants.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { dies, holdUp, steps } from './steps.ts';

const SKEW_MS = 60_000;
const STEP_MS = 5_000;
// The first clock and the second one: as far apart as can be, and each against the right time.
const PAIRS = [
  [-SKEW_MS, SKEW_MS],
  [SKEW_MS, -SKEW_MS],
  [0, SKEW_MS],
  [SKEW_MS, 0],
] as const;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

const deliver = () => fleet.deployed.deliver('fetch');
const deliverAt = (skewMs: number) => fleet.skewed(skewMs, deliver);
const wire = () => fleet.deployed.wires.dynamodb;

/** Works the fetch queue off with this clock until a photo is stored; the milliseconds that it took. */
async function fetchedAfterMs(partner: Partner, skewMs: number): Promise<number> {
  for (let passedMs = 0; passedMs < 1_000_000; passedMs += STEP_MS) {
    await deliverAt(skewMs);
    if ((await fleet.stored(partner))?.photo) return passedMs;
    fleet.pass(STEP_MS);
  }
  return expect.fail('never');
}

describe('fault 7: workers whose clocks differ by a minute either way', () => {
  test.each(PAIRS)(
    'cannot bring an older photo back: one at %i ms that is slow, the next one at %i ms',
    async (slowMs, nextMs) => {
      const partner = await fleet.newPartner();
      await fleet.ask(partner);
      const held = holdUp(wire(), steps.commit);
      const slow = deliverAt(slowMs);
      await held.come(1);
      const newer = await fleet.change(partner);
      await fleet.ask(partner);

      // Sooner or later the next one thinks that the lease is over.
      await fetchedAfterMs(partner, nextMs);
      held.letGo(0);
      await slow;

      await fleet.expectStored(partner, newer);
    },
  );

  test.each(PAIRS)(
    'wait for a dead one for no longer than its lease and the difference: it at %i ms, they at %i ms',
    async (deadMs, nextMs) => {
      const partner = await fleet.newPartner();
      await fleet.ask(partner);
      dies(fleet.deployed, 'after', steps.lease);
      await deliverAt(deadMs);
      fleet.untouched();
      await fleet.ask(partner);

      const tookMs = await fetchedAfterMs(partner, nextMs);

      const leaseMs = Math.max(0, LEASE_MS + deadMs - nextMs);
      expect(tookMs).toBeLessThanOrEqual(leaseMs + 2 * STEP_MS);
      expect(await fleet.calls()).toEqual(ONE_FETCH);
      await fleet.expectStored(partner);
    },
  );

  test.each([-SKEW_MS, 0, SKEW_MS])(
    'do a job once, and no more often if its message comes again: the worker at %i ms',
    async (skewMs) => {
      const partner = await fleet.newPartner();
      const path = `/api/partner/${partner.userId}`;
      await fleet.deployed.request('PUT', path, { headers: BEARER, body: '{}' });
      const event = await fleet.inHand();
      const { fetchPhoto } = fleet.deployed.handlers;

      for (let n = 0; n < 3; n++) {
        const response = await fleet.skewed(skewMs, async () =>
          fetchPhoto(event, contextOf('fetchPhoto')),
        );
        expect(response).toEqual(ALL_DONE);
      }

      expect(await fleet.calls()).toEqual(ONE_FETCH);
    },
  );

  test('hold a viewer’s claim for no longer than its time and the difference', async () => {
    const partner = await fleet.newPartner();
    const view = () => fleet.deployed.request('GET', `/avatars/${partner.avatarId}`);
    await fleet.skewed(SKEW_MS, view);
    await fleet.deployed.world.takeMessages();

    fleet.pass(CLAIM_MS + SKEW_MS);
    await view();

    expect(await fleet.deployed.world.takeJobs()).toHaveLength(1);
  });
});

describe('fault 10: an item that has expired and is still there', () => {
  const seconds = (ms: number) => String(Math.floor(ms / 1000));

  async function put(attributes: Record<string, { S: string } | { N: string }>): Promise<void> {
    const { clients, resources } = fleet.deployed.world;
    await clients.dynamodb.send(
      new PutItemCommand({ TableName: resources.tableName, Item: attributes }),
    );
  }

  test('is no tombstone: a list may bring the partner, who is fetched', async () => {
    const partner = await fleet.newPartner();
    const register = () =>
      fleet.deployed.request('PUT', `/api/partner/${partner.userId}?warm=1`, {
        headers: BEARER,
        body: '{}',
      });
    const tombstone = (expiresAtMs: number) =>
      put({
        avatarId: { S: partner.avatarId },
        erasedAtMs: { N: String(Date.now()) },
        expiresAtSeconds: { N: seconds(expiresAtMs) },
      });
    await tombstone(Date.now() + 60_000);
    expect((await register()).status).toBe(410);

    await tombstone(Date.now() - 1_000);
    expect((await register()).status).toBe(202);

    await fleet.settle();
    await fleet.expectStored(partner);
    // Or DynamoDB would delete the partner in the tombstone's place.
    expect(await fleet.itemOf(partner)).not.toHaveProperty('expiresAtSeconds');
  });

  test('is neither lease nor claim nor pause: the next viewer’s request asks, and is heard', async () => {
    const partner = await fleet.newPartner();
    const { clients, resources } = fleet.deployed.world;
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: resources.tableName,
        Key: { avatarId: { S: partner.avatarId } },
        UpdateExpression:
          'SET claimedUntilMs = :over, leaseUntilMs = :over, leaseOwner = :owner, leaseGeneration = :generation',
        ExpressionAttributeValues: {
          ':over': { N: String(Date.now() - 1) },
          ':owner': { S: 'long gone' },
          ':generation': { N: '7' },
        },
      }),
    );
    await put({ avatarId: { S: 'telegram' }, pausedUntilMs: { N: String(Date.now() - 1) } });

    await fleet.deployed.request('GET', `/avatars/${partner.avatarId}`);
    expect((await deliver()).response).toEqual(ALL_DONE);

    await fleet.expectStored(partner);
  });
});
