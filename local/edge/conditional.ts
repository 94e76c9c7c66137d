// A viewer that has the bytes already is told so, and gets none.
import { type Headers, type HttpAnswer, type HttpRequest, headerText, NO_BODY } from './message.ts';

/** True if the request's If-None-Match names the answer's ETag, compared weakly (RFC 9110, 13.1.2). */
export function viewerHas(request: HttpRequest, answer: HttpAnswer): boolean {
  const condition = request.headers['if-none-match'];
  if (condition === undefined || answer.status !== 200) return false;
  const etag = headerText(answer.headers, 'etag');
  if (condition === etag) return true;
  const list = headerText(request.headers, 'if-none-match') ?? '';
  if (list.trim() === '*') return true;
  if (etag === undefined) return false;
  // A comma may stand within a tag, so the list is read by its quotes.
  const tags: readonly string[] = list.match(/"[^"]*"/g) ?? [];
  return tags.includes(etag.replace(/^W\//, ''));
}

/** The same answer as a 304: its headers without those that describe the bytes. */
export function notModified(headers: Headers): HttpAnswer {
  const kept = Object.entries(headers).filter(
    ([name]) => !name.startsWith('content-') || name === 'content-location',
  );
  return { status: 304, headers: Object.fromEntries(kept), body: NO_BODY };
}
