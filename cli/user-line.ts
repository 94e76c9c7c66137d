// One line of the operator's list: who it names, or why it names nobody.

import { InvalidInput } from '../core/errors.ts';
import { parseUserId } from '../core/partner.ts';

/** A Telegram user as the list knows one; only the id is necessary. */
export interface User {
  readonly userId: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly username?: string;
}

/** A line that names a user. */
export interface GoodLine {
  readonly kind: 'user';
  /** The line's number in its file, from 1; a CSV record of several lines has its last one's. */
  readonly line: number;
  readonly user: User;
}

/** A line that names none; `given` is what it says, for the list of failures. */
export interface BadLine {
  readonly kind: 'bad';
  readonly line: number;
  readonly given: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** A line of the list. */
export type UserLine = GoodLine | BadLine;

const PROFILE_FIELDS = ['firstName', 'lastName', 'username'] as const;
const FIELDS = ['userId', 'id', ...PROFILE_FIELDS] as const;

/** The name of a field or column: `first_name`, `First Name` and `firstName` are one; `undefined` if it is none of ours. */
export function fieldOf(name: string): (typeof FIELDS)[number] | undefined {
  const plain = name.toLowerCase().replace(/[\s_-]/g, '');
  return FIELDS.find((field) => field.toLowerCase() === plain);
}

/** Reads a line's fields by their names in the file; those that are none of ours are left out. */
export function userLine(line: number, entries: Iterable<[string, unknown]>): UserLine {
  const found = new Map<string, unknown>();
  for (const [name, value] of entries) {
    const field = fieldOf(name);
    if (field && !found.has(field)) found.set(field, isEmpty(value) ? undefined : value);
  }
  // A row of a database may have both, an id of its own and the user's: then its own is never the user's.
  if (!found.has('userId')) found.set('userId', found.get('id'));
  found.delete('id');
  const given = Object.fromEntries(found);
  try {
    const userId = userIdOf(found.get('userId'));
    return { kind: 'user', line, user: { userId, ...profileOf(found) } };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { kind: 'bad', line, given, reason: error.message };
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && !value.trim());
}

function userIdOf(id: unknown): string {
  if (id === undefined) throw new InvalidInput('There is no userId: give one to each line.');
  return parseUserId(typeof id === 'string' ? id.trim() : JSON.stringify(id));
}

function profileOf(found: ReadonlyMap<string, unknown>): Omit<User, 'userId'> {
  const profile: { -readonly [Field in (typeof PROFILE_FIELDS)[number]]?: string } = {};
  for (const field of PROFILE_FIELDS) {
    const value = found.get(field);
    if (value === undefined) continue;
    if (typeof value !== 'string')
      throw new InvalidInput(`${field} is not text: put it in quotes.`);
    profile[field] = value.trim();
  }
  return profile;
}
