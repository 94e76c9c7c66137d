// One GET over a kept connection. Node's own agent, because the built-in fetch opens a second connection
// for the second call of a quiet worker: the benchmark keeps the measurement.
// The URL holds the bot token, so no error of the HTTP stack leaves this file: only its code does.

import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { queues } from '../core/topology.ts';

/** A complete answer; header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The connection failed or the time was over; the message is Node's code for it alone. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
}

/** The body went over the limit and was cut off. */
export class BodyOverLimit extends Error {
  override readonly name = 'BodyOverLimit';
}

/** Gets a path below a root; redirects are answers like any other and never followed. */
export type HttpGet = (
  path: string,
  options: { readonly signal: AbortSignal; readonly maxBytes: number },
) => Promise<HttpAnswer>;

// As many fetches as the topology lets run at the same time: on one machine they are all in one process.
const MAX_SOCKETS = Object.values(queues)
  .filter(({ consumer }) => consumer === 'fetchPhoto')
  .reduce((sum, { batchSize, maximumConcurrency }) => sum + batchSize * maximumConcurrency, 0);

/** A client for one root (scheme, host, port and a path to put in front). */
export function keepAliveHttp(root: URL): HttpGet {
  const { Agent, request } = root.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, scheduling: 'lifo' });
  // Takes an IPv6 address out of its brackets.
  const { hostname, port } = urlToHttpOptions(root);
  const target = { hostname, port, agent };
  const prefix = root.pathname.replace(/\/$/, '');

  const attempt: HttpGet = (path, { signal, maxBytes }) =>
    new Promise((resolve, reject) => {
      let isAnswered = false;
      const outgoing = request({ ...target, path: prefix + path, signal }, (incoming) => {
        isAnswered = true;
        collect(incoming, maxBytes).then(
          (body) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
          (error) => reject(error instanceof BodyOverLimit ? error : connectionFailed(error)),
        );
      });
      outgoing.on('error', (error) => {
        const failure = connectionFailed(error);
        // A connection that is reset within an answer ends here, too, and was not stale.
        const isStale = outgoing.reusedSocket && !isAnswered && failure.message === 'ECONNRESET';
        reject(isStale ? new StaleConnection(failure.message) : failure);
      });
      outgoing.end();
    });

  return async (path, options) => {
    try {
      return await attempt(path, options);
    } catch (error) {
      // The server closed the idle connection just as it was used again (nodejs.org, request.reusedSocket).
      if (error instanceof StaleConnection) return attempt(path, options);
      throw error;
    }
  };
}

/** A kept connection turned out to be closed before anything was answered: worth one more try. */
class StaleConnection extends ConnectionFailed {}

function connectionFailed(error: unknown): ConnectionFailed {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  return new ConnectionFailed(code);
}

async function collect(incoming: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyOverLimit(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
