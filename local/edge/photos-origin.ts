// The bucket as the edge reads it: by GET over HTTP, as CloudFront does, without any of our code between.
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import {
  type Headers,
  type HttpAnswer,
  type HttpRequest,
  NO_BODY,
  type Origin,
} from './message.ts';

/** Where the photos are. */
export interface PhotosOriginOptions {
  /** The S3 endpoint, which is an emulator: nothing here signs requests. */
  readonly s3Url: string;
  readonly bucketName: string;
}

// Fields that describe the photo; the others are about S3.
const PASSED = [
  'content-type',
  'cache-control',
  'etag',
  'last-modified',
  'content-length',
] as const;

// A 512 px WebP is under 100 KB; more than this is not one of our objects.
const MAX_OBJECT_BYTES = 10 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** Makes the origin that answers from the bucket: the object, a bare 404 without one, or S3's refusal. */
export function createPhotosOrigin({ s3Url, bucketName }: PhotosOriginOptions): Origin {
  const { hostname, port } = new URL(s3Url);
  const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: TIMEOUT_MS });

  function get(path: string, headers: Headers, retried = false): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = { ...headers } as Record<string, string>;
    const request = httpRequest({ hostname, port, path, agent, headers: sent });
    request.on('response', resolve);
    request.on('timeout', () => request.destroy(new Error(`S3 is silent for ${TIMEOUT_MS} ms`)));
    request.on('error', (error) => {
      // S3 may close a connection that was idle at the very moment in which it is used again.
      if (request.reusedSocket && !retried) resolve(get(path, headers, true));
      else reject(error);
    });
    request.end();
    return promise;
  }

  return async (request: HttpRequest): Promise<HttpAnswer> => {
    if (!canBeKey(request.path)) return { status: 404, headers: {}, body: NO_BODY };
    const condition = request.headers['if-none-match'];
    const path = `/${bucketName}${request.path}`;
    const response = await get(path, condition ? { 'if-none-match': condition } : {});
    const status = response.statusCode ?? 0;
    const body = await readObject(response);
    if (status !== 200 && status !== 304) return { status, headers: {}, body: NO_BODY };
    const named = PASSED.map((name) => [name, response.headers[name]] as const);
    const present = named.filter(([, value]) => value !== undefined);
    return { status, headers: Object.fromEntries(present), body };
  };
}

/** False for a path that does not decode, or whose dots could lead out of the bucket. */
function canBeKey(path: string): boolean {
  try {
    const segments = decodeURIComponent(path).split(/[/\\]/);
    return !segments.includes('..') && !segments.includes('.');
  } catch {
    return false;
  }
}

async function readObject(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_OBJECT_BYTES) throw new Error('an object in the bucket is no photo of ours');
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
