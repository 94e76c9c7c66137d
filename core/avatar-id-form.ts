// What an avatarId looks like. Apart from how it is made, so that a browser's code can read an URL without a key.

/** RFC 4648 base32, lower case. */
export const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Characters of an avatarId: 130 bits in base32. */
export const AVATAR_ID_LENGTH = 26;

const AVATAR_ID = new RegExp(`^[a-z2-7]{${AVATAR_ID_LENGTH}}$`);

/** Whether the text has the form of an avatarId; says nothing of whether the partner exists. */
export function isAvatarId(text: string): boolean {
  return AVATAR_ID.test(text);
}
