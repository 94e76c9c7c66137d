// The JSON body of a registration, checked field by field.

import * as v from 'valibot';
import { BodyTooLarge, InvalidInput } from '../core/errors.ts';
import type { HttpEvent } from './http-handler.ts';

// Several times the longest profile that Telegram allows.
const MAX_BODY_BYTES = 4 * 1024;

// Telegram allows 64 characters; room is left for it to change its mind.
const MAX_NAME_LENGTH = 128;

const name = (field: string) =>
  v.pipe(
    v.string(`${field} must be a string`),
    v.maxLength(MAX_NAME_LENGTH, `${field} has more than ${MAX_NAME_LENGTH} characters`),
    // DynamoDB keeps UTF-8, which has no half of a surrogate pair.
    v.check((text) => text.isWellFormed(), `${field} must be Unicode text`),
  );

const bodySchema = v.strictObject(
  {
    firstName: v.pipe(name('firstName'), v.nonEmpty('firstName must not be empty')),
    lastName: v.optional(name('lastName')),
    username: v.optional(
      v.pipe(name('username'), v.regex(/^\w+$/, 'username takes letters, digits and _, without @')),
    ),
    photoFileId: v.optional(
      v.pipe(
        v.string('photoFileId must be a string'),
        v.regex(/^[\w-]{1,256}$/, 'photoFileId must be a file_id as the Bot API gives it'),
      ),
    ),
  },
  ({ expected, input }) =>
    expected === 'never'
      ? 'there is a field that is none of firstName, lastName, username, photoFileId'
      : `the body must be a JSON object with firstName, not ${input}`,
);

/** What a backend says of a partner. */
export type RegistrationBody = v.InferOutput<typeof bodySchema>;

/** Reads a registration's body. Throws InvalidInput that says what is wrong, or BodyTooLarge. */
export function registrationOf(event: HttpEvent): RegistrationBody {
  const result = v.safeParse(bodySchema, parseJson(bodyOf(event)));
  if (result.success) return result.output;
  throw new InvalidInput(`The body was not understood: ${result.issues[0].message}.`);
}

function bodyOf({ body = '', isBase64Encoded }: HttpEvent): string {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  if (Buffer.byteLength(text) <= MAX_BODY_BYTES) return text;
  throw new BodyTooLarge(`The body may have ${MAX_BODY_BYTES} bytes.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput('The body is not JSON: send {"firstName": "…"}.');
  }
}
