// How often each call was made, refused ones included, how many ran at the same time, and how often each
// file was had whole.
import { CALLS, type CallName } from './call.ts';

/** The counts of one call; `users` is by user id, for the calls that name a user. */
export interface CallCount {
  total: number;
  inFlight: number;
  peak: number;
  users: Record<string, number>;
}

/**
 * The counts of everything: `calls` by name, `inFlight` and `peak` over all of them; `downloaded` is by
 * `file_unique_id`, downloads alone whose last byte was sent and that no fault had touched.
 */
export interface CounterReport {
  inFlight: number;
  peak: number;
  calls: Record<CallName, CallCount>;
  downloaded: Record<string, number>;
}

/** Counts calls from their start to the end of the answer. */
export interface Counters {
  /** Counts a call; the function that it returns says that the call is over. */
  start(call: CallName, userId: number | undefined): () => void;
  /** Counts a download that the client could have whole. */
  downloaded(uniqueId: string): void;
  report(): CounterReport;
  /** Forgets what is over; what is in flight stays so. */
  reset(): void;
}

/** Nothing counted yet. */
export function createCounters(): Counters {
  const all = { total: 0, inFlight: 0, peak: 0, users: {} };
  const calls = Object.fromEntries(
    CALLS.map((name): [string, CallCount] => [name, { ...all, users: {} }]),
  ) as Record<CallName, CallCount>;
  let downloaded: Record<string, number> = {};

  return {
    start(call, userId) {
      const count = calls[call];
      const { users } = count;
      if (userId !== undefined) users[userId] = (users[userId] ?? 0) + 1;
      begin(count);
      begin(all);
      return () => {
        count.inFlight -= 1;
        all.inFlight -= 1;
      };
    },
    downloaded(uniqueId) {
      downloaded[uniqueId] = (downloaded[uniqueId] ?? 0) + 1;
    },
    report: () => ({ inFlight: all.inFlight, peak: all.peak, calls, downloaded }),
    reset() {
      downloaded = {};
      for (const count of [all, ...Object.values(calls)]) {
        Object.assign(count, { total: 0, peak: count.inFlight, users: {} });
      }
    },
  };
}

function begin(count: CallCount): void {
  count.total += 1;
  count.inFlight += 1;
  count.peak = Math.max(count.peak, count.inFlight);
}
