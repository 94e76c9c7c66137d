// The ranges of `stats`, and the periods in which they are read.

import type { TimeRange } from '../../adapters/metric-data.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The ranges that can be asked for: their length, and the periods in which counts are read, some hundreds at most. */
export const RANGES = {
  '1h': { lengthMs: HOUR_MS, periodMs: MINUTE_MS },
  '24h': { lengthMs: 24 * HOUR_MS, periodMs: 5 * MINUTE_MS },
  '7d': { lengthMs: 7 * 24 * HOUR_MS, periodMs: HOUR_MS },
} as const;

/** The name of a range. */
export type Range = keyof typeof RANGES;

/** The range up to the end of the period that has begun. */
export function rangeUntil(
  nowMs: number,
  { lengthMs, periodMs }: (typeof RANGES)[Range],
): TimeRange {
  const toMs = Math.ceil(nowMs / periodMs) * periodMs;
  return { fromMs: toMs - lengthMs, toMs, periodMs };
}
