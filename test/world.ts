// Real stores for one test file: the emulators in a folder of their own, with the topology's resources,
// behind the adapters; and a clock that the test moves.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { eraseQueue } from '../adapters/erase-queue.ts';
import { erasureTable } from '../adapters/erasure-table.ts';
import { fetchQueue } from '../adapters/fetch-queue.ts';
import { partnerDirectory } from '../adapters/partner-directory.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { photoReader, photoWriter } from '../adapters/photo-bucket.ts';
import { telegramBudget } from '../adapters/telegram-budget.ts';
import { avatarIdOf } from '../core/avatar-id.ts';
import type { FetchJob } from '../core/fetch-job.ts';
import type { Partner, Profile } from '../core/partner.ts';
import type {
  Clock,
  EraseQueue,
  ErasureTable,
  FetchQueues,
  PartnerDirectory,
  PartnerTable,
  PhotoBucket,
  TelegramBudget,
} from '../core/ports.ts';
import type { QueueName } from '../core/topology.ts';
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
  readonly directory: PartnerDirectory;
  readonly erasures: ErasureTable;
  readonly budget: TelegramBudget;
  readonly bucket: PhotoBucket;
  readonly queues: FetchQueues;
  readonly eraseQueue: EraseQueue;
}

/** Running stores with what a test asks of them. */
export interface World extends Stores {
  readonly endpoints: Emulators;
  readonly clients: AwsClients;
  readonly resources: Resources;
  /** A partner whom nobody claims; `userId` decides what the stand-in shows. */
  join(userId: number | string, profile?: Partial<Profile>): Promise<Partner>;
  /** Takes the visible messages off a queue, the fetch queue unless told. */
  takeMessages(queue?: QueueName): Promise<Message[]>;
  /** The jobs of the messages that `takeMessages` takes. */
  takeJobs(queue?: QueueName): Promise<FetchJob[]>;
  /** How many messages wait in a queue unseen until their delay is over. */
  delayed(queue: QueueName): Promise<number>;
  /** The whole table, with what no port shows. */
  items(): Promise<Record<string, AttributeValue>[]>;
  stop(): Promise<void>;
}

/** Starts them, for a `beforeAll` that returns `stop`. */
export async function startWorld(): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cameo-world-'));
  const endpoints = await startEmulators({ dataDir });
  const clients = awsClients(endpoints);
  const resources = await provision(clients);
  const stores = storesOf(clients, resources);
  const takeMessages: World['takeMessages'] = (queue = 'fetch') =>
    takeAll(clients.sqs, resources.queues[queue].url);
  return {
    ...stores,
    endpoints,
    clients,
    resources,
    join: async (userId, profile) => {
      const whole = { userId: String(userId), firstName: 'Ada', ...profile };
      const avatarId = avatarIdOf(URL_KEY, whole.userId);
      const times = { nowMs: NOW, claimUntilMs: 0 };
      const partner = await stores.table.register(avatarId, whole, times, { afterErasure: true });
      if (!partner) throw new Error('not registered');
      return partner;
    },
    takeMessages,
    takeJobs: async (queue) => (await takeMessages(queue)).map(({ Body = '' }) => JSON.parse(Body)),
    delayed: async (queue) => {
      const { Attributes } = await clients.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: resources.queues[queue].url,
          AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
        }),
      );
      return Number(Attributes?.ApproximateNumberOfMessagesDelayed);
    },
    items: async () => {
      const scan = new ScanCommand({ TableName: resources.tableName });
      return (await clients.dynamodb.send(scan)).Items ?? [];
    },
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
    directory: partnerDirectory(clients.dynamodb, tableName),
    erasures: erasureTable(clients.dynamodb, tableName),
    budget: telegramBudget(clients.dynamodb, tableName),
    bucket: {
      ...photoReader(clients.s3, bucketName),
      ...photoWriter(clients.s3, bucketName),
    },
    queues: {
      fetch: fetchQueue(clients.sqs, queues.fetch.url),
      warm: fetchQueue(clients.sqs, queues.warm.url),
    },
    eraseQueue: eraseQueue(clients.sqs, queues.erase.url),
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
