// Who has arrived, in a file beside the list: an id a line, written as each arrives, so that a killed import
// goes on where it was. Ids and not line numbers: the list may have changed in between.
//
// The first line tells the address, since whoever arrived at one Cameo is not there at another; and the list's
// digest, so that the operator hears of a change.

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

/** The list and the Cameo that progress is of. */
export interface ImportOf {
  readonly url: string;
  readonly sha256: string;
}

/** What is known of earlier runs of an import, and where the arrivals of this one go. */
export interface Progress {
  /** Ids of those who have arrived: about 60 bytes of memory each. The owner may add to it. */
  readonly arrived: Set<string>;
  /** Whether the list was another one in the earlier run. */
  readonly isListChanged: boolean;
  add(userId: string): void;
  /** Everybody is there: the next import of the list is a new one. */
  remove(): void;
}

const HEADER_START = '{"cameo":"warm"';

const headerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ cameo: v.literal('warm'), url: v.string(), sha256: v.string() }),
);

/** Opens the progress of an import. Throws Mistake for another Cameo's, and for a file that is no progress. */
export async function openProgress(path: string, { url, sha256 }: ImportOf): Promise<Progress> {
  const earlier = await readProgress(path);
  if (earlier?.of && earlier.of.url !== url) {
    throw new Mistake(
      `${path} is of an import to ${earlier.of.url}: go on with --url ${earlier.of.url}, or delete it to import to ${url}.`,
    );
  }
  const isListChanged = earlier?.of !== undefined && earlier.of.sha256 !== sha256;
  // The last header counts: a list that has changed is told of once. None is written before somebody arrives.
  const header = `${HEADER_START},${JSON.stringify({ url, sha256 }).slice(1)}\n`;
  let headerToCome = !earlier?.of || isListChanged ? header : '';
  return {
    arrived: earlier?.arrived ?? new Set(),
    isListChanged,
    add(userId) {
      written(path, () => appendFileSync(path, `${headerToCome}${userId}\n`));
      headerToCome = '';
    },
    remove: () => written(path, () => rmSync(path, { force: true })),
  };
}

interface Earlier {
  readonly of: ImportOf | undefined;
  readonly arrived: Set<string>;
}

async function readProgress(path: string): Promise<Earlier | undefined> {
  if (!statSync(path, { throwIfNoEntry: false })) return undefined;
  written(path, () => dropTornLine(path));
  const arrived = new Set<string>();
  let of: ImportOf | undefined;
  for await (const line of linesOf(createReadStream(path, 'utf8'))) {
    if (line.startsWith('{')) of = headerOf(path, line);
    else arrived.add(line);
  }
  return { of, arrived };
}

function headerOf(path: string, line: string): ImportOf {
  const { success, output } = v.safeParse(headerSchema, line);
  if (success) return output;
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
