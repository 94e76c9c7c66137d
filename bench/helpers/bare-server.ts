// The yardstick for every figure over HTTP: node:http that sends bytes and does nothing else.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../helper.ts';

/** What it answers to everything. */
export interface BareServerQuestion {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** Its address. */
export type BareServerAnswer = string;

answerParent<BareServerQuestion, BareServerAnswer>(async ({ status, headers, body }) => {
  const server = createServer((_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
