// Signs the users of the demo page in, as Telegram does when it opens a Mini App: initData with a signature that
// the partner routes check as they check Telegram's own.

import { type KeyObject, randomBytes, sign } from 'node:crypto';

/** A user as Telegram writes one into initData. */
export interface SignedUser {
  readonly id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly username: string;
  readonly language_code: string;
}

/** Whom the operator's page signs in. No user of Telegram has such an id yet, so nobody's photo is asked for in their name. */
export const DEMO_USER: SignedUser = {
  id: 4_000_000_000_000_003,
  first_name: 'Grace',
  last_name: 'Hopper',
  username: 'grace',
  language_code: 'en',
};

/** The accounts that the demo page switches between; ids of the same kind. */
export const DEMO_USERS: readonly SignedUser[] = [
  DEMO_USER,
  {
    id: 4_000_000_000_000_005,
    first_name: 'Katherine',
    last_name: 'Johnson',
    username: 'katherine',
    language_code: 'en',
  },
  {
    id: 4_000_000_000_000_020,
    first_name: 'Alan',
    last_name: 'Turing',
    username: 'alan',
    language_code: 'en',
  },
];

/** Who signs, and for which bot; `botId` is the digits before the colon of its token. */
export interface Signer {
  readonly botId: string;
  readonly privateKey: KeyObject;
}

/**
 * Fresh initData of a user in its raw form, a query string. The signature is Telegram's for third
 * parties (Bot API, "Validating data for Third-Party Use").
 */
export function signIn({ botId, privateKey }: Signer, user: SignedUser, nowMs: number): string {
  const fields = {
    query_id: randomBytes(18).toString('base64url'),
    user: JSON.stringify(user),
    auth_date: String(Math.floor(nowMs / 1000)),
  };
  const signature = sign(null, Buffer.from(signedText(botId, fields)), privateKey);
  return new URLSearchParams({
    ...fields,
    signature: signature.toString('base64url'),
    // Of the right shape and no more: with the bot's token it would be good at any backend of that bot.
    hash: randomBytes(32).toString('hex'),
  }).toString();
}

function signedText(botId: string, fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return [`${botId}:WebAppData`, ...lines.sort()].join('\n');
}
