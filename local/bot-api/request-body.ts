// The bytes and parameters of a request. A method takes them as query, urlencoded, JSON or multipart.
import type { IncomingMessage } from 'node:http';

/** A method's parameters, all as text. */
export type Parameters = ReadonlyMap<string, string>;

/** Above the 20 MiB that getFile serves, so that a photo can be too big for it. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** The request's body is over the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The request's body is not what its content type says. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
}

/** The whole body; throws BodyTooLarge. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // What is over the limit is read and dropped: a client that is still sending hears no answer.
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (length > MAX_BODY_BYTES) throw new BodyTooLarge();
  return Buffer.concat(chunks);
}

/** Query and body together, the body winning; throws UnreadableBody. */
export async function readParameters(
  query: URLSearchParams,
  body: Buffer,
  contentType: string,
): Promise<Parameters> {
  try {
    return new Map([...query, ...(await bodyEntries(body, contentType))]);
  } catch (cause) {
    throw new UnreadableBody('the body does not parse', { cause });
  }
}

async function bodyEntries(body: Buffer, contentType: string): Promise<[string, string][]> {
  if (body.length === 0) return [];
  if (contentType.startsWith('application/json')) {
    const object = JSON.parse(body.toString()) as object;
    return Object.entries(object).map(([key, value]) => [key, String(value)]);
  }
  const form = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  return Array.from(await form.formData(), ([key, value]) => [key, String(value)]);
}
