// Counts what the client does.

import type { AvatarSource, AvatarStats, SourceStats } from './types.ts';

/** Times kept of each source, the latest: a percentile of thousands would say no more. */
const MOST_TIMES = 256;

/** What is counted; `needed` are the records that something asked for, `network` the bytes of pictures. */
type Counted = 'requests' | 'apiCalls' | 'needed' | 'livePolls' | 'network' | 'hits' | 'misses';

/** What the rest of the client tells the monitor. */
export interface Monitor {
  add(what: Counted, by?: number): void;
  /** A picture came from here, so many milliseconds after it was asked for. */
  shown(source: AvatarSource, tookMs: number): void;
  /** Something went wrong; an empty code is nothing. */
  failed(code: string): void;
  stats(memory: number, capabilities: AvatarStats['capabilities']): AvatarStats;
}

/** Makes a monitor with everything at zero. */
export function createMonitor(): Monitor {
  const counts = {
    requests: 0,
    apiCalls: 0,
    needed: 0,
    livePolls: 0,
    network: 0,
    hits: 0,
    misses: 0,
  };
  const errors: Record<string, number> = {};
  const times = ['memory', 'indexeddb', 'service-worker', 'http-cache', 'network'].map(
    (source) => ({
      source,
      count: 0,
      latestMs: [] as number[],
    }),
  );
  return {
    add(what, by = 1) {
      counts[what] += by;
    },
    shown(source, tookMs) {
      for (const seen of times) {
        if (seen.source === source) seen.latestMs[seen.count++ % MOST_TIMES] = tookMs;
      }
    },
    failed(code) {
      if (code) errors[code] = (errors[code] ?? 0) + 1;
    },
    stats(memory, capabilities) {
      const { requests, apiCalls, livePolls, network, misses } = counts;
      const bySource = Object.fromEntries(
        times.map(({ source, count, latestMs }) => [source, { count, ...percentilesOf(latestMs) }]),
      ) as Record<AvatarSource, SourceStats>;
      const hits = times.slice(0, -1).reduce((sum, { count }) => sum + count, 0);
      return {
        requests,
        hits,
        hitRate: hits / (requests || 1),
        bySource,
        apiCalls,
        apiCallsSaved: Math.max(0, counts.needed - apiCalls),
        livePolls,
        errors: { ...errors },
        bytes: { network, memory },
        edge: { hits: counts.hits, misses },
        capabilities,
      };
    },
  };
}

function percentilesOf(timesMs: readonly number[]): Pick<SourceStats, 'p50' | 'p95'> {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
