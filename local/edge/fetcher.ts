// The edge's side towards the origins: what it asks, what of the answer it keeps, and with whom an answer
// may be shared. Misses of one key at the same time are one request (fault 1).
import type { Behaviour } from './behaviour.ts';
import { type HttpAnswer, type HttpRequest, headerText, problem } from './message.ts';
import { cacheableRequest } from './origin-request.ts';
import type { AskOrigins } from './origins.ts';
import type { CacheResult } from './response-headers.ts';
import { type Entry, entryOf, refreshed, type Store } from './store.ts';

/** A viewer's request with what its behaviour makes of it. */
export interface Lookup {
  readonly request: HttpRequest;
  readonly behaviour: Behaviour;
  readonly query: string;
  readonly key: string;
}

/** What a request to the origin brought: for `all` who wait, or for the `one` who asked. */
export interface Fetched {
  readonly answer: HttpAnswer;
  readonly result: CacheResult;
  readonly sharing: 'all' | 'one';
  readonly entry?: Entry | undefined;
}

/** The ways to the origin; none of them rejects. */
export interface Fetcher {
  /** The request for this key that is under way. */
  readonly running: (key: string) => Promise<Fetched> | undefined;
  /** Joins the request that is under way, or starts it. */
  readonly collapsed: (lookup: Lookup) => Promise<Fetched>;
  readonly alone: (lookup: Lookup) => Promise<Fetched>;
  /** What is under way for a covered key is neither kept nor shared with whoever asks from now on. */
  readonly forget: (covers: (key: string) => boolean) => void;
}

/** A request to the origin; `isForgotten` if its key was invalidated meanwhile: it may bring what was there before. */
interface Asking {
  readonly key: string;
  isForgotten: boolean;
}

/** Makes a fetcher that keeps in `store` what a shared cache may keep. */
export function createFetcher(store: Store, ask: AskOrigins, now: () => number): Fetcher {
  const flights = new Map<string, Promise<Fetched>>();
  const underWay = new Set<Asking>();

  function collapsed(lookup: Lookup): Promise<Fetched> {
    const { key } = lookup;
    const running = flights.get(key);
    if (running) return running;
    const flight = alone(lookup).finally(() => {
      // A forgotten one has no place here any more, and must not end its successor's.
      if (flights.get(key) === flight) flights.delete(key);
    });
    flights.set(key, flight);
    return flight;
  }

  async function alone({ request, behaviour, query, key }: Lookup): Promise<Fetched> {
    const old = store.get(key);
    const etag = old && headerText(old.answer.headers, 'etag');
    const asking: Asking = { key, isForgotten: false };
    underWay.add(asking);
    const answer = await ask(behaviour.origin, cacheableRequest(request, query, etag));
    underWay.delete(asking);
    const nowMs = now();
    const failed = answer === undefined || answer.status >= 500;
    if (failed && old && nowMs < old.errorUntilMs && !asking.isForgotten) return stale(old);
    if (answer === undefined) return badGateway();
    if (answer.status === 304) {
      return old ? kept(asking, refreshed(old, answer), 'RefreshHit', nowMs) : badGateway();
    }
    return kept(asking, answer, answer.status < 400 ? 'Miss' : 'Error', nowMs);
  }

  /** Of a forgotten answer nothing is stored, but whoever waited for it asked before, and may share it. */
  function kept(
    { key, isForgotten }: Asking,
    answer: HttpAnswer,
    result: CacheResult,
    nowMs: number,
  ): Fetched {
    const entry = isForgotten ? entryOf(answer, nowMs) : store.put(key, answer, nowMs);
    const sharing = entry && entry.freshUntilMs > nowMs ? 'all' : 'one';
    return { answer, result, sharing, entry };
  }

  function forget(covers: (key: string) => boolean): void {
    for (const asking of underWay) asking.isForgotten ||= covers(asking.key);
    for (const key of [...flights.keys()].filter(covers)) flights.delete(key);
  }

  return { running: (key) => flights.get(key), collapsed, alone, forget };
}

function stale(entry: Entry): Fetched {
  return { answer: entry.answer, result: 'Hit', sharing: 'all', entry };
}

/** Ours and the same for everybody, so those who wait need not each knock at a dead origin. */
export function badGateway(): Fetched {
  return { answer: problem(502, 'Bad Gateway'), result: 'Error', sharing: 'all' };
}
