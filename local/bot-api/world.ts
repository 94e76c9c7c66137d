// What the methods work on: one bot's view of the users and their files.
import { sealFileId, uniqueFileId } from './file-ids.ts';
import type { Links } from './links.ts';
import type { Width } from './photographs.ts';
import { type Upload, uploadBytes } from './user.ts';
import type { Users } from './users.ts';

/** One bot's view of the users. */
export interface World {
  readonly bot: string;
  readonly users: Users;
  readonly links: Links;
  /** A whole number that it never gives twice. */
  nextNonce(): number;
}

/** The ids, the `file_id` a new one, and the bytes' count of an upload at a width in pixels. */
export function fileOf(userId: number, upload: Upload, width: Width, { bot, nextNonce }: World) {
  const key = { userId, serial: upload.serial, width };
  return {
    file_id: sealFileId(key, bot, nextNonce()),
    file_unique_id: uniqueFileId(key),
    file_size: uploadBytes(upload, width).length,
  };
}
