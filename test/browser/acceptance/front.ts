// A front before the running system: it passes everything on, counts what really reaches the network, and can
// keep an answer back or put another one in its place. What a browser's own log shows may have come from a cache.

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { bodyOf } from '../../http-server.ts';

/** A running front. */
export interface Front {
  readonly url: string;
  /** What reached it since the start, such as `POST /api/partner/resolve`. */
  readonly requests: readonly string[];
  /** How many of these match. */
  count(matching: RegExp): number;
  /** Keeps the answers to requests that match, to all or to the first so many, as they were when they came. */
  hold(matching: RegExp, times?: number): Hold;
  /** Answers all requests that match with this, until the function is called. */
  replace(matching: RegExp, answer: Replacement): () => void;
  close(): Promise<void>;
}

/** Answers that are kept back. */
export interface Hold {
  /** How many answers are there and wait. */
  readonly waiting: number;
  /** Gives them out, and keeps no others; resolves when all are written. */
  release(): Promise<void>;
}

/** An answer in place of the real one; CORS is as the real one's. */
export interface Replacement {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Starts a front before the system at this address, as far away as its answers take longer, in ms. */
export async function startFront(target: string, distanceMs = 0): Promise<Front> {
  const requests: string[] = [];
  const holds = new Map<RegExp, (outgoing: ServerResponse) => Promise<void>>();
  const replacements = new Map<RegExp, Replacement>();

  const server = createServer(async (incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url}`;
    requests.push(line);
    try {
      const { method = '', url = '', headers } = incoming;
      const real = await ask(new URL(url, target), method, headers, await bodyOf(incoming));
      if (distanceMs > 0) await setTimeout(distanceMs);
      const replacement = found(replacements, line);
      const { status, headers: answered, body } = replacement ? replaced(real, replacement) : real;
      await found(holds, line)?.(outgoing);
      outgoing.writeHead(status, answered).end(body);
    } catch {
      outgoing.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    count: (matching) => requests.filter((line) => matching.test(line)).length,
    hold: (matching, times = Number.POSITIVE_INFINITY) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiting: ServerResponse[] = [];
      holds.set(matching, (outgoing) => {
        if (waiting.push(outgoing) >= times) holds.delete(matching);
        return promise;
      });
      return {
        get waiting() {
          return waiting.length;
        },
        release: async () => {
          holds.delete(matching);
          resolve();
          await Promise.allSettled(waiting.map((outgoing) => finished(outgoing)));
        },
      };
    },
    replace: (matching, answer) => {
      replacements.set(matching, answer);
      return () => replacements.delete(matching);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function found<Value>(map: ReadonlyMap<RegExp, Value>, line: string): Value | undefined {
  return [...map].find(([matching]) => matching.test(line))?.[1];
}

function replaced(real: Answer, { status = 200, type, body }: Replacement): Answer {
  const { etag: _, 'content-length': __, ...headers } = real.headers;
  return { status, headers: { ...headers, 'content-type': type }, body: Buffer.from(body) };
}

async function ask(
  url: URL,
  method: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<Answer> {
  const outgoing = request(url, { method, headers });
  outgoing.end(body);
  const [incoming] = await once(outgoing, 'response');
  return { status: incoming.statusCode, headers: incoming.headers, body: await bodyOf(incoming) };
}
