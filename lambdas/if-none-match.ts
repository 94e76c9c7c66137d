// Whether the caller has an answer's bytes already (RFC 9110, 13.1.2), for all answers whose ETag names their bytes.

import type { HttpEvent } from './http-handler.ts';

/** Whether the request's If-None-Match names this ETag, compared weakly: the edge weakens that of what it compresses. */
export function callerHas({ headers }: HttpEvent, etag: string): boolean {
  const held = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim());
  return held.some((tag) => tag.replace(/^W\//, '') === etag || tag === '*');
}
