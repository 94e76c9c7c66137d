// A viewer's HTTP request as the rules understand it. What is malformed is told with what is accepted.

import { isAvatarId } from '../core/avatar-id-form.ts';
import { type PhotoVersion, parsePhotoVersion } from '../core/avatar-url.ts';
import { InvalidInput } from '../core/errors.ts';
import type { CurrentRequest } from '../core/serve-photo.ts';
import { DEFAULT_SIZE, parseSize, SIZES, type Size } from '../core/sizes.ts';
import type { HttpEvent } from './http-handler.ts';

// An answer is held back five seconds at most: the function's time-out is twice that.
const WAIT_SECONDS = /^[1-5]$/;

/** Reads a request for the current photo. Throws InvalidInput naming the value and what would be right. */
export function currentRequestOf(
  event: HttpEvent,
): CurrentRequest & { readonly notFound: boolean } {
  const { size, d, wait } = event.queryStringParameters ?? {};
  if (d !== undefined && d !== '404') {
    throw new InvalidInput(
      `d=${shown(d)} is not known: d=404 asks for a 404 in place of a placeholder.`,
    );
  }
  if (wait !== undefined && !WAIT_SECONDS.test(wait)) {
    throw new InvalidInput(`wait=${shown(wait)} is not a whole number of seconds from 1 to 5.`);
  }
  return {
    avatarId: avatarIdOf(event),
    size: sizeOf(size),
    ifNoneMatch: (event.headers['if-none-match'] ?? '')
      .split(',')
      .map((tag) => tag.trim().replace(/^W\//, '')),
    waitMs: Number(wait ?? 0) * 1000,
    notFound: d === '404',
  };
}

/** Reads a request for one version. Throws InvalidInput if it names nothing that can exist. */
export function versionOf(event: HttpEvent): PhotoVersion {
  const { photoId = '', file = '' } = event.pathParameters ?? {};
  const version = parsePhotoVersion(avatarIdOf(event), photoId, file);
  if (version) return version;
  throw new InvalidInput(
    `${shown(`${photoId}/${file}`)} is not <photoId>/<size>.webp with a size of ${SIZES.join(', ')}.`,
  );
}

function avatarIdOf(event: HttpEvent): string {
  const { avatarId = '' } = event.pathParameters ?? {};
  if (isAvatarId(avatarId)) return avatarId;
  throw new InvalidInput(
    `${shown(avatarId)} is not an avatarId: those have 26 characters, a–z and 2–7.`,
  );
}

function sizeOf(text: string | undefined): Size {
  if (text === undefined) return DEFAULT_SIZE;
  const size = parseSize(text);
  if (size) return size;
  throw new InvalidInput(`size=${shown(text)} is not one of ${SIZES.join(', ')}.`);
}

function shown(value: string): string {
  return JSON.stringify(value.slice(0, 60));
}
