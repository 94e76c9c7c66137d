// A wire between an SDK client and an emulator, on which a test can lose answers, cut, refuse and rewrite.

import { bodyOf, startHttpServer } from './http-server.ts';

/** An answer on its way back. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A request on its way: its operation (`UpdateItem`, or `GET /bucket/key` of S3) and body. */
export interface Exchange {
  readonly operation: string;
  readonly body: string;
  /** Lets the service do it. */
  forward(): Promise<WireAnswer>;
}

/** What becomes of a request; `cut` closes the connection without an answer. */
export type Intercept = (exchange: Exchange) => Promise<WireAnswer | 'cut'>;

/** A running wire. */
export interface Wire {
  readonly url: string;
  /** What went over it since the last `untouched`. */
  readonly seen: readonly Pick<Exchange, 'operation' | 'body'>[];
  /** Puts a test's hands on the wire. */
  intercept(by: Intercept): void;
  /** Takes them off again, and forgets what was seen. */
  untouched(): void;
  stop(): Promise<void>;
}

const HOP_BY_HOP = new Set(['connection', 'content-length', 'expect', 'host', 'transfer-encoding']);

/** Starts a wire to the service at this address; `listen` hears all that is sent over it, either way. */
export async function startWire(
  targetUrl: string,
  listen: (text: string) => void = () => {},
): Promise<Wire> {
  const seen: Pick<Exchange, 'operation' | 'body'>[] = [];
  const asItIs: Intercept = ({ forward }) => forward();
  let current = asItIs;

  const server = await startHttpServer(async (request, response) => {
    const bytes = await bodyOf(request);
    const target = request.headers['x-amz-target'];
    const operation =
      String(target ?? '').replace(/^.*\./, '') || `${request.method} ${request.url}`;
    const exchange = { operation, body: bytes.toString('utf8') };
    seen.push(exchange);
    const headers = JSON.stringify(request.headers);
    listen(`${operation} ${request.url} ${headers} ${bytes.toString('latin1')}`);
    const forward = () => send(targetUrl, request.method, request.url, request.headers, bytes);
    const answer = await current({ ...exchange, forward });
    if (answer === 'cut') return response.destroy();
    listen(`${operation} answered ${JSON.stringify(answer.headers)} ${answer.body}`);
    const body = Buffer.from(answer.body, 'latin1');
    response.writeHead(answer.status, answer.headers);
    // A length of the test's own is one that the body does not keep.
    if (answer.headers['content-length']) return response.write(body, () => response.destroy());
    response.end(body);
  });

  return {
    url: server.url,
    seen,
    intercept: (by) => {
      current = by;
    },
    untouched: () => {
      current = asItIs;
      seen.length = 0;
    },
    stop: () => server.close(),
  };
}

/** Does the first such operation and loses its answer on the way back; all others are untouched. */
export function losingTheAnswerOf(lost: string): Intercept {
  let isLost = false;
  return async ({ operation, forward }) => {
    const answer = await forward();
    if (isLost || operation !== lost) return answer;
    isLost = true;
    return 'cut';
  };
}

/** The service is not there for these operations. */
export function without(...operations: string[]): Intercept {
  return async ({ operation, forward }) => (operations.includes(operation) ? 'cut' : forward());
}

async function send(
  targetUrl: string,
  method = 'GET',
  path = '/',
  headers: NodeJS.Dict<string | string[]>,
  body: Buffer<ArrayBuffer>,
): Promise<WireAnswer> {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name));
  const answer = await fetch(targetUrl + path, {
    method,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    ...(body.length > 0 && { body }),
  });
  const answerHeaders = [...answer.headers].filter(([name]) => !HOP_BY_HOP.has(name));
  return {
    status: answer.status,
    headers: Object.fromEntries(answerHeaders),
    body: Buffer.from(await answer.arrayBuffer()).toString('latin1'),
  };
}
