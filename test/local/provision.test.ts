import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queues } from '../../core/topology.ts';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { type Emulators, startEmulators } from '../../local/emulators.ts';
import { provision } from '../../local/provision.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'cameo-provision-'));
let emulators: Emulators;
let clients: AwsClients;
beforeAll(async () => {
  emulators = await startEmulators({ dataDir });
  clients = awsClients(emulators);
});
afterAll(async () => {
  await emulators.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function attributesOf(sqs: SQSClient, QueueUrl: string) {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  return (await sqs.send(command)).Attributes ?? {};
}

test('makes the table with its indices: the newest partners, and whose photo changed', async () => {
  const { tableName } = await provision(clients);

  const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: tableName }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'avatarId', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'recent',
        KeySchema: [
          { AttributeName: 'recentOf', KeyType: 'HASH' },
          { AttributeName: 'joinedAtMs', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
      {
        IndexName: 'changed',
        KeySchema: [
          { AttributeName: 'changedOf', KeyType: 'HASH' },
          { AttributeName: 'changedAtMs', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['photoId'] },
      },
    ],
  });
});

test.each(Object.entries(queues))(
  'makes queue %s as declared, with a dead-letter queue behind it',
  async (name, declared) => {
    const provisioned = await provision(clients);

    const { url, deadLetterUrl } = provisioned.queues[name as keyof typeof queues];
    const dead = await attributesOf(clients.sqs, deadLetterUrl);
    const live = await attributesOf(clients.sqs, url);
    expect(live).toMatchObject({
      VisibilityTimeout: String(declared.visibilityTimeoutSeconds),
      MessageRetentionPeriod: '1209600',
    });
    expect(dead.MessageRetentionPeriod).toBe('1209600');
    expect(JSON.parse(live.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: dead.QueueArn,
      maxReceiveCount: declared.maxReceiveCount,
    });
  },
);

test('makes a dead-letter queue for the schedule, which is no other queue', async () => {
  const provisioned = await provision(clients);

  const { deadLetterUrl } = provisioned.schedules.warm;
  expect((await attributesOf(clients.sqs, deadLetterUrl)).MessageRetentionPeriod).toBe('1209600');
  const others = Object.values(provisioned.queues).flatMap((queue) => Object.values(queue));
  expect(new Set([...others, deadLetterUrl]).size).toBe(others.length + 1);
});

test('can be repeated, and gives an older queue what is declared now', async () => {
  const first = await provision(clients);
  const { url } = first.queues.fetch;
  const older = { VisibilityTimeout: '7' };
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: older }));

  const second = await provision(clients);

  expect(second).toEqual(first);
  const { VisibilityTimeout } = await attributesOf(clients.sqs, url);
  expect(VisibilityTimeout).toBe(String(queues.fetch.visibilityTimeoutSeconds));
  await clients.s3.send(new HeadBucketCommand({ Bucket: second.bucketName }));
});
