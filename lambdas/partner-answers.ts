// The JSON answers of the partner routes.

import { createHash } from 'node:crypto';
import type { ChangeFeed } from '../core/change-feed.ts';
import { PAUSED_TITLE } from '../core/errors.ts';
import type { Partner } from '../core/partner.ts';
import { partnerRecord, type RecentRecord, type UnknownRecord } from '../core/partner-record.ts';
import type { RecentPartner } from '../core/recent-partners.ts';
import type { HttpEvent, HttpResult } from './http-handler.ts';
import { callerHas } from './if-none-match.ts';
import { problem } from './problem.ts';

/** Any JSON; not cached, since it is about a person and for one caller. */
export function jsonAnswer(
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): HttpResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** One partner whose photo was asked for. */
export function acceptedAnswer(event: HttpEvent, partner: Partner): HttpResult {
  return jsonAnswer(202, partnerRecord(partner, originOf(event)));
}

/** The recent list, or 304 for a caller that has it. */
export function recentAnswer(
  event: HttpEvent,
  recent: readonly RecentPartner[],
  inlined: boolean,
): HttpResult {
  const origin = originOf(event);
  const partners = recent.map(({ partner, inline }): RecentRecord => {
    const record = partnerRecord(partner, origin);
    return inlined ? { ...record, inline } : record;
  });
  // A browser may keep it for its user, and asks each time whether it is still the same.
  return unlessHeld(event, { partners }, 'private, no-cache');
}

/**
 * The feed of changes, or 304. For two seconds the edge asks no more, and the tabs of one browser don't either; stale
 * answers are not allowed for, since a browser would then show each page the feed of its look before.
 */
export function changesAnswer(event: HttpEvent, feed: ChangeFeed): HttpResult {
  return unlessHeld(event, feed, 'public, max-age=2');
}

/** The partners in the order of the ids. */
export function resolvedAnswer(
  event: HttpEvent,
  ids: readonly string[],
  found: readonly (Partner | undefined)[],
): HttpResult {
  const origin = originOf(event);
  const partners = found.map((partner, index) =>
    partner
      ? partnerRecord(partner, origin)
      : ({ id: ids[index] ?? '', state: 'unknown' } satisfies UnknownRecord),
  );
  return jsonAnswer(200, { partners });
}

/** An erasure that has begun, and where its receipt will be. */
export function erasingAnswer(erasureId: string): HttpResult {
  const location = `/api/partner/erasures/${erasureId}`;
  return jsonAnswer(202, { erasureId }, { location });
}

/** An import has to wait until Telegram may be asked again. */
export function pausedAnswer(waitMs: number): HttpResult {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return problem(503, PAUSED_TITLE, `Telegram has asked for a pause: come back in ${seconds} s.`, {
    'retry-after': String(seconds),
  });
}

/** JSON under the tag of its bytes, without them for a caller that has them. */
function unlessHeld(event: HttpEvent, body: object, cacheControl: string): HttpResult {
  const answer = jsonAnswer(200, body, { 'cache-control': cacheControl });
  const etag = `"${createHash('sha256').update(String(answer.body)).digest('base64url')}"`;
  if (callerHas(event, etag))
    return { statusCode: 304, headers: { 'cache-control': cacheControl, etag } };
  return { ...answer, headers: { ...answer.headers, etag } };
}

/** Scheme and host by which the caller reached the CDN: the edge says it, since it asks us by another name. */
function originOf({ headers, requestContext }: HttpEvent): string {
  return headers['cameo-origin'] ?? `https://${requestContext.domainName}`;
}
