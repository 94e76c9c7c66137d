// Who has arrived, in a file beside the list: an id a line, written as each arrives, so that a killed import
// goes on where it was. Ids and not line numbers: the list may have changed in between.
//
// The first line tells the address, since whoever arrived at one Cameo is not there at another.

import {
  appendFileSync,
  closeSync,
  createReadStream,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import * as v from 'valibot';
import { codeOf, Mistake } from './mistake.ts';
import { linesOf } from './text-lines.ts';

/** What is known of earlier runs of an import, and where the arrivals of this one go. */
export interface Progress {
  /** Ids of those who have arrived: about 60 bytes of memory each. The owner may add to it. */
  readonly arrived: Set<string>;
  add(userId: string): void;
  /** Everybody is there: the next import of the list is a new one. */
  remove(): void;
}

const HEADER_START = '{"cameo":"warm"';

const headerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ cameo: v.literal('warm'), url: v.string() }),
);

/**
 * Opens the progress of an import to the Cameo at `url`. Throws Mistake for another Cameo's, and for a file
 * that is no progress.
 */
export async function openProgress(path: string, url: string): Promise<Progress> {
  const earlier = await readProgress(path);
  if (earlier.url && earlier.url !== url) {
    throw new Mistake(
      `${path} is of an import to ${earlier.url}: go on with --url ${earlier.url}, or delete it to import to ${url}.`,
    );
  }
  // Not written before somebody arrives.
  let headerToCome = earlier.url ? '' : `${HEADER_START},${JSON.stringify({ url }).slice(1)}\n`;
  return {
    arrived: earlier.arrived,
    add(userId) {
      written(path, () => appendFileSync(path, `${headerToCome}${userId}\n`));
      headerToCome = '';
    },
    remove: () => written(path, () => rmSync(path, { force: true })),
  };
}

interface Earlier {
  /** Absent where nobody has arrived yet. */
  readonly url?: string | undefined;
  readonly arrived: Set<string>;
}

async function readProgress(path: string): Promise<Earlier> {
  const arrived = new Set<string>();
  if (!statSync(path, { throwIfNoEntry: false })) return { arrived };
  written(path, () => dropTornLine(path));
  let url: string | undefined;
  for await (const line of linesOf(createReadStream(path, 'utf8'))) {
    if (line.startsWith('{')) url = urlOf(path, line);
    else arrived.add(line);
  }
  return { url, arrived };
}

function urlOf(path: string, header: string): string {
  const { success, output } = v.safeParse(headerSchema, header);
  if (success) return output.url;
  throw notProgress(path);
}

// Whatever else somebody keeps under this name is not ours to cut or to delete.
function notProgress(path: string): Mistake {
  return new Mistake(`${path} is not the progress of an import: move it out of the way.`);
}

const LONGEST_LINE_BYTES = 4096;

/** Drops what a killed process has left of a last line; the next id would else be glued to it. */
function dropTornLine(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const { size } = statSync(path);
    const bytesOf = (from: number) => {
      const bytes = Buffer.alloc(LONGEST_LINE_BYTES);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
    };
    const start = bytesOf(0).toString('utf8').slice(0, HEADER_START.length);
    if (!HEADER_START.startsWith(start)) throw notProgress(path);
    const tailFrom = Math.max(0, size - LONGEST_LINE_BYTES);
    ftruncateSync(file, tailFrom + bytesOf(tailFrom).lastIndexOf('\n') + 1);
  } finally {
    closeSync(file);
  }
}

function written(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (error instanceof Mistake) throw error;
    throw new Mistake(
      `${path} cannot be written (${codeOf(error)}): the import keeps its progress there, so make room or give it the right.`,
      { cause: error },
    );
  }
}
