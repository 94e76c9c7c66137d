// The requests of the partner routes, checked field by field. What is wrong is told with what is accepted.

import * as v from 'valibot';
import { BodyTooLarge, InvalidInput } from '../core/errors.ts';
import { parseUserId, type Registration } from '../core/partner.ts';
import { MAX_RESOLVED } from '../core/partner-record.ts';
import { MAX_RECENT } from '../core/recent-partners.ts';
import type { Occasion } from '../core/register-partner.ts';
import { INLINE_SIZE } from '../core/sizes.ts';
import type { HttpEvent } from './http-handler.ts';
import { firstName, name, username } from './profile-fields.ts';

// Several times the longest profile that Telegram allows, and a hundred ids.
const MAX_BODY_BYTES = 4 * 1024;

const REGISTRATION_EXAMPLE = '{"firstName": "Ada"}';
const IDS_EXAMPLE = '{"ids": ["42"]}';

const registrationSchema = v.pipe(
  v.strictObject(
    {
      firstName: v.optional(firstName),
      lastName: v.optional(name('lastName')),
      username: v.optional(username),
      photoFileId: v.optional(
        v.pipe(
          v.string('photoFileId must be a string'),
          v.regex(/^[\w-]{1,256}$/, 'photoFileId must be a file_id as the Bot API gives it'),
        ),
      ),
    },
    wrongBody(REGISTRATION_EXAMPLE, 'none of firstName, lastName, username, photoFileId'),
  ),
  v.check(
    ({ firstName, lastName, username }) => firstName !== undefined || !(lastName || username),
    'lastName and username come with a firstName',
  ),
);

const resolveSchema = v.strictObject(
  {
    ids: v.pipe(
      v.array(v.string('each of the ids must be a string'), 'ids must be a list'),
      v.nonEmpty('ids must not be empty'),
      v.maxLength(MAX_RESOLVED, `ids may have at most ${MAX_RESOLVED} entries`),
    ),
  },
  wrongBody(IDS_EXAMPLE, 'not a field beside ids'),
);

/** Says of a body what it must be, and of a field that is not known, what it is. */
function wrongBody(example: string, unknownField: string) {
  return ({ expected, input }: v.StrictObjectIssue): string => {
    if (expected === 'never') return `${shown(String(input))} is ${unknownField}`;
    // A field that is missing: the example has it.
    const given = input === undefined ? '' : `, not ${shown(input)}`;
    return `the body must be a JSON object such as ${example}${given}`;
  };
}

/** What a backend says of a partner, and on which occasion. */
export interface RegistrationRequest {
  readonly registration: Registration;
  readonly photoFileId: string | undefined;
  readonly occasion: Occasion;
}

/** Reads a registration. Throws InvalidInput that says what is wrong, or BodyTooLarge. */
export function registrationOf(event: HttpEvent): RegistrationRequest {
  const body = bodyAs(registrationSchema, event, REGISTRATION_EXAMPLE);
  const { firstName, lastName, username, photoFileId } = body;
  const userId = userIdOf(event);
  const profile = firstName !== undefined && {
    firstName,
    ...(lastName && { lastName }),
    ...(username && { username }),
  };
  return { registration: { userId, ...profile }, photoFileId, occasion: occasionOf(event) };
}

function occasionOf(event: HttpEvent): Occasion {
  const { warm } = event.queryStringParameters ?? {};
  if (warm === undefined) return 'joined';
  if (warm === '1') return 'listed';
  throw new InvalidInput(`warm=${shown(warm)} is not known: warm=1 asks behind every viewer.`);
}

/** The partner that the path names. Throws InvalidInput. */
export function userIdOf(event: HttpEvent): string {
  return parseUserId(event.pathParameters?.userId ?? '');
}

/** Reads what the recent list shall have. Throws InvalidInput. */
export function recentRequestOf(event: HttpEvent): { limit: number; inlined: boolean } {
  const { limit = '10', inline } = event.queryStringParameters ?? {};
  if (!/^[1-9]\d?$/.test(limit) || Number(limit) > MAX_RECENT) {
    throw new InvalidInput(`limit=${shown(limit)} is not a whole number from 1 to ${MAX_RECENT}.`);
  }
  if (inline !== undefined && inline !== String(INLINE_SIZE)) {
    throw new InvalidInput(
      `inline=${shown(inline)} is not known: inline=${INLINE_SIZE} asks for the bytes of the first four.`,
    );
  }
  return { limit: Number(limit), inlined: inline !== undefined };
}

/** The ids to resolve. Throws InvalidInput that says what is wrong, or BodyTooLarge. */
export function idsOf(event: HttpEvent): readonly string[] {
  return bodyAs(resolveSchema, event, IDS_EXAMPLE).ids;
}

function bodyAs<T>(schema: v.GenericSchema<unknown, T>, event: HttpEvent, example: string): T {
  const body = parseJson(bodyOf(event), example);
  // To valibot a list is an object whose fields are all left out.
  if (Array.isArray(body)) {
    throw new InvalidInput(`The body must be a JSON object such as ${example}, not a list.`);
  }
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  throw new InvalidInput(`The body was not understood: ${result.issues[0].message}.`);
}

/** A value of JSON that is neither list nor object; a text in quotes, and not all of it if it is long. */
function shown(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value);
}

function bodyOf({ body = '', isBase64Encoded }: HttpEvent): string {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  if (Buffer.byteLength(text) <= MAX_BODY_BYTES) return text;
  throw new BodyTooLarge(`The body may have at most ${MAX_BODY_BYTES} bytes.`);
}

function parseJson(text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput(`The body is not JSON: send an object such as ${example}.`);
  }
}
