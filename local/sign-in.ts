// Signs the demo page's user in, as Telegram does when it opens a Mini App: initData with a signature that
// the partner routes check as they check Telegram's own.

import { type KeyObject, randomBytes, sign } from 'node:crypto';

/** Whom the page signs in. No user of Telegram has this id yet, so nobody's photo is asked for in their name. */
export const DEMO_USER = {
  id: 4_000_000_000_000_003,
  first_name: 'Grace',
  last_name: 'Hopper',
  username: 'grace',
  language_code: 'en',
} as const;

/** Who signs, and for which bot; `botId` is the digits before the colon of its token. */
export interface Signer {
  readonly botId: string;
  readonly privateKey: KeyObject;
}

/**
 * Fresh initData of the demo user in its raw form, a query string. The signature is Telegram's for third
 * parties (Bot API, "Validating data for Third-Party Use").
 */
export function signDemoUserIn({ botId, privateKey }: Signer, nowMs: number): string {
  const fields = {
    query_id: randomBytes(18).toString('base64url'),
    user: JSON.stringify(DEMO_USER),
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
