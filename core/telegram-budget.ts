// What all workers of one bot may ask of Telegram together: a rate that adapts, and a pause that all obey.
//
// The rate is a row of slots in time. Each fetch takes the next slot, `intervalMs` after the last one. A fetch
// that somebody waits for may run ahead of its slot by a burst; a warming one may not, and is turned away
// when the row is longer than its patience: so whatever is free goes to viewers first.
//
// Nobody knows Telegram's limits. 15–20 getFile a second on one token have been seen to meet a 429.

/** `miss`: somebody waits for the photo. `warm`: nobody does. */
export type Priority = 'miss' | 'warm';

/** The answer to whoever wants to fetch: when to start, or not to ask again before `untilMs`. */
export type Turn =
  | { readonly kind: 'granted'; readonly startAtMs: number }
  | { readonly kind: 'paused' | 'crowded'; readonly untilMs: number };

/** Milliseconds between two fetches at the highest rate: 20 a second. */
export const MIN_INTERVAL_MS = 50;

/**
 * Milliseconds between two fetches at the lowest rate, 8 a second: about half of what has been seen to meet a 429.
 * Where that is still too much, Telegram's own pauses do the limiting.
 */
export const MAX_INTERVAL_MS = 125;

/** How far ahead of its slot a fetch may start, and how long the row may be for it, in milliseconds. */
export const AHEAD_MS: Readonly<
  Record<Priority, { readonly burst: number; readonly row: number }>
> = {
  miss: { burst: 1_000, row: 4_000 },
  warm: { burst: 0, row: 500 },
};

/**
 * How much longer a pause is for warming, in milliseconds: the misses that waited go first. Those that waited in the
 * queue are back within a second, since a message's delay counts in whole ones.
 */
export const WARM_HOLD_MS = 1_500;

/** How long a refused token pauses the fleet, in seconds: a person looks at it, and until then once a minute is enough. */
export const UNAUTHORIZED_PAUSE_SECONDS = 60;

/** Milliseconds without a 429 after which the rate grows by one fetch a second. */
export const RAISE_EVERY_MS = 10_000;

/** The interval at half the rate. */
export function halvedRate(intervalMs: number): number {
  return Math.min(intervalMs * 2, MAX_INTERVAL_MS);
}

/** The interval when the rate has grown by one fetch a second. */
export function raisedRate(intervalMs: number): number {
  return Math.max(1000 / (1000 / intervalMs + 1), MIN_INTERVAL_MS);
}
