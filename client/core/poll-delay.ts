// When to look for changes the next time. Pure: chance comes in as a number.

const POLL_MS = 3_500;

// Ten thousand pages that meet a failing origin are 80 requests a second then.
const MAX_MS = 120_000;

// A timer of more than 2^31 - 1 ms fires at once.
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * Milliseconds until the next look, after so many failures in a row: 3.5 s, doubled by each, and never sooner than the
 * server asked for, up to a day. `chance`, from 0 to 1, adds up to 30 %, so that pages which began together don't go on together.
 */
export function pollDelayMs(failures: number, retryAfterSeconds: number, chance: number): number {
  const delayMs = Math.min(POLL_MS * 2 ** failures, MAX_MS);
  const askedMs = Math.min(retryAfterSeconds * 1000, LONGEST_MS);
  return Math.max(delayMs, askedMs) * (1 + 0.3 * chance);
}
