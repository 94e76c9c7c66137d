// What the edge says of itself, in CloudFront's words and in those of the edge on one machine.

// X-Cache: `Hit from cloudfront`, `RefreshHit from cloudfront`, `Miss from cloudfront`.
// Server-Timing: `cdn-cache-hit`, `cdn-cache-refresh`, `cdn-cache-miss`, or locally `cdn-cache;desc=HIT`.
const HIT = /^(refresh)?hit|\bcdn-cache(-|;desc="?)(hit|refresh)/i;
const MISS = /^miss|\bcdn-cache(-|;desc="?)miss/i;

/** Whether the edge had the answer; `undefined` if it does not say. */
export function edgeOf(headers: Pick<Headers, 'get'>): 'hits' | 'misses' | undefined {
  const said = headers.get('x-cache') ?? headers.get('server-timing') ?? '';
  return HIT.test(said) ? 'hits' : MISS.test(said) ? 'misses' : undefined;
}
