// What S3 and DynamoDB do on AWS by themselves and the emulators don't: photos past the lifecycle's age go,
// and so do items whose time is over. A page at a time, so that whoever else needs the emulators gets in between.

import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { PHOTOS_PREFIX, table } from '../core/topology.ts';
import type { AwsClients } from './aws.ts';
import type { Resources } from './provision.ts';

/** What is looked after. */
export interface HousekeepingOptions {
  readonly clients: Pick<AwsClients, 'dynamodb' | 's3'>;
  readonly resources: Pick<Resources, 'tableName' | 'bucketName'>;
  readonly photoRetentionDays: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
  readonly onError: (error: unknown) => void;
}

/** A running housekeeping. */
export interface Housekeeping {
  /** Begins no other page; resolves when the one in hand is done. */
  stop(): Promise<void>;
}

// S3 looks once a day, DynamoDB within a few days; a machine that is on for an hour should see it, too.
const EVERY_MS = 60 * 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;

// Keys and items that are read at a time: some ten milliseconds of the emulators' time.
const PAGE_SIZE = 250;

/** Starts with a round at once; then there is one every hour. */
export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const stopping = new AbortController();
  let round = keepHouse(options, stopping.signal);
  const timer = setInterval(() => {
    round = round.then(() => keepHouse(options, stopping.signal));
  }, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await round;
    },
  };
}

/** One round: what is too old goes, unless `stopping` ends it before the next page. Never rejects. */
export async function keepHouse(
  options: HousekeepingOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { clients, resources, photoRetentionDays, now = Date.now, onError } = options;
  const nowMs = now();
  const oldestMs = nowMs - photoRetentionDays * DAY_MS;
  await dropPhotos(clients.s3, resources.bucketName, oldestMs, stopping).catch(onError);
  await dropItems(clients.dynamodb, resources.tableName, nowMs, stopping).catch(onError);
}

async function dropPhotos(
  s3: S3Client,
  Bucket: string,
  oldestMs: number,
  stopping: AbortSignal,
): Promise<void> {
  const pages = paginateListObjectsV2(
    { client: s3, pageSize: PAGE_SIZE },
    { Bucket, Prefix: PHOTOS_PREFIX },
  );
  for await (const { Contents = [] } of pages) {
    if (stopping.aborted) return;
    const old = Contents.filter(({ LastModified }) => Number(LastModified) < oldestMs);
    const Objects = old.map(({ Key }) => ({ Key }));
    if (Objects.length > 0) {
      await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    }
  }
}

async function dropItems(
  client: DynamoDBClient,
  TableName: string,
  nowMs: number,
  stopping: AbortSignal,
): Promise<void> {
  const isOver = `${table.expiry} < :nowSeconds`;
  const values = { ':nowSeconds': { N: String(Math.floor(nowMs / 1000)) } };
  const pages = paginateScan(
    { client, pageSize: PAGE_SIZE },
    {
      TableName,
      ProjectionExpression: table.key,
      FilterExpression: isOver,
      ExpressionAttributeValues: values,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const Key of Items) {
      if (stopping.aborted) return;
      // The item may be another one by now: somebody who was erased has come back.
      const gone = { TableName, Key, ConditionExpression: isOver };
      const command = new DeleteItemCommand({ ...gone, ExpressionAttributeValues: values });
      await client.send(command).catch(unlessChanged);
    }
  }
}

function unlessChanged(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}
