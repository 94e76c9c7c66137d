// What is in the table and the bucket, read out of the data folder while Cameo is not running.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { temporaryFolder } from '../bench/leftovers.ts';
import { PHOTOS_PREFIX } from '../core/topology.ts';
import { type AwsClients, awsClients } from '../local/aws.ts';
import { startEmulators } from '../local/emulators.ts';
import { provision, type Resources } from '../local/provision.ts';

/** An item of the table as DynamoDB tells it. */
export type StoredItem = Readonly<Record<string, AttributeValue>>;

/** What is stored. */
export interface Stored {
  readonly items: readonly StoredItem[];
  /** Keys of the bucket, by avatarId. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

/** Reads a copy of the folder, so that what starts on it next finds it as it was left. */
export async function readStores(dataDir: string): Promise<Stored> {
  using copy = temporaryFolder();
  const folder = join(copy.path, 'data');
  cpSync(dataDir, folder, { recursive: true });
  const emulators = await startEmulators({ dataDir: folder });
  try {
    const clients = awsClients(emulators);
    const resources = await provision(clients);
    return { items: await itemsOf(clients, resources), keys: await keysOf(clients, resources) };
  } finally {
    await emulators.stop();
  }
}

/** The avatarIds of all leases that somebody held. */
export function leasesIn({ items }: Stored): ReadonlySet<string> {
  const held = items.filter(({ leaseOwner }) => leaseOwner);
  return new Set(held.map(({ avatarId }) => avatarId?.S ?? ''));
}

async function itemsOf({ dynamodb }: AwsClients, { tableName }: Resources) {
  const items: Record<string, AttributeValue>[] = [];
  const pages = paginateScan({ client: dynamodb }, { TableName: tableName, ConsistentRead: true });
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

async function keysOf({ s3 }: AwsClients, { bucketName }: Resources) {
  const keys = new Map<string, string[]>();
  const pages = paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucketName, Prefix: PHOTOS_PREFIX },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key = '' } of Contents) {
      const avatarId = Key.split('/')[1] ?? '';
      keys.set(avatarId, [...(keys.get(avatarId) ?? []), Key]);
    }
  }
  return keys;
}
