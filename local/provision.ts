// What `cdk deploy` makes on AWS, made in the emulators: the table, the bucket, each queue with its dead-letter
// queue, and that of each schedule. It can be repeated, so every start brings an older data folder up to the topology.
import {
  type AttributeDefinition,
  CreateTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  HeadBucketCommand,
  NotFound,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {
  type IndexDeclaration,
  MESSAGE_RETENTION_DAYS,
  type QueueDeclaration,
  type QueueName,
  queues,
  type ScheduleName,
  schedules,
  table,
} from '../core/topology.ts';
import type { AwsClients } from './aws.ts';
import { moveOlderTable } from './older-table.ts';

// Another one for each set of indices: see older-table.ts.
const TABLE_NAME = 'cameo-2';
const BUCKET_NAME = 'cameo-photos';
const RETENTION_SECONDS = String(MESSAGE_RETENTION_DAYS * 24 * 60 * 60);

/** A queue and its dead-letter queue. */
export interface ProvisionedQueue {
  readonly url: string;
  readonly deadLetterUrl: string;
}

/** The names and URLs that the functions are told through their environment. */
export interface Resources {
  readonly tableName: string;
  readonly bucketName: string;
  readonly queues: Readonly<Record<QueueName, ProvisionedQueue>>;
  readonly schedules: Readonly<Record<ScheduleName, Pick<ProvisionedQueue, 'deadLetterUrl'>>>;
}

async function provisionTable(dynamodb: DynamoDBClient): Promise<void> {
  const { key, recentIndex, changedIndex } = table;
  const indices = [recentIndex, changedIndex];
  const command = new CreateTableCommand({
    TableName: TABLE_NAME,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: key, AttributeType: 'S' },
      ...indices.flatMap(attributesOf),
    ],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    GlobalSecondaryIndexes: indices.map(indexOf),
  });
  await dynamodb.send(command).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
  await waitUntilTableExists(
    { client: dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 30 },
    { TableName: TABLE_NAME },
  );
  await moveOlderTable(dynamodb, TABLE_NAME);
}

function attributesOf({ partitionKey, sortKey }: IndexDeclaration): AttributeDefinition[] {
  return [
    { AttributeName: partitionKey, AttributeType: 'S' },
    { AttributeName: sortKey, AttributeType: 'N' },
  ];
}

function indexOf({ name, partitionKey, sortKey, carries }: IndexDeclaration): GlobalSecondaryIndex {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    Projection:
      carries.length > 0
        ? { ProjectionType: 'INCLUDE', NonKeyAttributes: [...carries] }
        : { ProjectionType: 'KEYS_ONLY' },
  };
}

async function provisionBucket(s3: S3Client): Promise<void> {
  const bucket = { Bucket: BUCKET_NAME };
  try {
    await s3.send(new HeadBucketCommand(bucket));
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    await s3.send(new CreateBucketCommand(bucket));
  }
}

/** The attributes are set after the creation: CreateQueue refuses an existing queue that has others. */
async function provisionQueue(
  sqs: SQSClient,
  name: string,
  attributes: Record<string, string>,
): Promise<string> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: url,
      Attributes: { MessageRetentionPeriod: RETENTION_SECONDS, ...attributes },
    }),
  );
  return url;
}

async function arnOf(sqs: SQSClient, url: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
}

async function provisionPair(
  sqs: SQSClient,
  name: string,
  declared: QueueDeclaration,
): Promise<ProvisionedQueue> {
  const deadLetterUrl = await provisionQueue(sqs, `cameo-${name}-dead`, {});
  const url = await provisionQueue(sqs, `cameo-${name}`, {
    VisibilityTimeout: String(declared.visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: await arnOf(sqs, deadLetterUrl),
      maxReceiveCount: declared.maxReceiveCount,
    }),
  });
  return { url, deadLetterUrl };
}

async function provisionQueues(sqs: SQSClient): Promise<Resources['queues']> {
  const names = Object.keys(queues) as QueueName[];
  const pairs = names.map(
    async (name) => [name, await provisionPair(sqs, name, queues[name])] as const,
  );
  return Object.fromEntries(await Promise.all(pairs)) as Record<QueueName, ProvisionedQueue>;
}

async function provisionSchedules(sqs: SQSClient): Promise<Resources['schedules']> {
  const names = Object.keys(schedules) as ScheduleName[];
  const queuesOfRuns = names.map(async (name) => {
    const deadLetterUrl = await provisionQueue(sqs, `cameo-schedule-${name}-dead`, {});
    return [name, { deadLetterUrl }] as const;
  });
  return Object.fromEntries(await Promise.all(queuesOfRuns)) as Resources['schedules'];
}

/** Makes what is absent and returns all names; throws the service's error if an endpoint refuses. */
export async function provision({ dynamodb, s3, sqs }: AwsClients): Promise<Resources> {
  const [provisionedQueues, provisionedSchedules] = await Promise.all([
    provisionQueues(sqs),
    provisionSchedules(sqs),
    provisionTable(dynamodb),
    provisionBucket(s3),
  ]);
  return {
    tableName: TABLE_NAME,
    bucketName: BUCKET_NAME,
    queues: provisionedQueues,
    schedules: provisionedSchedules,
  };
}
