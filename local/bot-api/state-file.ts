// The users that differ from the rule, as one JSON file. It is replaced whole by a rename, so a
// reader or a crash meets the old state or the new one, never a part.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isPhotograph, type Photograph } from './photographs.ts';
import type { Upload, User } from './user.ts';

interface StoredUser {
  userId: number;
  hidden: boolean;
  nextSerial: number;
  uploads: { serial: number; photograph?: Photograph; base64?: string }[];
}

/** The users of a state file, none if there is no file yet; throws if it is not such a file. */
export function loadUsers(path: string): Map<number, User> {
  if (!existsSync(path)) return new Map();
  try {
    const stored = JSON.parse(readFileSync(path, 'utf8')) as { users: StoredUser[] };
    return new Map(stored.users.map((user) => [user.userId, decodeUser(user)]));
  } catch (cause) {
    throw new Error(`${path} is not a state file of the stand-in Bot API`, { cause });
  }
}

/** Replaces the state file by one with these users; makes its folder if there is none. */
export function saveUsers(path: string, users: ReadonlyMap<number, User>): void {
  const stored = { users: Array.from(users, ([userId, user]) => encodeUser(userId, user)) };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, JSON.stringify(stored));
  renameSync(`${path}.tmp`, path);
}

function encodeUser(userId: number, { hidden, nextSerial, uploads }: User): StoredUser {
  return { userId, hidden, nextSerial, uploads: uploads.map(encodeUpload) };
}

function encodeUpload({ serial, picture }: Upload) {
  return isPhotograph(picture)
    ? { serial, photograph: picture }
    : { serial, base64: picture.toString('base64') };
}

function decodeUser({ hidden, nextSerial, uploads }: StoredUser): User {
  return {
    hidden,
    nextSerial,
    uploads: uploads.map(({ serial, photograph, base64 = '' }) => ({
      serial,
      picture: photograph ?? Buffer.from(base64, 'base64'),
    })),
  };
}
