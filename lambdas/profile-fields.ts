// The fields of a profile that come from outside, whoever says them: a backend or a Mini App's sign-in.

import * as v from 'valibot';

// Telegram allows 64 characters; room is left for it to change its mind.
const MAX_NAME_LENGTH = 128;

/** A name that can be stored; `field` is what it is called where it is told what is wrong. */
export const name = (field: string) =>
  v.pipe(
    v.string(`${field} must be a string`),
    v.maxLength(MAX_NAME_LENGTH, `${field} has more than ${MAX_NAME_LENGTH} characters`),
    // DynamoDB keeps UTF-8, which has no half of a surrogate pair.
    v.check((text) => text.isWellFormed(), `${field} must be Unicode text`),
  );

/** A first name, which nobody lacks. */
export const firstName = v.pipe(name('firstName'), v.nonEmpty('firstName must not be empty'));

/** A username as Telegram writes it in a link. */
export const username = v.pipe(
  name('username'),
  v.regex(/^\w+$/, 'username takes letters, digits and _, without @'),
);
