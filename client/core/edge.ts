// What the edge says of itself, in CloudFront's words and in those of the edge on one machine.

// X-Cache: `Hit from cloudfront`, `RefreshHit from cloudfront`, `Miss from cloudfront`.
// Server-Timing: `cdn-cache-hit`, `cdn-cache-refresh`, `cdn-cache-miss`, or locally `cdn-cache;desc=HIT`.
const X_CACHE = /^(refreshhit|hit|miss)/i;
const SERVER_TIMING = /\bcdn-cache(?:-|;desc="?)(hit|refresh|miss)/i;

/** Whether the edge had the answer; `undefined` if it does not say. */
export function edgeOf(headers: Pick<Headers, 'get'>): 'hits' | 'misses' | undefined {
  const found =
    X_CACHE.exec(headers.get('x-cache') ?? '') ??
    SERVER_TIMING.exec(headers.get('server-timing') ?? '');
  if (!found) return undefined;
  return /miss/i.test(found[0]) ? 'misses' : 'hits';
}
