// The deployed functions under faults: real stores, the stand-in for Telegram, and clocks that a test moves.
// Messages are delivered as Lambda does it: what fails comes back when its time is over.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { expect } from 'vitest';
import type { Partner, Photo } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { type QueueName, queues } from '../../core/topology.ts';
import { addFault, changePhoto, readCounters, resetBotApi } from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import { sqsEvent } from '../../local/sqs-batch.ts';
import { type Deployed, deploy } from '../lambdas/deployed.ts';
import { endPause } from '../lambdas/end-pause.ts';
import { movedClocks } from '../moved-clocks.ts';

/** A partner with a photo. */
export type StoredPartner = Partner & { readonly photo: Photo };

/** The fleet with what a test does to it. */
export interface Fleet {
  readonly deployed: Deployed;
  /** The root of the stand-in, for its control functions. */
  readonly apiRoot: string;
  /** Lets time pass at once: for functions, queues and memories. */
  pass(ms: number): void;
  /** Does the work with a clock that differs by so much from everybody else's. */
  skewed<T>(ms: number, work: () => Promise<T>): Promise<T>;
  /** A partner who has a photo at Telegram, and whom nobody has asked for. */
  newPartner(): Promise<Partner>;
  /** A partner whose photo is stored. */
  storedPartner(): Promise<StoredPartner>;
  /** Sends the message that asks for a partner's photo. */
  ask(partner: Pick<Partner, 'avatarId'>, queue?: 'fetch' | 'warm'): Promise<void>;
  /** The partner has another photo at Telegram from now on; its id. */
  change(partner: Pick<Partner, 'userId'>): Promise<string>;
  /** Delivers a batch of the fetch queue; how many of its messages are to come back. */
  failures(remainingMs?: number): Promise<number>;
  /** Receives a batch and leaves it in the queue: in hand, until the queue gives it out again. */
  inHand(queue?: QueueName): Promise<SQSEvent>;
  /** Breaks the next call that it meets. */
  fault(fault: Fault): Promise<void>;
  /** Calls of Telegram in this test, refused ones included. */
  calls(): Promise<{ lists: number; files: number; downloads: number }>;
  /** Works all queues off, letting time pass until nothing waits any more, for `forMs` at most. */
  settle(forMs?: number): Promise<void>;
  /** Takes the dead letters of a queue, ten at most, with all that is known of them. */
  takeDeadLetters(queue: QueueName): Promise<Message[]>;
  /** Messages that wait in a queue: visible, delayed and in hand. */
  waiting(queueUrl: string): Promise<number>;
  /** Messages that were given up, of all queues. */
  deadLetters(): Promise<number>;
  /** The partner as the table has it now. */
  stored(partner: Partner): Promise<Partner | undefined>;
  /** The partner's item with what no port shows. Fails if there is none. */
  itemOf(partner: Partner): Promise<Record<string, AttributeValue>>;
  /** Fails unless a photo is stored whole, this one if told: a pointer, and all that it points to. */
  expectStored(partner: Partner, photoId?: string): Promise<void>;
  /** How many of the four pictures of a photo are in the bucket. */
  objectsOf(partner: Partner, photoId: string | undefined): Promise<number>;
  /** Takes the hands off all wires, and forgets what was seen there. */
  untouched(): void;
  /** Ends a test: nothing is broken, counted, paused or asked for any more. */
  tidy(): Promise<void>;
  stop(): Promise<void>;
}

// What waits for longer than a step waits for the next one.
const STEP_MS = 1_000;

// SQS delays by fifteen minutes at most; whatever still waits then is seen, and taken.
const LONGEST_WAIT_MS = 1_000_000;

/** Starts it, for a `beforeAll` that returns `stop`. */
export async function startFleet(): Promise<Fleet> {
  const { pass, restore } = movedClocks();
  const skewMs = new AsyncLocalStorage<number>();
  const wallClock = Date.now;
  Date.now = () => wallClock() + (skewMs.getStore() ?? 0);
  const deployed = await deploy();
  const { world, botApi } = deployed;
  const { apiRoot } = botApi;
  const { clients, resources } = world;
  let userId = 1;

  const waiting = async (QueueUrl: string) => {
    const { Attributes = {} } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return (
      Number(Attributes.ApproximateNumberOfMessages) +
      Number(Attributes.ApproximateNumberOfMessagesDelayed) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    );
  };

  async function receive(QueueUrl: string): Promise<Message[]> {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  /** One round over all queues; whether there was anything to do. */
  async function round(): Promise<boolean> {
    let busy = false;
    for (const name of Object.keys(queues) as QueueName[]) {
      const { event } = await deployed.deliver(name);
      busy ||= event.Records.length > 0;
    }
    return busy;
  }

  async function isAnythingWaiting(): Promise<boolean> {
    const counts = await Promise.all(
      Object.values(resources.queues).map(({ url }) => waiting(url)),
    );
    return counts.some((count) => count > 0);
  }

  const newPartner = () => {
    // The stand-in has photos for all ids but those that end in 0.
    userId += 10;
    return world.join(userId);
  };

  const ask: Fleet['ask'] = ({ avatarId }, queue = 'fetch') =>
    world.queues[queue].send({ avatarId, checkedBeforeMs: Date.now() });

  const stored: Fleet['stored'] = ({ avatarId }) => world.table.get(avatarId);

  const objectsOf: Fleet['objectsOf'] = async ({ avatarId }, photoId = '') => {
    const found = await Promise.all(
      SIZES.map((size) => world.bucket.get({ avatarId, photoId, size })),
    );
    return found.filter(Boolean).length;
  };

  const settle: Fleet['settle'] = async (forMs = LONGEST_WAIT_MS) => {
    for (let passedMs = 0; passedMs < forMs; passedMs += STEP_MS) {
      while (await round()) {}
      if (!(await isAnythingWaiting())) return;
      pass(STEP_MS);
    }
  };

  return {
    deployed,
    apiRoot,
    pass,
    skewed: (ms, work) => skewMs.run(ms, work),
    waiting,
    inHand: async (queue = 'fetch') => {
      const { url } = resources.queues[queue];
      return sqsEvent(await receive(url), url);
    },
    takeDeadLetters: async (queue) => {
      const QueueUrl = resources.queues[queue].deadLetterUrl;
      const letters = await receive(QueueUrl);
      for (const { ReceiptHandle } of letters) {
        await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      return letters;
    },
    newPartner,
    ask,
    change: async ({ userId }) => {
      const { photos } = await changePhoto(apiRoot, Number(userId));
      return photos[0]?.bigUniqueId ?? expect.fail('no photo');
    },
    failures: async (remainingMs) =>
      (await deployed.deliver('fetch', remainingMs)).response.batchItemFailures.length,
    settle,
    storedPartner: async () => {
      const { avatarId } = await newPartner();
      await ask({ avatarId });
      await settle();
      // The next job that asks for it is not the same one again.
      pass(STEP_MS);
      const partner = await world.table.get(avatarId);
      if (!partner?.photo) throw new Error('no photo was stored');
      return { ...partner, photo: partner.photo };
    },
    deadLetters: async () => {
      const counts = await Promise.all(
        Object.values(resources.queues).map(({ deadLetterUrl }) => waiting(deadLetterUrl)),
      );
      return counts.reduce((sum, count) => sum + count);
    },
    fault: (fault) => addFault(apiRoot, fault),
    calls: async () => {
      const { calls } = await readCounters(apiRoot);
      return {
        lists: calls.getUserProfilePhotos.total,
        files: calls.getFile.total,
        downloads: calls.download.total,
      };
    },
    untouched: () => {
      for (const wire of Object.values(deployed.wires)) wire.untouched();
    },
    stored,
    objectsOf,
    itemOf: async ({ avatarId }) => {
      const items = await world.items();
      return items.find((item) => item.avatarId?.S === avatarId) ?? expect.fail('no item');
    },
    expectStored: async (partner, photoId) => {
      const { photo } = (await stored(partner)) ?? {};
      expect(photo?.lqip).toMatch(/^data:image\/webp;base64,/);
      expect(await objectsOf(partner, photo?.photoId)).toBe(SIZES.length);
      if (photoId) expect(photo?.photoId).toBe(photoId);
    },
    tidy: async () => {
      pass(LONGEST_WAIT_MS);
      await deployed.tidy();
      await endPause(deployed);
      await resetBotApi(apiRoot);
    },
    stop: async () => {
      await deployed.stop();
      Date.now = wallClock;
      restore();
    },
  };
}
