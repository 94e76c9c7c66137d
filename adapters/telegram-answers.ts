// What the Bot API says, read without trust: a gateway in front may answer with HTML or half a JSON.

import * as v from 'valibot';
import { isPhotoId } from '../core/avatar-url.ts';
import {
  PhotoRejected,
  TelegramFileGone,
  TelegramRefused,
  TelegramThrottled,
  TelegramTransient,
  TelegramUnauthorized,
} from '../core/errors.ts';
import type { HttpAnswer } from './keep-alive-http.ts';

const failureSchema = v.object({
  ok: v.literal(false),
  description: v.optional(v.string(), ''),
  parameters: v.optional(v.object({ retry_after: v.optional(v.unknown()) })),
});

// Becomes a part of URLs and object keys.
const photoIdSchema = v.pipe(v.string(), v.check(isPhotoId, 'not a photoId'));

/** The result of getUserProfilePhotos with `limit=1`, as far as it is needed. */
export const profilePhotosSchema = v.object({
  total_count: v.number(),
  photos: v.array(
    v.array(
      v.object({
        file_id: v.string(),
        file_unique_id: photoIdSchema,
        width: v.number(),
      }),
    ),
  ),
});

/** The result of getMe, as far as it is shown. */
export const botSchema = v.object({
  id: v.number(),
  // Becomes a part of a line on a terminal.
  username: v.pipe(v.string(), v.regex(/^\w{1,64}$/)),
});

/** The result of getFile; Telegram promises neither the path nor the size. */
export const fileSchema = v.object({
  file_id: v.string(),
  file_unique_id: photoIdSchema,
  file_path: v.optional(v.string()),
  file_size: v.optional(v.number()),
});

// Where Telegram names no pause, or an absurd one, these bound it.
const DEFAULT_RETRY_AFTER_SECONDS = 5;
const MAX_RETRY_AFTER_SECONDS = 900;

/** Reads the result of a method. Throws the error that the answer means; no body is in its message. */
export function resultOf<T>(
  method: string,
  answer: HttpAnswer,
  schema: v.GenericSchema<unknown, T>,
): T {
  const json = parseJson(answer.body);
  const success = v.safeParse(v.object({ ok: v.literal(true), result: schema }), json);
  if (success.success) return success.output.result;
  const failure = v.safeParse(failureSchema, json);
  throw failure.success
    ? failureOf(method, answer, failure.output)
    : statusFailureOf(method, answer, undefined);
}

function failureOf(
  method: string,
  answer: HttpAnswer,
  { description, parameters }: v.InferOutput<typeof failureSchema>,
): Error {
  if (answer.status !== 400) return statusFailureOf(method, answer, parameters?.retry_after);
  // Telegram gives "wrong file_id or …" for its own 5xx and 429 too; a fresh file_id is the cure for both.
  if (/invalid file_id|wrong file_id/i.test(description)) {
    return new TelegramFileGone(`${method}: the file_id is not good`);
  }
  if (/file is too big/i.test(description))
    return new PhotoRejected('Telegram calls the file too big');
  if (/(user|chat) not found/i.test(description)) return new TelegramUserUnknown(method);
  return new TelegramRefused(`${method}: HTTP 400`);
}

/** What a status means by itself, for methods and downloads alike. */
export function statusFailureOf(what: string, answer: HttpAnswer, retryAfter: unknown): Error {
  if (answer.status === 429) {
    return new TelegramThrottled(boundedSeconds(retryAfter ?? answer.headers['retry-after']));
  }
  if (answer.status === 401 || answer.status === 404) {
    return new TelegramUnauthorized(
      `${what}: HTTP ${answer.status}; check the bot token's secret and the API root`,
    );
  }
  return new TelegramTransient(`${what}: HTTP ${answer.status} without a usable answer`);
}

/** The user is not known to this bot: the same as no photo. */
export class TelegramUserUnknown extends Error {
  override readonly name = 'TelegramUserUnknown';
}

function boundedSeconds(value: unknown): number {
  const seconds = Number(value ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds <= 0) return DEFAULT_RETRY_AFTER_SECONDS;
  return Math.min(Math.ceil(seconds), MAX_RETRY_AFTER_SECONDS);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
