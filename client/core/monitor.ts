// Counts what the client does.

import type { AvatarSource, AvatarStats, SourceStats } from './types.ts';

const SOURCES = ['memory', 'indexeddb', 'service-worker', 'http-cache', 'network'] as const;

/** Times kept of each source, the latest: a percentile of thousands would say no more. */
const MOST_TIMES = 256;

/** What the rest of the client tells the monitor. */
export interface Monitor {
  /** A picture was asked for. */
  requested(): void;
  /** It came from here, so many milliseconds after it was asked for. */
  shown(source: AvatarSource, tookMs: number): void;
  fetched(bytes: number, edge: 'hits' | 'misses' | undefined): void;
  /** A record was needed. */
  needed(): void;
  called(): void;
  polled(): void;
  failed(code: string): void;
  stats(memoryBytes: number, capabilities: AvatarStats['capabilities']): AvatarStats;
}

/** Makes a monitor with everything at zero. */
export function createMonitor(): Monitor {
  const count = { requests: 0, hits: 0, needed: 0, apiCalls: 0, livePolls: 0, network: 0 };
  const edge = { hits: 0, misses: 0 };
  const errors: Record<string, number> = {};
  const times = new Map(SOURCES.map((source) => [source, { count: 0, latestMs: [] as number[] }]));
  return {
    requested: () => count.requests++,
    shown(source, tookMs) {
      if (source !== 'network') count.hits++;
      const seen = times.get(source);
      if (seen) seen.latestMs[seen.count++ % MOST_TIMES] = tookMs;
    },
    fetched(bytes, said) {
      count.network += bytes;
      if (said) edge[said]++;
    },
    needed: () => count.needed++,
    called: () => count.apiCalls++,
    polled: () => count.livePolls++,
    failed(code) {
      if (code) errors[code] = (errors[code] ?? 0) + 1;
    },
    stats: (memory, capabilities) => ({
      requests: count.requests,
      hits: count.hits,
      hitRate: count.hits / (count.requests || 1),
      bySource: Object.fromEntries(
        [...times].map(([source, seen]) => [source, summaryOf(seen)]),
      ) as Record<AvatarSource, SourceStats>,
      apiCalls: count.apiCalls,
      apiCallsSaved: Math.max(0, count.needed - count.apiCalls),
      livePolls: count.livePolls,
      errors: { ...errors },
      bytes: { network: count.network, memory },
      edge: { ...edge },
      capabilities,
    }),
  };
}

function summaryOf({ count, latestMs }: { count: number; latestMs: number[] }): SourceStats {
  const sorted = latestMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { count, p50: at(0.5), p95: at(0.95) };
}
