// The public, unguessable name of a partner. Nobody without the key can tell who uses the bot.

import { createHmac } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BITS_PER_CHARACTER = 5;

/** Characters of an avatarId: 130 bits in base32. */
const AVATAR_ID_LENGTH = 26;

const AVATAR_ID = new RegExp(`^[${BASE32}]{${AVATAR_ID_LENGTH}}$`);

/**
 * The avatarId of a Telegram user: the first 130 bits of HMAC-SHA256(urlKey, userId) in RFC 4648
 * base32, lower case. `userId` is a decimal string.
 */
export function avatarIdOf(urlKey: string, userId: string): string {
  const digest = createHmac('sha256', urlKey).update(userId).digest();
  let bits =
    BigInt(`0x${digest.toString('hex')}`) >> BigInt(256 - AVATAR_ID_LENGTH * BITS_PER_CHARACTER);
  let id = '';
  for (let i = 0; i < AVATAR_ID_LENGTH; i++) {
    id = BASE32[Number(bits & 31n)] + id;
    bits >>= 5n;
  }
  return id;
}

/** Whether the text has the form of an avatarId; says nothing of whether the partner exists. */
export function isAvatarId(text: string): boolean {
  return AVATAR_ID.test(text);
}
