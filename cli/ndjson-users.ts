// A list as NDJSON: one object a line, such as Telegram's own User objects, or the failures of another import.

import { linesOf } from './text-lines.ts';
import { type UserLine, userLine } from './user-line.ts';

/** The lines of an NDJSON text; blank ones are left out, broken ones are bad lines. Throws LineTooLong. */
export async function* ndjsonUsers(texts: AsyncIterable<string>): AsyncGenerator<UserLine> {
  let line = 0;
  for await (const text of linesOf(texts)) {
    line += 1;
    if (text.trim()) yield ndjsonUser(line, text.trim());
  }
}

function ndjsonUser(line: number, text: string): UserLine {
  const value = parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return userLine(line, Object.entries(value));
  }
  const reason = 'The line is not a JSON object: write {"userId": "42"}.';
  return { kind: 'bad', line, given: { text }, reason };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
