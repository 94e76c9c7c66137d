// The parts of fauxqs that its package does not export. Its own start function listens on all interfaces,
// which would show people's photos to the network; put together from the parts, it listens on loopback.
// The version is pinned, and a test guards both the address and the state that survives.

import type { buildApp } from 'fauxqs';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** Keeps queues and objects in one SQLite file. */
export interface Persistence {
  readonly db: { exec(sql: string): void };
  load(sqs: Stores['sqsStore'], sns: Stores['snsStore'], s3: Stores['s3Store']): void;
  close(): void;
}

/** Empty stores, and the persistence that fills them from a folder and writes what changes. */
export async function persistentStores(
  dataDir: string,
): Promise<{ stores: Stores; persistence: Persistence }> {
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }] = await Promise.all([
    part<{ SqsStore: new () => Stores['sqsStore'] }>('sqs/sqsStore.js'),
    part<{ SnsStore: new () => Stores['snsStore'] }>('sns/snsStore.js'),
    part<{ S3Store: new () => Stores['s3Store'] }>('s3/s3Store.js'),
    part<{ PersistenceManager: new (dataDir: string) => Persistence }>('persistence.js'),
  ]);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence = new PersistenceManager(dataDir);
  // Loaded before the stores know of it, else loading would write everything again.
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  for (const store of [...Object.values(stores), ...stores.sqsStore.allQueues()]) {
    Object.assign(store, { persistence });
  }
  return { stores, persistence };
}

async function part<Module>(path: string): Promise<Module> {
  return import(new URL(path, import.meta.resolve('fauxqs')).href) as Promise<Module>;
}
