// The Bot API: two calls and a download. The token is put into a path here and nowhere else, and no error
// that leaves this file holds a path, a body or an error of the HTTP client.

import type * as v from 'valibot';
import {
  PhotoRejected,
  TelegramLinkExpired,
  TelegramTransient,
  TelegramUnauthorized,
} from '../core/errors.ts';
import type { Telegram } from '../core/ports.ts';
import {
  BodyOverLimit,
  ConnectionFailed,
  type HttpAnswer,
  keepAliveHttp,
} from './keep-alive-http.ts';
import type { Secret } from './secret.ts';
import {
  botSchema,
  fileSchema,
  profilePhotosSchema,
  resultOf,
  statusFailureOf,
  TelegramUserUnknown,
} from './telegram-answers.ts';

// Answers of the two methods have a few hundred bytes: whoever says more stands in front of Telegram.
const ANSWER_LIMIT = { bytes: 256 * 1024, Exceeded: TelegramTransient };

// A profile photo has about 100 kB, and 1.2 MB as raw pixels: more is the photo's own fault.
const PHOTO_LIMIT = { bytes: 4 * 1024 * 1024, Exceeded: PhotoRejected };

// `photos/file_12.jpg`: no scheme, no leading or double slash, no `..`. A self-hosted server in --local
// mode gives an absolute path with the token in it.
const FILE_PATH = /^[\w-]+(?:[./][\w-]+)*$/;

// The markers that begin a JPEG, its picture, and end it (ITU-T T.81, table B.1).
const SOI = 0xffd8;
const SOS = 0xffda;
const EOI = 0xffd9;
const EOI_BYTES = Buffer.from([0xff, 0xd9]);

const TOKEN = /^\d+:[\w-]+$/;

/** The bot that a token belongs to. */
export interface Bot {
  readonly id: number;
  readonly username: string;
}

/** Whether the text has the form of a bot token. */
export function isBotToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The Bot API at this root (no slash at the end), asked with this token; `bot` is for a person who looks. */
export function telegram(
  apiRoot: string,
  token: Secret,
): Telegram & { bot(signal: AbortSignal): Promise<Bot> } {
  const get = keepAliveHttp(new URL(apiRoot));

  /** Gets `/bot<token>/…` or `/file/bot<token>/…`. */
  const ask = async (
    what: string,
    pathOf: (bot: string) => string,
    signal: AbortSignal,
    limit: typeof ANSWER_LIMIT | typeof PHOTO_LIMIT,
  ): Promise<HttpAnswer> => {
    const path = pathOf(`bot${await validToken(token)}`);
    try {
      return await get(path, { signal, maxBytes: limit.bytes });
    } catch (error) {
      if (error instanceof BodyOverLimit) throw new limit.Exceeded(`${what}: ${error.message}`);
      if (error instanceof ConnectionFailed) {
        throw new TelegramTransient(`${what}: ${error.message}`);
      }
      throw new TelegramTransient(`${what}: the request could not be made`);
    }
  };

  const call = async <T>(
    method: string,
    query: Record<string, string>,
    schema: v.GenericSchema<unknown, T>,
    signal: AbortSignal,
  ): Promise<T> => {
    const path = `${method}?${new URLSearchParams(query)}`;
    const answer = await ask(method, (bot) => `/${bot}/${path}`, signal, ANSWER_LIMIT);
    return forgetIfRefused(token, () => resultOf(method, answer, schema));
  };

  return {
    bot: (signal) => call('getMe', {}, botSchema, signal),

    async currentPhoto(userId, signal) {
      try {
        const query = { user_id: userId, limit: '1' };
        const listed = await call('getUserProfilePhotos', query, profilePhotosSchema, signal);
        const { photos, total_count: total } = listed;
        // Sizes are sorted by bytes, and one can be missing: the widest is the one to keep.
        const [widest] = [...(photos[0] ?? [])].sort((a, b) => b.width - a.width);
        if (!widest && total > 0) {
          throw new TelegramTransient('getUserProfilePhotos: a count without a photo');
        }
        return widest && { photoId: widest.file_unique_id, fileId: widest.file_id };
      } catch (error) {
        if (error instanceof TelegramUserUnknown) return undefined;
        throw error;
      }
    },

    async openFile(fileId, signal) {
      const file = await call('getFile', { file_id: fileId }, fileSchema, signal);
      const path = file.file_path ?? '';
      if (!FILE_PATH.test(path)) {
        throw new TelegramTransient(
          'getFile: no relative file_path; a Bot API server of your own must not run with --local',
        );
      }
      return {
        photoId: file.file_unique_id,
        fileId,
        path,
        ...(file.file_size !== undefined && { sizeBytes: file.file_size }),
      };
    },

    async download({ path, sizeBytes }, signal) {
      const answer = await ask('download', (bot) => `/file/${bot}/${path}`, signal, PHOTO_LIMIT);
      return completeBytes(token, answer, sizeBytes);
    },
  };
}

/** The token, if it has a token's form: whatever else is in the secret must not get into a URL. */
async function validToken(token: Secret): Promise<string> {
  const value = await token.read();
  if (isBotToken(value)) return value;
  token.forget();
  throw new TelegramUnauthorized('the secret does not hold a bot token (<digits>:<letters>)');
}

/** A refused token may have been rotated: the next attempt reads the secret again. */
function forgetIfRefused<T>(token: Secret, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TelegramUnauthorized) token.forget();
    throw error;
  }
}

function completeBytes(token: Secret, answer: HttpAnswer, sizeBytes: number | undefined): Buffer {
  const { status, body } = answer;
  if (status === 404) throw new TelegramLinkExpired('download: the link is not good');
  if (status !== 200) {
    return forgetIfRefused(token, () => {
      throw statusFailureOf('download', answer, undefined);
    });
  }
  if (body.length === 0) throw new TelegramTransient('download: no bytes');
  if (sizeBytes === undefined && isCutJpeg(body)) {
    throw new TelegramTransient('download: the JPEG has no end');
  }
  if ((sizeBytes ?? body.length) !== body.length) {
    throw new TelegramTransient(`download: ${body.length} bytes of ${sizeBytes}`);
  }
  return body;
}

/** Telegram makes a JPEG of every profile photo: where no length is known, its end tells that it is whole. */
function isCutJpeg(body: Buffer): boolean {
  const isJpeg = body.length > 2 && body.readUInt16BE(0) === SOI;
  return isJpeg && body.lastIndexOf(EOI_BYTES) < pictureStart(body);
}

/** Where the header's segments are over: one of them may hold a thumbnail, which is a JPEG with an end of its own. */
function pictureStart(body: Buffer): number {
  let at = 2;
  while (at + 4 <= body.length && isSegment(body.readUInt16BE(at))) {
    at += 2 + body.readUInt16BE(at + 2);
  }
  return at;
}

function isSegment(marker: number): boolean {
  return marker > 0xff00 && marker < 0xffff && marker !== SOS && marker !== EOI;
}
