// Bytes of pictures in IndexedDB, as ArrayBuffers: WebKit loses Blobs. What each takes and when it was last used is in a
// store of its own, so that nothing has to be read to know what to drop. Keys are [scope, versioned path].

import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
import type { Settings } from './options.ts';
import type { StoredPicture } from './pictures.ts';

type Key = [scope: string, path: string];

/** When a picture was last used, in milliseconds since the epoch, and its bytes. */
export type Use = readonly [usedAtMs: number, bytes: number];

interface Schema extends DBSchema {
  pictures: { key: Key; value: StoredPicture };
  uses: { key: Key; value: Use };
}

const STORES: ('pictures' | 'uses')[] = ['pictures', 'uses'];

/** The pictures of one scope on the disk. Nothing here throws: `onError` hears of it, and there is no picture. */
export interface ImageStore {
  /** Resolves when it is known whether the disk is there. */
  readonly ready: Promise<boolean>;
  /** Reads a picture, together with all others that are asked for in the same tick. */
  get(path: string): Promise<StoredPicture | undefined>;
  /** Keeps a picture, or notes that it was used, when `flush` is called next. */
  keep(path: string, picture: StoredPicture, isNew: boolean): void;
  /** Writes what is to be kept, and drops what is too old or too much, or not current any more. */
  flush(isCurrent: (path: string) => boolean): Promise<unknown>;
  /** Forgets everything of the scope. */
  clear(): Promise<unknown>;
  close(): void;
}

/** The keys of what is over the limits, which hold for all scopes together: the longest unused first. */
export function excessOf<K>(
  uses: readonly (readonly [key: K, use: Use])[],
  { maxAge, maxEntries, maxBytes }: Pick<Settings, 'maxAge' | 'maxEntries' | 'maxBytes'>,
  nowMs: number,
): K[] {
  let sum = 0;
  return uses
    .toSorted(([, [a]], [, [b]]) => b - a)
    .filter(([, [usedAtMs, bytes]], index) => {
      sum += bytes;
      return nowMs - usedAtMs >= maxAge || index >= maxEntries || sum > maxBytes;
    })
    .map(([key]) => key);
}

/** How long a logout waits for the disk, at most: WebKit's may never open. What it deletes then goes once it does. */
const PATIENCE_MS = 2000;

/** Opens the store of a scope. */
export function openImageStore(
  scope: string,
  limits: Settings,
  onError: (error: unknown) => void,
): ImageStore {
  type Store<Name extends 'pictures' | 'uses'> = IDBPObjectStore<
    Schema,
    typeof STORES,
    Name,
    'readwrite'
  >;
  let opened = 0;
  let database: Promise<IDBPDatabase<Schema>>;
  // It throws, too, where storage is blocked.
  const connect = async () =>
    openDB<Schema>('cameo-avatars', 1, {
      upgrade(db) {
        for (const name of STORES) db.createObjectStore(name);
      },
      // A newer release's tab, or a logout's, would wait for this one to be closed.
      blocking: (_from, _to, { target }) => (target as IDBDatabase).close(),
      terminated: reopen,
    });
  const open = () => {
    opened++;
    database = connect();
    return database.then(
      () => true,
      () => false,
    );
  };
  // WebKit ends connections of pages in the background; a second end is taken as meant.
  const reopen = () => opened < 2 && open();

  const run = async <Result>(
    mode: IDBTransactionMode,
    work: (pictures: Store<'pictures'>, uses: Store<'uses'>) => Promise<Result>,
  ): Promise<Result | undefined> => {
    try {
      const tx = (await database).transaction(STORES, mode as 'readwrite');
      const done = work(tx.objectStore('pictures'), tx.objectStore('uses'));
      return (await Promise.all([done, tx.done]))[0];
    } catch (error) {
      if (reopen()) return run(mode, work);
      onError(error);
      return undefined;
    }
  };

  let wanted: string[] = [];
  let reading: Promise<(StoredPicture | undefined)[] | undefined> | undefined;
  const read = async () => {
    await undefined;
    const paths = wanted;
    wanted = [];
    reading = undefined;
    return run('readonly', (pictures) =>
      Promise.all(paths.map((path) => pictures.get([scope, path]))),
    );
  };

  const kept = new Map<string, readonly [picture: StoredPicture, isNew: boolean]>();

  return {
    ready: open(),
    async get(path) {
      const index = wanted.push(path) - 1;
      reading ??= read();
      return (await reading)?.[index];
    },
    keep(path, picture, isNew) {
      kept.set(path, [picture, isNew]);
    },
    flush(isCurrent) {
      const taken = [...kept];
      kept.clear();
      return run('readwrite', async (pictures, uses) => {
        const writes = taken.map(([path, [picture, isNew]]) =>
          Promise.all([
            uses.put([Date.now(), picture.bytes.byteLength], [scope, path]),
            isNew && pictures.put(picture, [scope, path]),
          ]),
        );
        const [keys, all] = await Promise.all([uses.getAllKeys(), uses.getAll(), ...writes]);
        const over = new Set(
          excessOf(
            keys.map((key, index) => [key, all[index] as Use]),
            limits,
            Date.now(),
          ),
        );
        for (const key of keys) if (key[0] === scope && !isCurrent(key[1])) over.add(key);
        await Promise.all([...over].flatMap((key) => [uses.delete(key), pictures.delete(key)]));
      });
    },
    clear() {
      kept.clear();
      const all = IDBKeyRange.bound([scope], [scope, []]);
      return Promise.race([
        run('readwrite', (...stores) => Promise.all(stores.map((store) => store.delete(all)))),
        new Promise((over) => setTimeout(over, PATIENCE_MS)),
      ]);
    },
    close() {
      database.then((db) => db.close()).catch(() => undefined);
    },
  };
}
