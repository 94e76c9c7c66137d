// The HTTP answers of serve-photo, with the cache lifetimes that the README promises.

import { VERSIONED_CACHE_CONTROL } from '../adapters/photo-bucket.ts';
import { currentPath, type PhotoVersion, placeholderPath } from '../core/avatar-url.ts';
import { MISS_LIFETIME_SECONDS, type Placeholder } from '../core/miss.ts';
import { placeholderSvg } from '../core/placeholder-svg.ts';
import { etagOf, type ServedPhoto, type Tier } from '../core/serve-photo.ts';
import type { HttpResult } from './http-handler.ts';
import { problem } from './problem.ts';

/**
 * How the current photo is cached: five minutes old at most, and a day where the origin is down. At the edge, what
 * may be shown while it asks again is part of the five minutes, as are ten seconds for an answer that was begun
 * before the photo changed.
 */
const CURRENT_CACHE_CONTROL =
  'public, max-age=300, s-maxage=230, stale-while-revalidate=60, stale-if-error=86400';

const FOR_EVER = 'public, max-age=31536000, immutable';

// An SVG opened by itself is a document: nothing in it may run or load.
const SVG_POLICY = "default-src 'none'; sandbox";

type Served<Kind extends ServedPhoto['kind']> = Extract<ServedPhoto, { kind: Kind }>;

/** The current photo's bytes, or 304 for a viewer that has them. */
export function currentAnswer(served: Served<'photo' | 'not-modified'>): HttpResult {
  const headers = {
    'cache-control': CURRENT_CACHE_CONTROL,
    etag: served.etag,
    'x-avatar': 'hit',
  };
  if (served.kind === 'not-modified') {
    return { statusCode: 304, headers: { ...headers, ...tierHeader('memory') } };
  }
  return webpAnswer(served.webp, { ...headers, ...tierHeader(served.tier) });
}

/** One version's bytes. */
export function versionAnswer(version: PhotoVersion, webp: Uint8Array): HttpResult {
  return webpAnswer(webp, {
    'cache-control': VERSIONED_CACHE_CONTROL,
    etag: etagOf(version.photoId, version.size),
    'x-avatar': 'hit',
    ...tierHeader('s3'),
  });
}

/** A version that is not stored: wherever the partner's photo is today. */
export function versionMissAnswer({ avatarId, size }: PhotoVersion): HttpResult {
  return {
    statusCode: 302,
    headers: {
      location: currentPath(avatarId, size),
      'cache-control': 'public, max-age=60',
      ...tierHeader('miss'),
    },
  };
}

/** The placeholder's address, or a 404; neither is cached after a wait that may have been too short. */
export function missAnswer(
  { reason, placeholder }: Served<'miss'>,
  { notFound, waited }: { notFound: boolean; waited: boolean },
): HttpResult {
  const cacheControl = waited && reason === 'pending' ? 'no-store' : cachedFor(reason);
  if (notFound) {
    return problem(404, 'No photo', `There is no photo to show: ${reason}.`, {
      'cache-control': cacheControl,
      'x-avatar': reason,
      ...tierHeader('miss'),
    });
  }
  const { colour, initials } = placeholder;
  return redirect(placeholderPath(colour, initials), reason, cacheControl);
}

/**
 * The placeholder itself under a 503: the edge shows the photo that it still has (stale-if-error), and a
 * browser without one draws this body in place of a broken picture.
 */
export function unavailableAnswer({ colour, initials }: Placeholder): HttpResult {
  const answer = placeholderAnswer(colour, initials);
  return {
    ...answer,
    statusCode: 503,
    headers: {
      ...answer.headers,
      'cache-control': 'no-store',
      'retry-after': String(MISS_LIFETIME_SECONDS.limited),
      'x-avatar': 'limited',
    },
  };
}

/** The SVG of a placeholder; its path says all that is in it, so it never changes. */
export function placeholderAnswer(
  colour: number,
  initials: string,
): HttpResult & { headers: object } {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'image/svg+xml',
      'cache-control': FOR_EVER,
      'content-security-policy': SVG_POLICY,
    },
    body: placeholderSvg(colour, initials),
  };
}

function webpAnswer(webp: Uint8Array, headers: Record<string, string>): HttpResult {
  return {
    statusCode: 200,
    headers: { 'content-type': 'image/webp', ...headers },
    body: Buffer.from(webp).toString('base64'),
    isBase64Encoded: true,
  };
}

function redirect(location: string, reason: string, cacheControl: string): HttpResult {
  return {
    statusCode: 302,
    headers: {
      location,
      'cache-control': cacheControl,
      'x-avatar': reason,
      ...tierHeader('miss'),
    },
  };
}

function cachedFor(reason: keyof typeof MISS_LIFETIME_SECONDS): string {
  return `public, max-age=${MISS_LIFETIME_SECONDS[reason]}`;
}

function tierHeader(tier: Tier | 'miss'): { 'server-timing': string } {
  return { 'server-timing': `cache;desc=${tier}` };
}
