// When to try again what failed: later each time, never before the server wants it, never all at once.

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/** Remembers what failed, by a key of the caller's. */
export interface BackOff {
  /** Milliseconds until the key may be tried; 0 for now. */
  waitMs(key: string): number;
  /** Counts a failure, after which the server asked for a pause of so many milliseconds or none. */
  failed(key: string, askedMs: number): void;
  succeeded(key: string): void;
  /** Lets all be tried at once, since the network or the person is back, but what a server wants left alone. */
  forgive(): void;
}

/** Makes a back-off; `random` gives 0 to 1 and spreads the tries of many pages over half of the time. */
export function createBackOff(nowMs: () => number, random: () => number): BackOff {
  const failures = new Map<string, { count: number; untilMs: number; isAsked: boolean }>();
  return {
    waitMs: (key) => Math.max(0, (failures.get(key)?.untilMs ?? 0) - nowMs()),
    failed(key, askedMs) {
      const count = (failures.get(key)?.count ?? 0) + 1;
      const ownMs = Math.min(FIRST_MS * 2 ** count, LONGEST_MS) * (0.5 + random() / 2);
      const untilMs = nowMs() + Math.max(ownMs, askedMs);
      failures.set(key, { count, untilMs, isAsked: askedMs > 0 });
    },
    succeeded(key) {
      failures.delete(key);
    },
    forgive() {
      for (const failure of failures.values()) if (!failure.isAsked) failure.untilMs = 0;
    },
  };
}
