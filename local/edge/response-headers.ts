// The headers that the edge itself puts on an answer; the stack's response headers policy adds the same.
import {
  apiCors,
  type BehaviourDeclaration,
  exposedHeaders,
  pictureCors,
} from '../../core/topology.ts';
import { type Headers, type HttpAnswer, type HttpRequest, headerText } from './message.ts';

/** What the edge did for an answer, in the words that CloudFront writes into X-Cache. */
export type CacheResult = 'Hit' | 'RefreshHit' | 'Miss' | 'Error';

const POLICY_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': exposedHeaders.join(', '),
  'timing-allow-origin': '*',
  'x-content-type-options': 'nosniff',
};

// They belong to the connection that the answer came on; the date is the server's own.
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'trailer',
  'date',
  'age',
]);

/** The answer as viewers get it: with the policy's headers, which win, and with what the edge did. */
export function forViewers(answer: HttpAnswer, result: CacheResult, found: boolean): HttpAnswer {
  const sent = Object.entries(answer.headers).filter(
    // An answer that cannot have a body must not say how long it is (RFC 9110, 8.6).
    ([name]) => !DROPPED.has(name) && !(answer.status === 204 && name === 'content-length'),
  );
  const timing = `cdn-cache;desc=${found ? 'HIT' : 'MISS'}`;
  const earlier = headerText(answer.headers, 'server-timing');
  const headers = {
    ...Object.fromEntries(sent),
    ...POLICY_HEADERS,
    ...contentLength(answer),
    'server-timing': earlier ? `${earlier}, ${timing}` : timing,
    'x-cache': `${result} from cloudfront`,
  };
  return { ...answer, headers };
}

/** An empty body belongs to an answer to HEAD, which says the length of another one, or is just empty. */
function contentLength({ status, headers, body }: HttpAnswer) {
  if (status === 304 || status === 204) return {};
  const whole = headerText(headers, 'content-length') ?? '0';
  return { 'content-length': body.length > 0 ? String(body.length) : whole };
}

/** What the policy adds for a browser that asks what a script of another origin may send; else nothing. */
export function preflightHeaders(
  { method, headers }: HttpRequest,
  cache: BehaviourDeclaration['cache'],
): Headers {
  const isPreflight =
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined;
  if (!isPreflight) return {};
  const { methods, requestHeaders, maxAgeSeconds } = cache === 'never' ? apiCors : pictureCors;
  return {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': requestHeaders.join(', '),
    'access-control-max-age': String(maxAgeSeconds),
  };
}
