// The two keys of local mode: made at first start, and the same ever after, since the URL key is in every
// avatar's address.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

/** The keys as text. */
export interface Keys {
  readonly serviceKey: string;
  readonly urlKey: string;
}

/** The keys file is there and cannot be used. */
export class UnreadableKeys extends Error {
  override readonly name = 'UnreadableKeys';
}

const keysSchema = v.object({
  serviceKey: v.pipe(v.string(), v.nonEmpty()),
  urlKey: v.pipe(v.string(), v.nonEmpty()),
});

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
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return v.parse(keysSchema, JSON.parse(text));
  } catch {
    // New keys would silently give every avatar another address.
    throw new UnreadableKeys(
      `${file} is not readable as {"serviceKey": "…", "urlKey": "…"}: mend it, or delete it for new keys and so new avatar URLs.`,
    );
  }
}

function makeKeys(dataDir: string, file: string): Keys {
  const keys = { serviceKey: newKey(), urlKey: newKey() };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}
