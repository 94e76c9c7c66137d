// What becomes of a job that could not be done now. Waiting that nobody is to blame for must not use up the
// message's receives, so the job goes back as a new message; a failure counts, and ends in the
// dead-letter queue when it repeats.

import { TelegramThrottled, TelegramUnauthorized } from './errors.ts';
import type { FetchOutcome } from './fetch-photo.ts';

/** `postpone`: a new message after the delay. `retry`: the same message after the delay, one receive older. */
export interface Retry {
  readonly kind: 'postpone' | 'retry';
  readonly delaySeconds: number;
}

// A token that is refused is looked at by a person; until then once a minute is enough.
const UNAUTHORIZED_DELAY_SECONDS = 60;

const FIRST_RETRY_SECONDS = 2;
const MAX_RETRY_SECONDS = 120;

/** When to try again after an outcome; `undefined` if the job is done. */
export function retryAfterOutcome(outcome: FetchOutcome, nowMs: number): Retry | undefined {
  if (outcome.kind !== 'busy') return undefined;
  return {
    kind: 'postpone',
    delaySeconds: Math.max(1, Math.ceil((outcome.untilMs - nowMs) / 1000)),
  };
}

/** When to try again after an error; `receives` counts from 1, retries double from 2 s to 2 min. */
export function retryAfterError(error: unknown, receives: number): Retry {
  if (error instanceof TelegramThrottled) {
    return { kind: 'postpone', delaySeconds: error.retryAfterSeconds };
  }
  if (error instanceof TelegramUnauthorized) {
    return { kind: 'postpone', delaySeconds: UNAUTHORIZED_DELAY_SECONDS };
  }
  const delaySeconds = Math.min(FIRST_RETRY_SECONDS * 2 ** (receives - 1), MAX_RETRY_SECONDS);
  return { kind: 'retry', delaySeconds };
}
