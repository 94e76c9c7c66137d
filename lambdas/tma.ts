// A Mini App's user proves who it is with what Telegram signed when it opened the app.

import type { KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { Unauthenticated } from '../core/errors.ts';
import { type Profile, parseUserId } from '../core/partner.ts';
import type { Clock } from '../core/ports.ts';
import { type InitData, isSigned, parseInitData, parsePublicKeys } from './init-data.ts';
import { firstName, name, username } from './profile-fields.ts';

/** Whose sign-ins are taken. */
export interface SignInRules {
  /** The digits before the colon of the bot's token; `none` where nobody signs in. */
  readonly botId: string;
  /** Ed25519 keys, any of which may have signed: hexadecimal, separated by commas. */
  readonly publicKeys: string;
  readonly maxAgeSeconds: number;
  readonly clock: Pick<Clock, 'nowMs'>;
}

// Telegram and AWS both keep their clocks by NTP; more than this is no rounding and no drift.
const MAX_CLOCK_SKEW_SECONDS = 10;

// Telegram says an empty name where a person has none.
const userSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    is_bot: v.optional(v.literal(false)),
    first_name: firstName,
    last_name: v.optional(name('lastName')),
    username: v.optional(v.union([v.literal(''), username])),
  }),
);

/**
 * Reads raw initData as the user whom Telegram signed in for this bot. It throws Unauthenticated that says
 * what to do and tells nothing of the initData, and a plain error where a configured public key is malformed.
 */
export function initDataReader(rules: SignInRules): (raw: string) => Profile {
  let publicKeys: KeyObject[] | undefined;
  return (raw) => {
    if (rules.botId === 'none') {
      throw new Unauthenticated('Nobody can sign in by Mini App: the operator has not set botId.');
    }
    const initData = parseInitData(raw);
    requireRecent(initData, rules);
    // Not before they are needed: OpenSSL takes a millisecond or two of the cold start for the first.
    publicKeys ??= parsePublicKeys(rules.publicKeys);
    if (isSigned(initData, rules.botId, publicKeys)) return profileOf(initData);
    throw new Unauthenticated(
      `Telegram did not sign this initData for bot ${rules.botId}: open the Mini App from that bot and send its initData unchanged.`,
    );
  };
}

function requireRecent({ fields }: InitData, { maxAgeSeconds, clock }: SignInRules): void {
  const [authDate] = /^[1-9]\d{0,11}$/.exec(fields.get('auth_date') ?? '') ?? [];
  if (authDate === undefined) {
    throw new Unauthenticated(
      'The initData has no auth_date in seconds: send it raw, as Telegram gave it to the Mini App.',
    );
  }
  const ageSeconds = clock.nowMs() / 1000 - Number(authDate);
  if (ageSeconds < -MAX_CLOCK_SKEW_SECONDS) {
    throw new Unauthenticated(
      'The sign-in is from the future: the clock of whoever signed it, or of this server, is wrong.',
    );
  }
  // Not `>`: an age limit that is no number must let nobody in.
  if (!(ageSeconds <= maxAgeSeconds)) {
    throw new Unauthenticated(
      `The sign-in is older than ${maxAgeSeconds} s: open the Mini App again, and let it send its new initData.`,
    );
  }
}

function profileOf({ fields }: InitData): Profile {
  const { success, output: user } = v.safeParse(userSchema, fields.get('user'));
  if (!success) {
    throw new Unauthenticated(
      'The initData names no person with an id and a first name: open the Mini App as such a user.',
    );
  }
  return {
    userId: parseUserId(String(user.id)),
    firstName: user.first_name,
    ...(user.last_name && { lastName: user.last_name }),
    ...(user.username && { username: user.username }),
  };
}
