// The emulators and the secrets have no access control of their own, so they are reachable from this
// machine alone and not from the browsers that run on it: dynalite welcomes every origin, and a web page
// whose name resolves to 127.0.0.1 (DNS rebinding) would pass for a caller of the same origin.
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** The only address that an internal server listens on. */
export const LOOPBACK = '127.0.0.1';

/** Whether a host, as a URL writes it, is this machine under a name that nobody else can give it. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** The `http://127.0.0.1:port` of a listening server. */
export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return `http://${address.address}:${address.port}`;
}

/** Puts a check before the server's handlers: no browser's `Origin`, and the right `Host`, or a 403. */
export function refuseBrowsers(server: Server): void {
  const handlers = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { host, origin } = request.headers;
    if (origin !== undefined || `http://${host}` !== urlOf(server)) {
      response.writeHead(403).end();
      return;
    }
    for (const handle of handlers) handle.call(server, request, response);
  });
}

/** Listens on a free port of {@link LOOPBACK}, refuses browsers, and returns the server's URL. */
export async function listenOnLoopback(server: Server): Promise<string> {
  refuseBrowsers(server);
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return urlOf(server);
}

/** Stops the server and cuts what is still connected: SDK clients keep idle sockets for long. */
export async function closeServer(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.close((error) => (error ? reject(error) : resolve()));
  server.closeAllConnections();
  await promise;
}
