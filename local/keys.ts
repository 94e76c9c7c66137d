// The two keys of local mode: made at first start, and the same ever after, since the URL key is in every
// avatar's address.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { readKeyFile, UnreadableKeys, writeKeyFile } from './key-file.ts';

/** The keys as text. */
export interface Keys {
  /** The bearer key of the backend; two, with a blank between them, where the settings give two. */
  readonly serviceKey: string;
  readonly urlKey: string;
}

/** The name of the file of keys in the data folder. */
export const KEYS_FILE = 'keys.json';

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
  const file = join(dataDir, KEYS_FILE);
  const kept = readKeys(file) ?? makeKeys(file);
  return {
    serviceKey: given.serviceKey ?? kept.serviceKey,
    urlKey: given.urlKey ?? kept.urlKey,
  };
}

/** The keys in the text of a file of keys; `undefined` where it holds anything else. */
export function parseKeys(text: string): Keys | undefined {
  const { success, output } = v.safeParse(keysSchema, text);
  return success ? output : undefined;
}

function readKeys(file: string): Keys | undefined {
  const text = readKeyFile(file);
  if (text === undefined) return undefined;
  const keys = parseKeys(text);
  if (keys) return keys;
  // New keys would silently give every avatar another address.
  throw new UnreadableKeys(
    `${file} is not readable as {"serviceKey": "…", "urlKey": "…"}: mend it, or delete it for new keys and so new avatar URLs.`,
  );
}

function makeKeys(file: string): Keys {
  const keys = { serviceKey: newKey(), urlKey: newKey() };
  writeKeyFile(file, `${JSON.stringify(keys, null, 2)}\n`);
  return keys;
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}
