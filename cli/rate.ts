// How fast the import is: over the last half minute, so that a pause shows, and its end does too.

/** Milliseconds over which the rate is taken. */
export const RATE_WINDOW_MS = 30_000;

const SAMPLE_EVERY_MS = 1_000;

/** Takes the count now and then; tells the rate by it. */
export interface RateMeter {
  /** Partners a second, where `count` have been brought by now; 0 as long as nothing can be said. */
  perSecond(count: number, nowMs: number): number;
}

/** A meter that starts at a count of 0. */
export function rateMeter(startMs: number): RateMeter {
  let samples = [{ count: 0, atMs: startMs }];
  return {
    perSecond(count, nowMs) {
      samples = samples.filter(
        ({ atMs }, index) => atMs >= nowMs - RATE_WINDOW_MS || index === samples.length - 1,
      );
      const [oldest] = samples;
      const newest = samples.at(-1);
      if (!newest || nowMs - newest.atMs >= SAMPLE_EVERY_MS) samples.push({ count, atMs: nowMs });
      if (!oldest || nowMs <= oldest.atMs) return 0;
      return ((count - oldest.count) * 1000) / (nowMs - oldest.atMs);
    },
  };
}

/** Milliseconds until so many are brought; `undefined` while none are. */
export function remainingMs(count: number, perSecond: number): number | undefined {
  if (count === 0) return 0;
  return perSecond > 0 ? (count / perSecond) * 1000 : undefined;
}
