import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partnerDirectory } from '../../adapters/partner-directory.ts';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { type Emulators, startEmulators } from '../../local/emulators.ts';
import { provision } from '../../local/provision.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'cameo-older-table-'));
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

/** The table as versions made it that had no index of changes. */
async function makeOlderTable(): Promise<void> {
  const command = new CreateTableCommand({
    TableName: 'cameo',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'avatarId', AttributeType: 'S' },
      { AttributeName: 'recentOf', AttributeType: 'S' },
      { AttributeName: 'joinedAtMs', AttributeType: 'N' },
    ],
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
    ],
  });
  await clients.dynamodb.send(command);
  await waitUntilTableExists(
    { client: clients.dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 30 },
    { TableName: 'cameo' },
  );
}

/** A partner as that version wrote it; long, so that a few of them are more than one page of a scan. */
async function putPartner(TableName: string, n: number, firstName: string): Promise<void> {
  const Item = {
    avatarId: { S: `partner-${n}` },
    userId: { S: String(n) },
    firstName: { S: firstName },
    recentOf: { S: 'partner' },
    joinedAtMs: { N: String(n) },
    lastName: { S: 'x'.repeat(300_000) },
  };
  await clients.dynamodb.send(new PutItemCommand({ TableName, Item }));
}

async function firstNames(tableName: string): Promise<string[]> {
  const newest = await partnerDirectory(clients.dynamodb, tableName).newest(10);
  return newest.map(({ firstName }) => firstName);
}

test('a folder of an older version keeps everybody, and has the new index', async () => {
  await makeOlderTable();
  for (const n of [1, 2, 3, 4, 5]) await putPartner('cameo', n, `Partner ${n}`);

  const { tableName } = await provision(clients);

  const moved = ['Partner 5', 'Partner 4', 'Partner 3', 'Partner 2', 'Partner 1'];
  expect(await firstNames(tableName)).toEqual(moved);
  const tables = () => clients.dynamodb.send(new ListTablesCommand());
  await expect.poll(async () => (await tables()).TableNames).toEqual([tableName]);
  const query = new ScanCommand({ TableName: tableName, IndexName: 'changed' });
  expect((await clients.dynamodb.send(query)).Items).toEqual([]);
});

test('what this version wrote stands, where an older one ran in between or a move is repeated', async () => {
  const { tableName } = await provision(clients);
  await putPartner(tableName, 1, 'Newer');
  await makeOlderTable();
  await putPartner('cameo', 1, 'Older');
  await putPartner('cameo', 6, 'Only there');

  await provision(clients);

  const names = await firstNames(tableName);
  expect([names[0], names.at(-1)]).toEqual(['Only there', 'Newer']);
});
