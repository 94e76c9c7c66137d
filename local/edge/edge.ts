// The edge: between viewers and origins, it caches as CloudFront does, as a shared cache by RFC 9111.
// A hit costs one look at the store and one comparison of numbers.
import type { BehaviourDeclaration } from '../../core/topology.ts';
import { type Behaviour, behaviourFinder, selectQuery } from './behaviour.ts';
import { notModified, viewerHas } from './conditional.ts';
import { badGateway, createFetcher, type Fetched, type Lookup } from './fetcher.ts';
import { coverage } from './invalidation.ts';
import { type HttpAnswer, type HttpRequest, NO_BODY, problem } from './message.ts';
import { bareRequest, passedOnRequest } from './origin-request.ts';
import { askOrigins, type Origins } from './origins.ts';
import { type CacheResult, forViewers, preflightHeaders } from './response-headers.ts';
import { createStore, type Entry } from './store.ts';

/** What an edge has done since it was made; each request is one of hits, misses, refreshHits, errors. */
export interface EdgeStats {
  readonly requests: number;
  readonly hits: number;
  readonly misses: number;
  readonly refreshHits: number;
  readonly errors: number;
  readonly originRequests: { readonly api: number; readonly photos: number };
  /** Stored answers, and about how much memory they take. */
  readonly entries: number;
  readonly bytes: number;
}

/** What an edge is made of; `now` is a clock in milliseconds. */
export interface EdgeOptions {
  readonly behaviours: readonly BehaviourDeclaration[];
  readonly origins: Origins;
  readonly now?: () => number;
  /** Told of each origin that gave no answer. */
  readonly onError?: (error: unknown) => void;
  /** About how much memory the cache takes; 64 MB unless told. */
  readonly maxBytes?: number;
}

/** An edge; `respond` never rejects because of an origin. */
export interface Edge {
  readonly respond: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Forgets what these invalidation paths cover; whoever asks from now on gets nothing that was asked before. */
  readonly invalidate: (paths: readonly string[]) => void;
  readonly stats: () => EdgeStats;
}

const COUNTED = {
  Hit: 'hits',
  Miss: 'misses',
  RefreshHit: 'refreshHits',
  Error: 'errors',
} as const;

/** Makes an edge with an empty cache. */
export function createEdge(options: EdgeOptions): Edge {
  const { behaviours, origins, now = Date.now, onError = () => {} } = options;
  const behaviourOf = behaviourFinder(behaviours);
  const store = createStore(options.maxBytes ?? 64 * 1024 * 1024);
  const counts = { requests: 0, hits: 0, misses: 0, refreshHits: 0, errors: 0 };
  const { ask, asked } = askOrigins(origins, onError);
  const fetcher = createFetcher(store, ask, now);

  async function respond(request: HttpRequest): Promise<HttpAnswer> {
    counts.requests++;
    const behaviour = behaviourOf(request.path);
    if (behaviour.cache === 'never') return passOn(request, behaviour, passedOnRequest(request));
    const query = selectQuery(request.query, behaviour.cache);
    if (request.method === 'OPTIONS') {
      return passOn(request, behaviour, bareRequest(request, query));
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed();
    const key = query === '' ? request.path : `${request.path}?${query}`;
    const lookup = { request, behaviour, query, key };

    const entry = store.get(key);
    const nowMs = now();
    if (entry === undefined || nowMs >= entry.revalidateUntilMs) return missed(lookup);
    if (nowMs >= entry.freshUntilMs) void fetcher.collapsed(lookup);
    return found(request, entry, nowMs);
  }

  async function missed(lookup: Lookup): Promise<HttpAnswer> {
    const { request, key } = lookup;
    const running = fetcher.running(key);
    const fetched = await (running ?? fetcher.collapsed(lookup));
    if (running === undefined) return given(request, fetched);
    // Whoever waited shares what anyone may have. Anything else was for the viewer who asked.
    if (fetched.sharing === 'one') return given(request, await fetcher.alone(lookup));
    return fetched.entry ? found(request, fetched.entry, now()) : given(request, fetched);
  }

  async function passOn(
    request: HttpRequest,
    { origin, cache }: Behaviour,
    passedOn: HttpRequest,
  ): Promise<HttpAnswer> {
    const answer = (await ask(origin, passedOn)) ?? badGateway().answer;
    const given = counted(answer, answer.status < 400 ? 'Miss' : 'Error');
    return { ...given, headers: { ...given.headers, ...preflightHeaders(request, cache) } };
  }

  /** From the cache: the entry's own headers and its age, nothing worked out again. */
  function found(request: HttpRequest, { hit, bornAtMs }: Entry, nowMs: number): HttpAnswer {
    counts[hit.status < 400 ? 'hits' : 'errors']++;
    const age = String(Math.max(0, Math.floor((nowMs - bornAtMs) / 1000)));
    const headers = { ...hit.headers, age };
    return tailored(request, { status: hit.status, headers, body: hit.body });
  }

  function given(request: HttpRequest, { answer, result, entry }: Fetched): HttpAnswer {
    if (entry && result === 'Hit') return found(request, entry, now());
    return tailored(request, counted(answer, result));
  }

  function counted(answer: HttpAnswer, result: CacheResult): HttpAnswer {
    counts[COUNTED[result]]++;
    return forViewers(answer, result, result === 'RefreshHit');
  }

  const notAllowed = () =>
    counted(problem(405, 'Method Not Allowed', { allow: 'GET, HEAD, OPTIONS' }), 'Error');

  function invalidate(paths: readonly string[]): void {
    const covers = coverage(paths);
    store.forget(covers);
    fetcher.forget(covers);
  }

  return {
    respond,
    invalidate,
    stats: () => ({ ...counts, originRequests: { ...asked }, ...store.size() }),
  };
}

/** What of a whole answer this viewer wants. */
function tailored(request: HttpRequest, answer: HttpAnswer): HttpAnswer {
  if (viewerHas(request, answer)) return notModified(answer.headers);
  return request.method === 'HEAD' ? { ...answer, body: NO_BODY } : answer;
}
