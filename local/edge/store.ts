// The answers that the edge keeps, each with the moments until which it may be given, so that a hit
// compares one number and copies one object. Bytes are bounded; the least recently used goes first.
import { LRUCache } from 'lru-cache';
import { ageMs, type Lifetime, lifetimeOf } from './freshness.ts';
import { type HttpAnswer, headerText } from './message.ts';
import { forViewers } from './response-headers.ts';

/** A stored answer: the origin's own, the same as a hit gives it, and how long it may be used (ms). */
export interface Entry {
  readonly answer: HttpAnswer;
  readonly hit: HttpAnswer;
  readonly bornAtMs: number;
  readonly freshUntilMs: number;
  readonly revalidateUntilMs: number;
  readonly errorUntilMs: number;
}

/** The cache of an edge. */
export interface Store {
  readonly get: (key: string) => Entry | undefined;
  /** Keeps the answer if a shared cache may and has a use for it; else forgets what it had. */
  readonly put: (key: string, answer: HttpAnswer, nowMs: number) => Entry | undefined;
  /** Drops every answer whose key is covered. */
  readonly forget: (covers: (key: string) => boolean) => void;
  readonly size: () => { readonly entries: number; readonly bytes: number };
}

// What an entry costs beside its body: two header objects and the bookkeeping. Measured at 1.1 KB with
// nine headers from the origin; rounded up for longer ones.
const ENTRY_OVERHEAD_BYTES = 1536;

/** Makes an empty store that holds about `maxBytes` of bodies, headers and keys. */
export function createStore(maxBytes: number): Store {
  const cache = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ answer }, key) => ENTRY_OVERHEAD_BYTES + answer.body.length + key.length,
  });
  return {
    get: (key) => cache.get(key),
    put: (key, answer, nowMs) => {
      const entry = entryOf(answer, nowMs);
      if (entry) cache.set(key, entry);
      else cache.delete(key);
      return entry;
    },
    forget: (covers) => {
      for (const key of [...cache.keys()].filter(covers)) cache.delete(key);
    },
    size: () => ({ entries: cache.size, bytes: cache.calculatedSize }),
  };
}

/** The answer as an entry, if a shared cache may keep it and has a use for it. */
export function entryOf(answer: HttpAnswer, nowMs: number): Entry | undefined {
  const lifetime = lifetimeOf(answer, nowMs);
  return lifetime && usableEntry(answer, lifetime, nowMs);
}

/** The stored answer, brought up to date by the headers of a 304 (RFC 9111, 3.2). */
export function refreshed({ answer }: Entry, update: HttpAnswer): HttpAnswer {
  const news = Object.entries(update.headers).filter(([name]) => !name.startsWith('content-'));
  return { ...answer, headers: { ...answer.headers, ...Object.fromEntries(news) } };
}

function usableEntry(answer: HttpAnswer, lifetime: Lifetime, nowMs: number): Entry | undefined {
  const { freshMs, staleWhileRevalidateMs, staleIfErrorMs } = lifetime;
  const lastsMs = freshMs + staleWhileRevalidateMs + staleIfErrorMs;
  if (lastsMs === 0 && headerText(answer.headers, 'etag') === undefined) return;
  const freshUntilMs = nowMs + freshMs;
  return {
    answer,
    hit: forViewers(answer, answer.status < 400 ? 'Hit' : 'Error', true),
    bornAtMs: nowMs - ageMs(answer.headers),
    freshUntilMs,
    revalidateUntilMs: freshUntilMs + staleWhileRevalidateMs,
    // While it may be given stale for the asking, an error is no reason to take it away.
    errorUntilMs: freshUntilMs + Math.max(staleIfErrorMs, staleWhileRevalidateMs),
  };
}
