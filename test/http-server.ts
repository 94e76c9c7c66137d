// An HTTP server of a test's own, which counts what reaches it and ends with the test.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A running server: what it was asked for, and over how many connections. */
export interface HttpServer {
  readonly url: string;
  readonly requests: readonly string[];
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Answers a request; what it rejects with cuts the connection. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Starts a server on loopback. Its owner ends it. */
export async function startHttpServer(answer: Answer): Promise<HttpServer> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    try {
      await answer(request, response);
    } catch {
      response.destroy();
    }
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Starts a server that ends with the test. */
export async function testServer(answer: Answer): Promise<HttpServer> {
  const server = await startHttpServer(answer);
  onTestFinished(() => server.close());
  return server;
}

/** The whole body of a message. */
export async function bodyOf(message: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
