// Every request of the client: bounded in time, without cookies, its errors translated.

import { Failure, retryAfterMs } from './failure.ts';

// Longer than the five seconds that the server may hold a picture that is on its way.
const TIMEOUT_MS = 15_000;

/** Sends a request and reads its answer; throws a Failure for one that is no success. */
export async function request<Answer>(
  url: string,
  init: RequestInit,
  ended: AbortSignal,
  read: (response: Response) => Promise<Answer>,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  // Safari has `any` since 17.4; before that, what is under way at a logout ends by itself and is dropped.
  const signal = AbortSignal.any?.([ended, timeout]) ?? timeout;
  try {
    const response = await fetch(url, { ...init, mode: 'cors', credentials: 'omit', signal });
    if (response.ok) return await read(response);
    const { headers, status } = response;
    const waitMs = retryAfterMs(headers.get('retry-after'), Date.now());
    throw new Failure(`${status}`, waitMs, headers.get('x-avatar'));
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof SyntaxError) throw new Failure('type');
    throw new Failure(timeout.aborted ? 'timeout' : 'network');
  }
}
