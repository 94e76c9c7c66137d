// What went wrong outside, translated where it happened.

/** A request that brought nothing. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** An HTTP status, or `network`, `timeout`, `type`, `decode`, `authorization`; empty where nothing was tried. */
  readonly code: string;
  /** How long the server asks to be left alone, or a pause that is not over has still to go. */
  readonly waitMs: number;
  /** The miss that `X-Avatar` names. */
  readonly miss: string | null;

  constructor(code: string, waitMs = 0, miss: string | null = null) {
    super(code);
    this.code = code;
    this.waitMs = waitMs;
    this.miss = miss;
  }
}

/** The milliseconds that a Retry-After header asks for, written in seconds or as a date; 0 for none. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  const seconds = Number(header ?? 0);
  const waitMs = Number.isNaN(seconds) ? Date.parse(header ?? '') - nowMs : seconds * 1000;
  return Math.max(0, waitMs || 0);
}
