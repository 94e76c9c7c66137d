// The load generator: one GET after the other on each of a few connections. It speaks HTTP on bare sockets,
// since Node's own client costs more than the servers that it is to load.

import { connect } from 'node:net';
import { answerParent } from '../helper.ts';

/** One URL, asked this often over this many connections. */
export interface LoadQuestion {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly connections: number;
  /** Any other answer is an error. */
  readonly status: number;
}

/** The time from the first to the last in ms. */
export interface LoadAnswer {
  readonly wallMs: number;
}

answerParent<LoadQuestion, LoadAnswer>(async (question) => {
  let left = question.requests;
  const startedAt = performance.now();
  const takeOne = () => left-- > 0;
  await Promise.all(Array.from({ length: question.connections }, () => askOn(question, takeOne)));
  return { wallMs: performance.now() - startedAt };
});

/** Asks on one connection as long as `takeOne` says so. */
function askOn({ url, headers = {}, status }: LoadQuestion, takeOne: () => boolean): Promise<void> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const fields = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const request = [`GET ${pathname}${search} HTTP/1.1`, ...fields, '', ''].join('\r\n');
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const askNext = () => {
      if (takeOne()) socket.write(request);
      else socket.end(resolve);
    };
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = readHead(received);
      if (answer === undefined || received.length < answer.bytes) return;
      if (answer.status !== status) socket.destroy(new Error(`${url}: ${answer.status}`));
      received = received.subarray(answer.bytes);
      askNext();
    });
    socket.on('error', reject);
    socket.on('connect', askNext);
  });
}

/** Status and length of an answer, its body included; `undefined` while its head is not whole. */
function readHead(received: Buffer): { status: number; bytes: number } | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  const length = /^content-length: (\d+)/im.exec(head)?.[1] ?? 0;
  return { status, bytes: end + 4 + (status === 304 ? 0 : Number(length)) };
}
