// Errors as a caller sees them: RFC 9457 problem details, with nothing of our inside.

import { BodyTooLarge, Erased, InvalidInput, NOT_FOUND_TITLE, NotFound } from '../core/errors.ts';
import { Challenge } from './challenge.ts';
import type { HttpResult } from './http-handler.ts';

/** An `application/problem+json` answer; not cached unless `headers` says so. */
export function problem(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): HttpResult {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify({ status, title, detail }),
  };
}

/** The answer to an error, or `undefined` for one that is not the caller's doing. */
export function problemOf(error: unknown): HttpResult | undefined {
  if (error instanceof InvalidInput) return problem(400, 'Invalid input', error.message);
  if (error instanceof NotFound) return problem(404, NOT_FOUND_TITLE, error.message);
  if (error instanceof Erased) return problem(410, 'Erased', error.message);
  if (error instanceof BodyTooLarge) return problem(413, 'Body too large', error.message);
  if (error instanceof Challenge) {
    const headers = { 'www-authenticate': error.schemes.join(', ') };
    return problem(401, 'Not signed in', error.message, headers);
  }
  return undefined;
}
