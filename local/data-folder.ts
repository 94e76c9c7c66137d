// The folder that holds all state of local mode. One process at a time: LevelDB crashes the second one
// with an error about iterators, and SQLite would let both write. The claim is a file lock that the
// operating system takes back when the process dies, however it dies, so no stale lock is ever left.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process holds the data folder; the message is one line and says what to do. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';

  constructor(dataDir: string, cause: unknown) {
    super(
      `${resolve(dataDir)} is in use by another Cameo: stop that one, or set CAMEO_DATA_DIR to another folder`,
      { cause },
    );
  }
}

/** The data folder cannot be made or written; the message is one line and says what to do. */
export class DataFolderUnusable extends Error {
  override readonly name = 'DataFolderUnusable';

  constructor(dataDir: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `${resolve(dataDir)} cannot be used (${why}): make it writable, or set CAMEO_DATA_DIR to another folder`,
      { cause },
    );
  }
}

/** Makes the folder if it is absent, readable by its owner alone: it holds photos of people, and keys. */
export function makeDataFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

// A lock that nothing refers to would be collected, and the folder free while it is in use.
const held = new Set<DatabaseSync>();

/** SQLite's SQLITE_BUSY (https://sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5;

/** Claims the folder for this caller and returns the release; throws DataFolderInUse and DataFolderUnusable. */
export function claimDataFolder(dataDir: string): () => void {
  const lock = openLock(dataDir);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
    throw busy ? new DataFolderInUse(dataDir, error) : error;
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}

function openLock(dataDir: string): DatabaseSync {
  try {
    makeDataFolder(dataDir);
    return new DatabaseSync(join(dataDir, 'in-use.lock'), { timeout: 0 });
  } catch (error) {
    throw new DataFolderUnusable(dataDir, error);
  }
}
