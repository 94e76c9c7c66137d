// When to try again what failed: later each time, never before the server wants it, never all pages at once.

import { Failure } from './request.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

interface Trouble {
  count: number;
  untilMs: number;
  /** Whether it was the server that asked for the pause. */
  isAsked: boolean;
}

/** Tries things that may fail, each under a key of the caller's. */
export interface Attempts {
  /** Does the work, or throws a Failure without a message as long as the last one's pause is not over. */
  attempt<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  /** How often in a row it failed. */
  failuresOf(key: string): number;
  /** Ends all pauses, since the network or the person is back, but those that a server asked for. */
  forgive(): void;
}

/** Makes attempts; `random` gives 0 to 1, and `onFailed` hears of each failure and of the pause after it. */
export function createAttempts(
  nowMs: () => number,
  random: () => number,
  onFailed: (failure: Failure, waitMs: number) => void,
): Attempts {
  const troubles = new Map<string, Trouble>();
  const failuresOf = (key: string) => troubles.get(key)?.count ?? 0;
  return {
    async attempt(key, work) {
      if ((troubles.get(key)?.untilMs ?? 0) > nowMs()) throw new Failure('');
      try {
        const result = await work();
        troubles.delete(key);
        return result;
      } catch (error) {
        const failure = error as Failure;
        const count = failuresOf(key) + 1;
        // Without a value, or with a date, which Cameo does not write: as if it did not ask.
        const askedMs = Number(failure.headers?.get('retry-after')) * 1000 || 0;
        const ownMs = Math.min(FIRST_MS * 2 ** (count - 1), LONGEST_MS) * (1 + random() / 2);
        const waitMs = Math.max(ownMs, askedMs);
        troubles.set(key, { count, untilMs: nowMs() + waitMs, isAsked: askedMs > 0 });
        onFailed(failure, waitMs);
        throw error;
      }
    },
    failuresOf,
    forgive() {
      for (const trouble of troubles.values()) if (!trouble.isAsked) trouble.untilMs = 0;
    },
  };
}
