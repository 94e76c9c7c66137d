// The operator's list as a file: it is read as a stream, once to count and once to import.

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError } from 'csv-parse';
import { csvUsers, NoIdColumn } from './csv-users.ts';
import { codeOf, Mistake } from './mistake.ts';
import { ndjsonUsers } from './ndjson-users.ts';
import { LineTooLong } from './text-lines.ts';
import type { UserLine } from './user-line.ts';

/** A list that can be read any number of times. */
export interface UserFile {
  readonly path: string;
  /** Throws Mistake for a file that cannot be read as what it is. */
  lines(): AsyncGenerator<UserLine>;
}

type Format = { readonly kind: 'ndjson' } | { readonly kind: 'csv'; readonly delimiter: string };

const HEAD_BYTES = 4096;

/** Opens a list. Throws Mistake. */
export async function openUserFile(path: string): Promise<UserFile> {
  const format = formatOf(path, await headOf(path));
  return { path, lines: () => linesOfFile(path, format) };
}

/** The format by the file's name and beginning. Throws Mistake for a JSON array. */
function formatOf(path: string, head: string): Format {
  const start = head.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('[')) {
    throw new Mistake(`${path} is a JSON array: write one object a line, as jq -c '.[]' does.`);
  }
  if (/\.(ndjson|jsonl)$/i.test(path) || start.startsWith('{')) return { kind: 'ndjson' };
  const [firstLine = ''] = start.split(/[\r\n]/, 1);
  // Spreadsheets write semicolons where the comma is a decimal sign.
  return { kind: 'csv', delimiter: /[,;\t]/.exec(firstLine)?.[0] ?? ',' };
}

async function headOf(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const isFile = (await file.stat()).isFile();
    if (!isFile) throw new Mistake(`${path} is not a plain file: it is read twice.`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* linesOfFile(path: string, format: Format): AsyncGenerator<UserLine> {
  const texts = decoded(createReadStream(path));
  try {
    yield* format.kind === 'ndjson' ? ndjsonUsers(texts) : csvUsers(texts, format.delimiter);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The text, without a byte order mark. Throws ERR_ENCODING_INVALID_ENCODED_DATA rather than spoil names. */
async function* decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

function unreadable(path: string, error: unknown): unknown {
  if (error instanceof Mistake) return error;
  const cause = { cause: error };
  if (error instanceof NoIdColumn) {
    return new Mistake(
      `${path}: ${error.message}: write userId into the header, or ids alone.`,
      cause,
    );
  }
  if (error instanceof CsvError || error instanceof LineTooLong) {
    return new Mistake(
      `${path} cannot be read (${error.message}): mend it there or before.`,
      cause,
    );
  }
  const code = codeOf(error);
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new Mistake(`${path} is not UTF-8: save it as UTF-8.`, cause);
  }
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new Mistake(`${path} cannot be read (${code}): give the path of a file in --file.`, cause);
}
