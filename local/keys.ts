// The two keys of local mode: made at first start, and the same ever after, since the URL key is in every
// avatar's address. Whoever calls holds the data folder (data-folder.ts), so no other process makes keys too.

import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { makeDataFolder } from './data-folder.ts';

/** The keys as text. */
export interface Keys {
  readonly serviceKey: string;
  readonly urlKey: string;
}

/** The keys file cannot be used or made; the message is one line and says what to do. */
export class UnreadableKeys extends Error {
  override readonly name = 'UnreadableKeys';
}

const keysSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    serviceKey: v.pipe(v.string(), v.nonEmpty()),
    urlKey: v.pipe(v.string(), v.nonEmpty()),
  }),
);

/** The keys of a data folder, made if it has none; `given` ones go first. Throws UnreadableKeys. */
export function loadKeys(
  dataDir: string,
  given: { [Name in keyof Keys]: string | undefined },
): Keys {
  const file = join(dataDir, 'keys.json');
  const kept = readKeys(file) ?? makeKeys(dataDir, file);
  return {
    serviceKey: given.serviceKey ?? kept.serviceKey,
    urlKey: given.urlKey ?? kept.urlKey,
  };
}

function readKeys(file: string): Keys | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const { success, output } = v.safeParse(keysSchema, text);
  if (success) return output;
  // New keys would silently give every avatar another address.
  throw new UnreadableKeys(
    `${file} is not readable as {"serviceKey": "…", "urlKey": "…"}: mend it, or delete it for new keys and so new avatar URLs.`,
  );
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UnreadableKeys(
      `${file} cannot be read (${codeOf(error)}): make it a file that you may read.`,
      { cause: error },
    );
  }
}

function makeKeys(dataDir: string, file: string): Keys {
  const keys = { serviceKey: newKey(), urlKey: newKey() };
  try {
    makeDataFolder(dataDir);
    writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UnreadableKeys(
      `${file} cannot be written (${codeOf(error)}): set CAMEO_DATA_DIR to a folder that you may write to.`,
      { cause: error },
    );
  }
  return keys;
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}
