// A crowd that asks for one photo at the same time, at the functions themselves: no edge stands before them.

import pLimit from 'p-limit';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { CLAIM_MS } from '../../core/lease.ts';
import type { Handlers } from '../../local/handlers.ts';
import { readResult } from '../../local/http-api/answer.ts';
import { apiEvent } from '../../local/http-api/event.ts';
import { contextOf } from '../lambdas/deployed.ts';
import { ALL_DONE, ONE_FETCH } from './constants.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { holdUp, steps } from './steps.ts';

const VIEWERS = 1_000;
const INSTANCES = 8;
// A slow machine is not a failure.
const PATIENT = { interval: 5, timeout: 30_000 };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

const deliver = () => fleet.deployed.deliver('fetch');
const fetchQueueUrl = () => fleet.deployed.world.resources.queues.fetch.url;

/** What viewers sent, and what workers sent again: whoever finds another one at work does, with a delay. */
const messagesSent = () => {
  const sent = fleet.deployed.wires.sqs.seen.filter(({ operation }) => operation === 'SendMessage');
  const again = sent.filter(({ body }) => JSON.parse(body).DelaySeconds);
  return { byViewers: sent.length - again.length, again: again.length };
};

/** Instances of serve-photo, each with a memory and connections of its own. */
async function instancesOfServePhoto(): Promise<Handlers['servePhoto'][]> {
  const instances: Handlers['servePhoto'][] = [];
  for (let n = 0; n < INSTANCES; n++) {
    vi.resetModules();
    instances.push((await import('../../lambdas/serve-photo.ts')).handler);
  }
  return instances;
}

async function view(instance: Handlers['servePhoto'], avatarId: string) {
  const event = apiEvent(
    {
      method: 'GET',
      path: `/avatars/${avatarId}`,
      query: 'size=150',
      headers: {},
      body: Buffer.of(),
      sourceIp: '203.0.113.7',
    },
    { routeKey: 'GET /avatars/{avatarId}', pathParameters: { avatarId }, nowMs: Date.now() },
  );
  return readResult(await instance(event, contextOf('servePhoto')));
}

describe('fault 1: a thousand misses of one partner', () => {
  test('over many instances cost one list, one getFile and one download, and a message each ten seconds', async () => {
    const partner = await fleet.newPartner();
    const instances = await instancesOfServePhoto();
    const beganAtMs = Date.now();
    // They share this process with the stores, so not all are at the door in the same millisecond.
    const atTheDoor = pLimit(50);
    const viewers = Array.from({ length: VIEWERS }, (_, n) =>
      atTheDoor(() => view(instances[n % INSTANCES] ?? expect.fail(), partner.avatarId)),
    );
    // Nobody fetches before half of them have come.
    await expect.poll(() => atTheDoor.pendingCount, PATIENT).toBeLessThan(VIEWERS / 2);
    await expect.poll(() => fleet.waiting(fetchQueueUrl()), PATIENT).toBeGreaterThan(0);

    await Promise.all([deliver(), deliver(), deliver()]);

    const answers = await Promise.all(viewers);
    for (const { status, headers, body } of answers) {
      // Where the stores are too slow for the SDK's patience, the placeholder is the body of a 503.
      if (status === 503) expect(body.toString('utf8')).toMatch(/^<svg /);
      else if (status === 200) expect(headers['content-type']).toBe('image/webp');
      else expect(headers.location).toMatch(/\/placeholders\/[0-6]\/A\.svg$/);
    }
    expect(answers.filter(({ status }) => status === 503).length).toBeLessThan(VIEWERS / 10);
    const claims = 1 + Math.floor((Date.now() - beganAtMs) / CLAIM_MS);
    const { byViewers, again } = messagesSent();
    expect(byViewers).toBeLessThanOrEqual(claims);
    // The first to come finds nobody at work.
    expect(again).toBeLessThan(byViewers);
    await fleet.settle();
    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.expectStored(partner);
  });

  test('would cost no more calls if forty messages got through', async () => {
    const partner = await fleet.newPartner();
    const job = { avatarId: partner.avatarId, checkedBeforeMs: Date.now() };
    await fleet.deployed.world.queues.fetch.sendAll(Array.from({ length: 40 }, () => job));

    const batches = await Promise.all([deliver(), deliver(), deliver(), deliver()]);

    expect(batches.flatMap(({ event }) => event.Records)).toHaveLength(40);
    await fleet.settle();
    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.expectStored(partner);
  });
});

describe('fault 11: the same message twice, in parallel,', () => {
  test('is committed once, and fetched once', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    const event = await fleet.inHand();
    const work = () => fleet.deployed.handlers.fetchPhoto(event, contextOf('fetchPhoto'));

    const responses = await Promise.all([work(), work()]);

    expect(responses).toEqual([ALL_DONE, ALL_DONE]);
    await fleet.settle();
    expect(fleet.deployed.wires.dynamodb.seen.filter(steps.commit)).toHaveLength(1);
    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.expectStored(partner);
  });

  test('is looked at again under the lease: whoever comes a moment after the commit has nothing to do', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    const event = await fleet.inHand();
    const work = () => fleet.deployed.handlers.fetchPhoto(event, contextOf('fetchPhoto'));
    // Both have seen that there is something to do, and have their turn.
    const leases = holdUp(fleet.deployed.wires.dynamodb, steps.lease, 2);
    const first = work();
    await leases.come(1);
    const second = work();
    await leases.come(2);
    leases.letGo(0);
    await first;
    leases.letGo(1);

    expect(await second).toEqual(ALL_DONE);

    await fleet.settle();
    expect(fleet.deployed.wires.dynamodb.seen.filter(steps.commit)).toHaveLength(1);
    expect(await fleet.calls()).toEqual(ONE_FETCH);
  });
});
