// A file of secrets in the data folder: for its owner alone to read, never half written, never replaced.
// Whoever calls holds the data folder (data-folder.ts), so no other process makes the same file.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDataFolder } from './data-folder.ts';

/** A file of keys cannot be used or made; the message is one line and says what to do. */
export class UnreadableKeys extends Error {
  override readonly name = 'UnreadableKeys';
}

/** The file's text; `undefined` where there is no such file. Throws UnreadableKeys. */
export function readKeyFile(file: string): string | undefined {
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

/** Makes the file, and its folder if that is absent. Throws UnreadableKeys. */
export function writeKeyFile(file: string, text: string): void {
  try {
    makeDataFolder(dirname(file));
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UnreadableKeys(
      `${file} cannot be written (${codeOf(error)}): set CAMEO_DATA_DIR to a folder that you may write to.`,
      { cause: error },
    );
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}
