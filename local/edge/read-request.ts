// What arrives on the socket as a request value; nothing that a viewer can write gets further than this
// as anything but text.
import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES } from '../http-api.ts';
import { type HttpRequest, NO_BODY } from './message.ts';

/** The request cannot be read; `status` is the 4xx that says why. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

// CloudFront quotas: a URL is 8,192 bytes at most.
const MAX_URL_BYTES = 8192;

/** Reads a request with its body; throws UnreadableRequest. */
export async function readRequest(message: IncomingMessage): Promise<HttpRequest> {
  const { method = 'GET', url = '/', headers, socket } = message;
  if (url.length > MAX_URL_BYTES) throw new UnreadableRequest(414, 'URI Too Long');
  if (!namesHost(message)) throw new UnreadableRequest(400, 'Bad Request');
  const target = url.startsWith('/') ? url : withoutAuthority(url);
  const mark = target.indexOf('?');
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    body: hasBody(method) ? await readBody(message) : NO_BODY,
    sourceIp: socket.remoteAddress ?? '',
  };
}

/** Once, but for a viewer of before HTTP/1.1 (RFC 9112, 3.2). */
function namesHost({ headersDistinct, httpVersion }: IncomingMessage): boolean {
  const hosts = headersDistinct.host?.length ?? 0;
  return hosts === 1 || (hosts === 0 && httpVersion !== '1.1');
}

/** `http://host/path` is the form that proxies get; its path is taken as it is written. */
function withoutAuthority(url: string): string {
  const [, path] = /^https?:\/\/[^/?#]+(.*)$/i.exec(url) ?? [];
  if (path === undefined) throw new UnreadableRequest(400, 'Bad Request');
  return path.startsWith('/') ? path : `/${path}`;
}

const hasBody = (method: string) => method !== 'GET' && method !== 'HEAD';

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const refuse = () => reject(new UnreadableRequest(413, 'Content Too Large'));
  const chunks: Buffer[] = [];
  let length = 0;
  if (Number(message.headers['content-length']) > MAX_BODY_BYTES) refuse();
  // Beyond the limit it is read and dropped: closing on a viewer who still sends would lose the refusal
  // in a reset, and not reading on would leave the rest of the body where the next request begins.
  message.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    else refuse();
  });
  message.on('end', () => resolve(Buffer.concat(chunks)));
  message.on('error', reject);
  return promise;
}
