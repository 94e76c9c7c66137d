// A server as it looks from far away: each new connection costs a handshake before the first answer. Like
// Telegram's, it keeps idle connections for long and doesn't say how long.

import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { photographBytes } from '../../local/bot-api/photographs.ts';
import { answerParent } from '../helper.ts';

/** What a handshake (TCP and TLS), an answer and a download take, in ms. */
export interface FarAwayQuestion {
  readonly handshakeMs: number;
  readonly callMs: number;
  readonly downloadMs: number;
}

/** Its root. */
export type FarAwayAnswer = string;

answerParent<FarAwayQuestion, FarAwayAnswer>(async ({ handshakeMs, callMs, downloadMs }) => {
  const openAtMs = new WeakMap<Socket, number>();
  const photo = photographBytes('astronaut', 640);
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const isDownload = request.url === '/download';
    await sleep(Math.max(0, (openAtMs.get(request.socket) ?? 0) - performance.now()));
    await sleep(isDownload ? downloadMs : callMs);
    response.end(isDownload ? photo : '{"ok":true,"result":{}}');
  });
  server.on('connection', (socket) => openAtMs.set(socket, performance.now() + handshakeMs));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
