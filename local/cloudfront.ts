// CloudFront's own API as far as the handlers need it: CreateInvalidation, in the service's own protocol.
// Whoever reaches it empties the edge's cache, so it is reachable as the emulators are: loopback.ts.

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from './loopback.ts';
import { readText } from './read-text.ts';

/** A running stand-in for CloudFront's API. */
export interface CloudFront {
  readonly url: string;
  stop(): Promise<void>;
}

/** The one distribution that it knows. */
export interface CloudFrontOptions {
  readonly distributionId: string;
  /** Makes the distribution's edge forget what these paths cover. */
  readonly invalidate: (paths: readonly string[]) => void;
}

interface Invalidation {
  /** The element as it came, for the answer to repeat. */
  readonly xml: string;
  readonly quantity: number;
  readonly paths: readonly string[];
}

// Two paths of ours are under 200 bytes; one of CloudFront's has 4,000 characters at most.
const MAX_BODY_BYTES = 16 * 1024;
const MAX_PATH_LENGTH = 4000;

const XMLNS = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"';
const RESOURCE = /^\/2020-05-31\/distribution\/([^/]+)\/invalidation$/;

// SDKs write this document in one form, so it is read strictly in that form and in no other, which needs no
// parser. Each alternative of TEXT begins with a different character: nothing goes back and forth.
const TEXT = '(?:[^<&]|&(?:amp|lt|gt|quot|apos);)*';
const PATH = new RegExp(`<Path>(${TEXT})</Path>`, 'g');
const DOCUMENT = new RegExp(
  `^(?:<\\?xml [^>]*>)?(<InvalidationBatch ${XMLNS}><Paths><Quantity>(\\d+)</Quantity>` +
    `<Items>((?:<Path>${TEXT}</Path>)+)</Items></Paths>` +
    `<CallerReference>${TEXT}</CallerReference></InvalidationBatch>)$`,
);

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

/**
 * Starts it on loopback. An invalidation is completed when it is answered; one whose CallerReference comes
 * again is done again, which forgets nothing that it should not.
 */
export async function startCloudFront(options: CloudFrontOptions): Promise<CloudFront> {
  const server = createServer((request, response) => {
    // What rejects here is the reading from a caller who has left; nobody waits for an answer.
    answer(options, request, response).catch(() => response.destroy());
  });
  return { url: await listenOnLoopback(server), stop: () => closeServer(server) };
}

async function answer(
  { distributionId, invalidate }: CloudFrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readText(request, MAX_BODY_BYTES);
  const asked = request.method === 'POST' ? RESOURCE.exec(request.url ?? '')?.[1] : undefined;
  if (asked === undefined) return refuse(response, 404, 'UnknownOperationException');
  if (asked !== distributionId) return refuse(response, 404, 'NoSuchDistribution');
  const batch = readBatch(body);
  if (batch === undefined) return refuse(response, 400, 'MalformedInput');
  const { xml, quantity, paths } = batch;
  if (quantity !== paths.length) return refuse(response, 400, 'InconsistentQuantities');
  if (!paths.every(isPath)) return refuse(response, 400, 'InvalidArgument');
  invalidate(paths);
  const made = `<Id>${randomUUID()}</Id><Status>Completed</Status><CreateTime>${new Date().toISOString()}</CreateTime>`;
  send(response, 201, `<Invalidation ${XMLNS}>${made}${xml}</Invalidation>`);
}

function readBatch(body: string): Invalidation | undefined {
  const [, xml = '', quantity, items = ''] = DOCUMENT.exec(body) ?? [];
  if (quantity === undefined) return;
  const texts = [...items.matchAll(PATH)].map(([, text = '']) => text);
  return { xml, quantity: Number(quantity), paths: texts.map(unescaped) };
}

function unescaped(text: string): string {
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}

/** "Invalidation paths must begin with a leading slash" (CloudFront, "What you need to know"). */
function isPath(path: string): boolean {
  return path.startsWith('/') && path.length <= MAX_PATH_LENGTH;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error>`;
  send(response, status, `<ErrorResponse ${XMLNS}>${error}</ErrorResponse>`);
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(`<?xml version="1.0"?>${xml}`);
}
