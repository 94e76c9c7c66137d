// The two identifiers of a size of a photo. The unique id is a function of the photo alone; the file
// id is another one in every answer, can be opened again, and only by the bot that it was made for.
import { createHash, createHmac } from 'node:crypto';
import { isWidth, type Width } from './photographs.ts';

/** One size of one photo of one user. */
export interface SizeKey {
  readonly userId: number;
  readonly serial: number;
  readonly width: Width;
}

const UNIQUE_SUFFIX: Record<Width, string> = { 160: 'AAE', 320: 'Zw', 640: 'AQ' };
const PREFIX = Buffer.from('AgACAgIAAxUA', 'base64url');
const MAC_BYTES = 8;
const SEALED_BYTES = PREFIX.length + 8 + 8 + 4 + 2 + MAC_BYTES;

/** The `file_unique_id`: 17 to 18 url-safe characters, the same for every bot and for ever. */
export function uniqueFileId({ userId, serial, width }: SizeKey): string {
  const digest = createHash('sha256').update(`${userId}/${serial}`).digest();
  const suffix = UNIQUE_SUFFIX[width];
  return `AQAD${digest.toString('base64url').slice(0, 11)}${suffix}`;
}

/** A `file_id` for a bot; another nonce (a whole number) gives another id of the same size. */
export function sealFileId({ userId, serial, width }: SizeKey, bot: string, nonce: number): string {
  const sealed = Buffer.alloc(SEALED_BYTES - MAC_BYTES);
  let end = PREFIX.copy(sealed);
  end = sealed.writeBigUInt64BE(BigInt(nonce), end);
  end = sealed.writeBigUInt64BE(BigInt(userId), end);
  end = sealed.writeUInt32BE(serial, end);
  sealed.writeUInt16BE(width, end);
  return Buffer.concat([sealed, mac(sealed, bot)]).toString('base64url');
}

/** What a `file_id` stands for; undefined if it was not made for this bot. */
export function openFileId(fileId: string, bot: string): SizeKey | undefined {
  const bytes = Buffer.from(fileId, 'base64url');
  const sealed = bytes.subarray(0, -MAC_BYTES);
  if (bytes.length !== SEALED_BYTES || !mac(sealed, bot).equals(bytes.subarray(-MAC_BYTES))) return;
  const userIdAt = PREFIX.length + 8;
  const width = sealed.readUInt16BE(userIdAt + 12);
  if (!isWidth(width)) return;
  return {
    userId: Number(sealed.readBigUInt64BE(userIdAt)),
    serial: sealed.readUInt32BE(userIdAt + 8),
    width,
  };
}

function mac(sealed: Buffer, bot: string): Buffer {
  return createHmac('sha256', bot).update(sealed).digest().subarray(0, MAC_BYTES);
}
