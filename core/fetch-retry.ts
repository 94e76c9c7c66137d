// What becomes of a job that could not be done now. Waiting that nobody is to blame for must not use up the
// message's receives, so the job goes back as a new message; a failure counts, and ends in the
// dead-letter queue when it repeats.

import { FleetPaused, TelegramThrottled, TelegramUnauthorized } from './errors.ts';
import type { FetchJob } from './fetch-job.ts';
import type { FetchOutcome } from './fetch-photo.ts';
import { UNAUTHORIZED_PAUSE_SECONDS } from './telegram-budget.ts';

/** `postpone`: a new message after the delay. `retry`: the same message after the delay, one receive older. */
export interface Retry {
  readonly kind: 'postpone' | 'retry';
  readonly delaySeconds: number;
}

/** A job that is sent again as a new message. */
export interface Postponed {
  readonly job: FetchJob;
  readonly delaySeconds: number;
}

/**
 * Seconds between two looks at a photo that Telegram does not show: a hiccup of Telegram's is over by then, and
 * the owner who hid it need not wait long.
 */
export const SECOND_LOOK_SECONDS = 5;

const SUPERSEDED_DELAY_SECONDS = 1;
const FIRST_RETRY_SECONDS = 2;
const MAX_RETRY_SECONDS = 120;

/** What to send again after an outcome, and when; `undefined` if the job is done. */
export function postponedAfter(
  outcome: FetchOutcome,
  job: FetchJob,
  nowMs: number,
): Postponed | undefined {
  if (outcome.kind === 'busy') return { job, delaySeconds: secondsUntil(outcome.untilMs, nowMs) };
  // Another worker has the lease, or had it. Or nobody had: a write that was long given up arrived late, and made
  // this worker's own lease an older one. The job looks again; most often there is nothing to do.
  if (outcome.kind === 'superseded') return { job, delaySeconds: SUPERSEDED_DELAY_SECONDS };
  if (outcome.kind === 'missing') {
    const again = { ...job, missingPhotoId: outcome.photoId };
    return { job: again, delaySeconds: SECOND_LOOK_SECONDS };
  }
  return undefined;
}

/** When to try again after an error; `receives` counts from 1. */
export function retryAfterError(error: unknown, receives: number, nowMs: number): Retry {
  if (error instanceof TelegramThrottled) {
    return { kind: 'postpone', delaySeconds: error.retryAfterSeconds };
  }
  if (error instanceof FleetPaused) {
    return { kind: 'postpone', delaySeconds: secondsUntil(error.untilMs, nowMs) };
  }
  if (error instanceof TelegramUnauthorized) {
    return { kind: 'postpone', delaySeconds: UNAUTHORIZED_PAUSE_SECONDS };
  }
  return { kind: 'retry', delaySeconds: backOffSeconds(receives) };
}

/** Seconds before a message that failed comes back: doubled from 2 s to 2 min; `receives` counts from 1. */
export function backOffSeconds(receives: number): number {
  return Math.min(FIRST_RETRY_SECONDS * 2 ** (receives - 1), MAX_RETRY_SECONDS);
}

/** Whole seconds until a moment, at least one. */
export function secondsUntil(untilMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
}
