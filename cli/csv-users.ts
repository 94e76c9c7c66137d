// A list as CSV: with a header that names the columns, or without one, and then the first column is the id.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { MAX_LINE_LENGTH } from './text-lines.ts';
import { fieldOf, type UserLine, userLine } from './user-line.ts';

/** The first line is neither a header nor does it begin with an id. */
export class NoIdColumn extends Error {
  override readonly name = 'NoIdColumn';
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * The records of a CSV text; blank ones are left out. Throws NoIdColumn, and csv-parse's CsvError for what
 * cannot be cut into records: who knows which of the lines after it are names?
 */
export async function* csvUsers(
  texts: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<UserLine> {
  let columns: readonly string[] | undefined;
  for await (const { record, info } of recordsOf(texts, delimiter)) {
    if (columns) {
      yield csvUser(info.lines, columns, record);
    } else if (isHeader(record)) {
      columns = record;
    } else {
      columns = headerless(record);
      yield csvUser(info.lines, columns, record);
    }
  }
}

function recordsOf(texts: AsyncIterable<string>, delimiter: string): AsyncIterable<CsvRecord> {
  const parser = parse({
    delimiter,
    info: true,
    max_record_size: MAX_LINE_LENGTH,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
  });
  // What goes wrong on the way is thrown to whoever reads the parser.
  pipeline(Readable.from(texts), parser).catch(() => undefined);
  return parser;
}

function isHeader(record: readonly string[]): boolean {
  return record.some((name) => ['userId', 'id'].includes(fieldOf(name) ?? ''));
}

function headerless([first = '']: readonly string[]): readonly string[] {
  if (/^\d+$/.test(first)) return ['userId'];
  throw new NoIdColumn(
    `the first line begins with ${JSON.stringify(first.slice(0, 40))} and names no column userId`,
  );
}

function csvUser(line: number, columns: readonly string[], record: readonly string[]): UserLine {
  return userLine(
    line,
    columns.map((name, index) => [name, record[index]]),
  );
}
