// The HTTP answers of serve-client, with the cache lifetimes that the README promises. What else a page of another
// origin needs, the edge adds to them, as it does for pictures.

import { type ClientFile, inlineStyle } from './client-files.ts';
import type { HttpEvent, HttpResult } from './http-handler.ts';
import { callerHas } from './if-none-match.ts';

/** A name without a hash is this release's: five minutes, then at once and looked after for a day. */
export const RELEASE_CACHE_CONTROL = 'public, max-age=300, stale-while-revalidate=86400';

/**
 * The demo page runs its own script and talks to its own origin alone; `data:` and `blob:` are the pictures that the
 * client shows. Telegram Web shows a Mini App in a frame.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${inlineStyle}`,
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self' https://web.telegram.org",
].join('; ');

/** Extra headers of the page itself, which is asked for again each time: it names files that change. */
export const PAGE_HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': PAGE_POLICY,
  'referrer-policy': 'no-referrer',
};

/**
 * A worker may look after the whole origin from under `/client/v1/` (Service Workers, Service-Worker-Allowed). Under a
 * name with a hash it is there to be imported: S3, which answers for it, has no such header.
 */
export const WORKER_HEADERS = { 'service-worker-allowed': '/' };

/** The file, or 304 for whoever has it. */
export function fileAnswer(
  event: HttpEvent,
  { type, hashed, body }: ClientFile,
  sent: Readonly<Record<string, string>>,
): HttpResult {
  const etag = `"${hashed}"`;
  if (callerHas(event, etag)) return { statusCode: 304, headers: { etag, ...sent } };
  return { statusCode: 200, headers: { 'content-type': type, etag, ...sent }, body };
}
