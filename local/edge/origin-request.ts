// What an origin gets to see of a viewer's request. A cached answer is given to others, so its request
// carries nothing of this viewer but what is in the cache key.
import { type Headers, type HttpRequest, headerText, NO_BODY } from './message.ts';

const NOT_PASSED = new Set([
  'host',
  'cameo-origin',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
]);

/** The request with nothing of this viewer's but method, path and the `query` of the cache key. */
export function bareRequest(request: HttpRequest, query: string): HttpRequest {
  return { ...request, query, headers: { 'user-agent': 'Amazon CloudFront' }, body: NO_BODY };
}

/** The request for an answer that others will get as well; `etag` makes it a revalidation. */
export function cacheableRequest(
  request: HttpRequest,
  query: string,
  etag: string | undefined,
): HttpRequest {
  const bare = bareRequest(request, query);
  const condition = etag === undefined ? {} : { 'if-none-match': etag };
  // Always GET: an answer to HEAD could not be given to the next one who asks for the bytes.
  return { ...bare, method: 'GET', headers: { ...bare.headers, ...condition } };
}

/** The request as the viewer made it, but for its connection, its host and what only the edge may say. */
export function passedOnRequest(request: HttpRequest): HttpRequest {
  const sent = Object.entries(request.headers).filter(([name]) => !NOT_PASSED.has(name));
  const headers = {
    ...Object.fromEntries(sent),
    ...forwardedFor(request),
    ...cameoOrigin(request),
  };
  return { ...request, headers };
}

function forwardedFor({ headers, sourceIp }: HttpRequest): Headers {
  const earlier = headerText(headers, 'x-forwarded-for');
  return { 'x-forwarded-for': earlier ? `${earlier}, ${sourceIp}` : sourceIp };
}

/** Handlers build absolute URLs from it; the API's own host is none that a viewer could use. */
function cameoOrigin({ headers, path }: HttpRequest): Headers {
  const host = headerText(headers, 'host');
  return host && path.startsWith('/api/') ? { 'cameo-origin': `http://${host}` } : {};
}
