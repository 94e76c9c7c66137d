// The benchmark's own client: node:http over kept connections, with nothing around it that could cost.

import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is asked beside the URL; a GET unless told. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks a URL and reads the whole answer. */
export type Ask = (url: string, asked?: Asked) => Promise<Answer>;

/** A client with at most this many connections. */
export function httpClient(connections: number): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return (url, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { agent, method, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const { statusCode: status = 0, headers } = incoming;
          resolve({ status, headers, body: Buffer.concat(chunks) });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}
