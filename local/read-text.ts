// The body of a request to one of the internal servers, whose callers send little.
import type { IncomingMessage } from 'node:http';

/** Reads it as text. Rejects beyond `maxBytes`, and from a caller who leaves: there is nobody to answer then. */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
