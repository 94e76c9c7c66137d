// A front before one emulator that counts what is asked of it, and what DynamoDB would bill for each request.

import { createServer, type IncomingMessage } from 'node:http';
import { closeServer, listenOnLoopback } from '../local/loopback.ts';

/** What went over a front. */
export interface Traffic {
  /** Requests by operation, such as `DynamoDB GetItem` or `S3 PutObject`. */
  readonly requests: Readonly<Record<string, number>>;
  /** DynamoDB's read and write request units. */
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** A running front. */
export interface CountingFront {
  readonly url: string;
  /** What was counted since it was taken last. */
  take(): Traffic;
  stop(): Promise<void>;
}

const HOP_BY_HOP = new Set(['connection', 'content-length', 'expect', 'host', 'transfer-encoding']);
const NOTHING: Traffic = { requests: {}, readUnits: 0, writeUnits: 0 };

/** Starts a front before the service at this address. */
export async function startCountingFront(targetUrl: string): Promise<CountingFront> {
  let counted = NOTHING;
  const server = createServer(async (request, response) => {
    const operation = operationOf(request);
    const sent = await bodyOf(request);
    const body = operation.startsWith('DynamoDB ') ? askingForUnits(sent) : sent;
    const answer = await fetch(`${targetUrl}${request.url}`, {
      method: request.method ?? 'GET',
      headers: endToEnd(Object.entries(request.headers).map(([name, value]) => [name, `${value}`])),
      ...(body.length > 0 && { body }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    counted = added(counted, operation, operation.startsWith('DynamoDB ') ? unitsIn(bytes) : 0);
    response.writeHead(answer.status, endToEnd([...answer.headers])).end(bytes);
  });
  return {
    url: await listenOnLoopback(server),
    take: () => {
      const taken = counted;
      counted = NOTHING;
      return taken;
    },
    stop: () => closeServer(server),
  };
}

/** The sum of what several fronts counted. */
export function total(all: readonly Traffic[]): Traffic {
  return all.reduce(
    (sum, { requests, readUnits, writeUnits }) => ({
      requests: { ...sum.requests, ...requests },
      readUnits: sum.readUnits + readUnits,
      writeUnits: sum.writeUnits + writeUnits,
    }),
    NOTHING,
  );
}

const S3_OPERATIONS: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
  // Of the POSTs that S3 has, the only one that the functions send.
  POST: 'DeleteObjects',
};

function operationOf({ method = '', headers }: IncomingMessage): string {
  const [service = '', operation] = String(headers['x-amz-target'] ?? '').split('.');
  if (operation) return `${service.startsWith('DynamoDB') ? 'DynamoDB' : 'SQS'} ${operation}`;
  return `S3 ${S3_OPERATIONS[method] ?? method}`;
}

function added({ requests, readUnits, writeUnits }: Traffic, operation: string, units: number) {
  const isWrite = /^DynamoDB (Put|Update|Delete)/.test(operation);
  return {
    requests: { ...requests, [operation]: (requests[operation] ?? 0) + 1 },
    readUnits: readUnits + (isWrite ? 0 : units),
    writeUnits: writeUnits + (isWrite ? units : 0),
  };
}

function askingForUnits(body: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const request = JSON.parse(body.toString('utf8'));
  return Buffer.from(JSON.stringify({ ...request, ReturnConsumedCapacity: 'TOTAL' }));
}

/** What the answer says was consumed. A write whose condition does not hold is billed, too (DynamoDB Developer Guide). */
function unitsIn(answer: Buffer): number {
  const { ConsumedCapacity } = JSON.parse(answer.toString('utf8'));
  const all = [ConsumedCapacity ?? { CapacityUnits: 1 }].flat() as { CapacityUnits: number }[];
  return all.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}

function endToEnd(headers: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(headers.filter(([name]) => !HOP_BY_HOP.has(name)));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
