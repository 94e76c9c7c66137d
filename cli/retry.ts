// When a request that met an outage is sent again, and when that is given up.

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;
const MAX_FAILURES = 7;

/**
 * Milliseconds to wait after so many failures in a row, or as many as the server asks for: 1, 2, 4 … 30 s.
 * `undefined` after the seventh, a minute after the first: it is no hiccup.
 */
export function retryDelayMs(failures: number, askedForMs = 0): number | undefined {
  if (failures >= MAX_FAILURES) return undefined;
  return Math.max(Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS), askedForMs);
}

// A wait that a mistyped header makes endless would look like a hang; then it is asked again.
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/** A `Retry-After` in milliseconds, an hour at most: seconds or a date (RFC 9110, 10.2.3); `undefined` for neither. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
