// Real stores for one test file: the emulators in a folder of their own, with the topology's resources,
// behind the adapters; and a clock that the test moves.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { fetchQueue } from '../adapters/fetch-queue.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { photoReader, photoWriter } from '../adapters/photo-bucket.ts';
import { avatarIdOf } from '../core/avatar-id.ts';
import type { FetchJob } from '../core/fetch-job.ts';
import type { Partner, Profile } from '../core/partner.ts';
import type { Clock, FetchQueue, PartnerTable, PhotoBucket } from '../core/ports.ts';
import { type AwsClients, awsClients } from '../local/aws.ts';
import { type Emulators, startEmulators } from '../local/emulators.ts';
import { provision, type Resources } from '../local/provision.ts';

/** The moment at which tests begin, in milliseconds since the epoch. */
export const NOW = 1_800_000_000_000;

/** The key of every avatarId in these tests. */
export const URL_KEY = 'test-key';

/** The stores behind their ports. */
export interface Stores {
  readonly table: PartnerTable;
  readonly bucket: PhotoBucket;
  readonly queue: FetchQueue;
}

/** Running stores with what a test asks of them. */
export interface World extends Stores {
  readonly endpoints: Emulators;
  readonly clients: AwsClients;
  readonly resources: Resources;
  /** A partner whom nobody claims; `userId` decides what the stand-in shows. */
  join(userId: number | string, profile?: Partial<Profile>): Promise<Partner>;
  /** Takes the visible messages off the fetch queue. */
  takeMessages(): Promise<Message[]>;
  /** The jobs of the messages that `takeMessages` takes. */
  takeJobs(): Promise<FetchJob[]>;
  stop(): Promise<void>;
}

/** Starts them, for a `beforeAll` that returns `stop`. */
export async function startWorld(): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cameo-world-'));
  const endpoints = await startEmulators({ dataDir });
  const clients = awsClients(endpoints);
  const resources = await provision(clients);
  const stores = storesOf(clients, resources);
  const takeMessages = () => takeAll(clients.sqs, resources.queues.fetch.url);
  return {
    ...stores,
    endpoints,
    clients,
    resources,
    join: (userId, profile) => {
      const whole = { userId: String(userId), firstName: 'Ada', ...profile };
      return stores.table.register(avatarIdOf(URL_KEY, whole.userId), whole, NOW, 0);
    },
    takeMessages,
    takeJobs: async () => (await takeMessages()).map(({ Body = '' }) => JSON.parse(Body)),
    stop: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await endpoints.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The ports over these clients. */
export function storesOf(
  clients: AwsClients,
  { tableName, bucketName, queues }: Resources,
): Stores {
  return {
    table: partnerTable(clients.dynamodb, tableName),
    bucket: {
      ...photoReader(clients.s3, bucketName),
      ...photoWriter(clients.s3, bucketName),
    },
    queue: fetchQueue(clients.sqs, queues.fetch.url),
  };
}

/** A clock that moves when the test says so, or sleeps. */
export interface TestClock extends Clock {
  advance(ms: number): void;
  /** Done whenever somebody sleeps, after the time has passed. */
  onSleep: (slept: number) => Promise<void> | void;
}

/** A clock that stands at `NOW`. */
export function testClock(): TestClock {
  let nowMs = NOW;
  const clock: TestClock = {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
    onSleep: () => {},
    sleep: async (ms) => {
      nowMs += ms;
      await clock.onSleep(ms);
    },
  };
  return clock;
}

async function takeAll(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  if (Messages.length === 0) return [];
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return [...Messages, ...(await takeAll(sqs, QueueUrl))];
}
