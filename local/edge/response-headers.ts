// The headers that the edge itself puts on an answer; the stack's response headers policy adds the same.
import { exposedHeaders } from '../../core/topology.ts';
import { type HttpAnswer, headerText } from './message.ts';

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
  const sent = Object.entries(answer.headers).filter(([name]) => !DROPPED.has(name));
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
