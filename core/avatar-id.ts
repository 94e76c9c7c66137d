// The public, unguessable name of a partner. Nobody without the key can tell who uses the bot.

import { createHmac } from 'node:crypto';
import { AVATAR_ID_LENGTH, BASE32 } from './avatar-id-form.ts';

const BITS_PER_CHARACTER = 5;

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
