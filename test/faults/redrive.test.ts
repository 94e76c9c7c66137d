// Dead letters that an operator sends back when what killed them is mended, as SQS's redrive does it.

import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { type QueueName, queues } from '../../core/topology.ts';
import { clearFaults, resetCounters } from '../../local/bot-api/control.ts';
import { BEARER, NO_CALLS, ONE_FETCH } from './constants.ts';
import { type Fleet, startFleet } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

/** Works a queue off until its messages are dead letters, and takes these. */
async function deadLettersOf(queue: QueueName): Promise<Message[]> {
  const { maxReceiveCount, visibilityTimeoutSeconds } = queues[queue];
  for (let n = 1; n <= maxReceiveCount; n++) {
    await fleet.deployed.deliver(queue);
    fleet.pass(visibilityTimeoutSeconds * 1000);
  }
  return fleet.takeDeadLetters(queue);
}

/** Sends dead letters back to where they came from, with all that they bear. */
async function redrive(queue: QueueName, letters: readonly Message[]): Promise<void> {
  const { clients, resources } = fleet.deployed.world;
  for (const { Body, MessageAttributes } of letters) {
    const QueueUrl = resources.queues[queue].url;
    await clients.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: Body, MessageAttributes }),
    );
  }
}

const reasonsOf = (letters: readonly Message[]) =>
  letters.map(({ MessageAttributes }) => MessageAttributes?.reason?.StringValue);

describe.each(['fetch', 'warm'] as const)('fault 41: dead letters of the %s queue', (queue) => {
  /** Two jobs for one partner that are dead letters, of a fault that is mended. */
  async function killed(): Promise<{ partner: Partner; letters: Message[] }> {
    const partner = await fleet.newPartner();
    await fleet.fault({ call: 'download', effect: 'html', status: 502, times: null });
    const letters: Message[] = [];
    for (let n = 0; n < 2; n++) {
      await fleet.ask(partner, queue);
      letters.push(...(await deadLettersOf(queue)));
    }
    expect(letters).toHaveLength(2);
    for (const reason of reasonsOf(letters)) expect(reason).toMatch(/^TelegramTransient: /);
    await clearFaults(fleet.apiRoot);
    await resetCounters(fleet.apiRoot);
    return { partner, letters };
  }

  test('are fetched once, however many they are and however often they are sent back', async () => {
    const { partner, letters } = await killed();

    await redrive(queue, letters);
    await redrive(queue, letters);
    await fleet.settle();

    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.expectStored(partner);
    const item = await fleet.itemOf(partner);
    await redrive(queue, letters);
    await fleet.settle();
    expect(await fleet.calls()).toEqual(ONE_FETCH);
    expect(await fleet.itemOf(partner)).toEqual(item);
  });

  test('that are stale cost no call, and the newer photo stays', async () => {
    const { partner, letters } = await killed();
    const newPhotoId = await fleet.change(partner);
    await fleet.ask(partner);
    await fleet.settle();
    const newer = await fleet.itemOf(partner);
    expect(newer.photoId?.S).toBe(newPhotoId);
    await resetCounters(fleet.apiRoot);

    await redrive(queue, letters);
    await fleet.settle();

    expect(await fleet.calls()).toEqual(NO_CALLS);
    expect(await fleet.itemOf(partner)).toEqual(newer);
  });
});

describe('fault 41: a dead letter of the erase queue', () => {
  /** An erasure that never got further than its tombstone. */
  async function killed() {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.deployed.deliver('fetch');
    const { photo } = (await fleet.stored(partner)) ?? {};
    const path = `/api/partner/${partner.userId}`;
    const { body } = await fleet.deployed.request('DELETE', path, { headers: BEARER });
    fleet.deployed.wires.s3.intercept(async () => 'cut');
    const letters = await deadLettersOf('erase');
    expect(letters).toHaveLength(1);
    fleet.untouched();
    expect(await fleet.objectsOf(partner, photo?.photoId)).toBe(SIZES.length);
    const { erasureId } = JSON.parse(body.toString('utf8'));
    return { partner, path, letters, photoId: photo?.photoId, erasureId };
  }

  test('completes the erasure, once', async () => {
    const { partner, letters, photoId, erasureId } = await killed();

    await redrive('erase', letters);
    await redrive('erase', letters);
    await fleet.settle();

    expect(await fleet.objectsOf(partner, photoId)).toBe(0);
    const { erasures } = fleet.deployed.world;
    expect(await erasures.find(erasureId)).toMatchObject({ objects: SIZES.length });
    expect(await erasures.find(erasureId)).toHaveProperty('completedAtMs');
    expect(await erasures.state(partner.avatarId)).toEqual({ kind: 'nobody' });
  });

  test('does nothing to a partner who came back after it', async () => {
    const { partner, path, letters } = await killed();
    await redrive('erase', letters);
    await fleet.settle();
    await fleet.deployed.request('PUT', path, { headers: BEARER, body: '{}' });
    await fleet.settle();
    const back = await fleet.itemOf(partner);

    await redrive('erase', letters);
    await fleet.settle();

    expect(await fleet.itemOf(partner)).toEqual(back);
    expect(await fleet.objectsOf(partner, back.photoId?.S)).toBe(SIZES.length);
  });

  test('lets a partner who came back before it be fetched again', async () => {
    const { partner, path, letters } = await killed();
    await fleet.deployed.request('PUT', path, { headers: BEARER, body: '{}' });
    await fleet.settle(10_000);
    expect(await fleet.stored(partner)).not.toHaveProperty('photo');

    await redrive('erase', letters);
    await fleet.settle();

    await fleet.expectStored(partner);
  });
});
