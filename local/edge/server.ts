// The edge on a port. Whatever arrives gets an answer or a closed connection, never a crash.
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Edge } from './edge.ts';
import { type HttpAnswer, type HttpRequest, problem } from './message.ts';
import { readRequest, UnreadableRequest } from './read-request.ts';

/** What a server is made of. */
export interface EdgeServerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly edge: Pick<Edge, 'respond'>;
  /** Asked before the edge; undefined for a path that is not its own. */
  readonly page?: (request: HttpRequest) => Promise<HttpAnswer> | undefined;
  /** Whether this request's connection is closed without an answer, as if nobody were there. */
  readonly hangsUpOn?: (request: HttpRequest) => boolean;
  readonly onError: (error: unknown) => void;
  /** How long `close` lets running requests finish, in milliseconds. */
  readonly graceMs?: number;
}

/** A server that listens. */
export interface EdgeServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, lets the running ones finish within the grace, then ends them. */
  readonly close: () => Promise<void>;
}

// Header bytes: CloudFront takes 20,480 in all. The idle time-out is above a browser's own, about 60 s.
const LIMITS = {
  maxHeaderSize: 20_480,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  joinDuplicateHeaders: true,
  // Node's own refusal has no body; readRequest has one.
  requireHostHeader: false,
};

/** Starts the server; rejects if the port is taken. */
export async function startEdgeServer(options: EdgeServerOptions): Promise<EdgeServer> {
  const { host, edge, page, hangsUpOn, onError, graceMs = 5000 } = options;
  let closing = false;

  /** Undefined where nobody is to be there. */
  async function answer(message: IncomingMessage): Promise<HttpAnswer | undefined> {
    try {
      const request = await readRequest(message);
      if (hangsUpOn?.(request)) return undefined;
      return await (page?.(request) ?? edge.respond(request));
    } catch (error) {
      if (error instanceof UnreadableRequest) return problem(error.status, error.message);
      // A viewer who left while sending is nobody's fault.
      if (!message.destroyed) onError(error);
      return problem(500, 'Internal Server Error');
    }
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = await answer(message);
    if (!answered) {
      message.socket.destroy();
      return;
    }
    const { status, headers, body } = answered;
    const last = closing ? { ...headers, connection: 'close' } : headers;
    try {
      response.writeHead(status, last as Record<string, string | string[]>);
      response.end(body);
    } catch (error) {
      onError(error);
      response.destroy();
    }
  }

  const server = createServer(LIMITS, serve);
  server.on('clientError', refuse);
  // Whoever expects something else gets what everybody gets (RFC 9110, 10.1.1: 417 is a MAY).
  server.on('checkExpectation', serve);

  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(options.port, host, listening.resolve);
  await listening.promise;
  const { port } = server.address() as AddressInfo;

  function close(): Promise<void> {
    closing = true;
    const closed = Promise.withResolvers<void>();
    const patience = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(patience);
      closed.resolve();
    });
    return closed.promise;
  }

  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close };
}

const REFUSED: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What Node's parser does not take never becomes a request, so the answer is written by hand. */
function refuse({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refused = REFUSED[code] ?? 400;
  const reason = STATUS_CODES[refused] ?? '';
  const { status, headers, body } = problem(refused, reason);
  const fields = Object.entries({ ...headers, connection: 'close' });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n${body}`);
}
