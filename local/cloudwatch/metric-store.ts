// The metrics of the last day, a minute each, in memory: what a restart forgets is not missed on one machine.

import type { MetricId, MetricValues } from './emf.ts';
import { addStatistics, addValue, noStatistics, type Statistics } from './statistics.ts';

/** Metrics that can be asked for. */
export interface MetricStore {
  record(measured: MetricValues): void;
  /** What was measured from a moment on and before another, both rounded down to minutes; absent where nothing was. */
  between(metric: MetricId, fromMs: number, untilMs: number): Statistics | undefined;
}

const MINUTE_MS = 60_000;

/** A day of minutes: about 30 MB where every metric is measured in each of them, with values of all kinds. */
export const KEPT_MINUTES = 24 * 60;

/** An empty store; `nowMs` is the wall clock, in milliseconds since the epoch. */
export function metricStore(nowMs: () => number = Date.now): MetricStore {
  const series = new Map<string, Map<number, Statistics>>();
  const firstKept = () => minuteOf(nowMs()) - KEPT_MINUTES + 1;

  function minutesOf(metric: MetricId): Map<number, Statistics> {
    const key = keyOf(metric);
    const known = series.get(key) ?? new Map<number, Statistics>();
    series.set(key, known);
    return known;
  }

  return {
    record(measured) {
      const minutes = minutesOf(measured);
      for (const [oldest] of minutes) {
        if (oldest >= firstKept()) break;
        minutes.delete(oldest);
      }
      const minute = minuteOf(measured.atMs);
      if (minute < firstKept()) return;
      const statistics = minutes.get(minute) ?? noStatistics();
      for (const value of measured.values) addValue(statistics, value);
      minutes.set(minute, statistics);
    },

    between(metric, fromMs, untilMs) {
      const minutes = series.get(keyOf(metric));
      const total = noStatistics();
      const last = Math.min(minuteOf(untilMs) - 1, minuteOf(nowMs()));
      for (let minute = Math.max(minuteOf(fromMs), firstKept()); minute <= last; minute++) {
        const statistics = minutes?.get(minute);
        if (statistics) addStatistics(total, statistics);
      }
      return total.count > 0 ? total : undefined;
    },
  };
}

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** Dimensions have no order. */
function keyOf({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}
