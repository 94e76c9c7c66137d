// Cache first, then the network; whatever the store does, the page gets what the network gives.

import { Strategy, type StrategyHandler } from 'workbox-strategies';
import { forget } from './forget.ts';
import { marked } from './worker-mark.ts';

/**
 * workbox's CacheFirst, apart from one thing: it puts into the cache that was open when the request came, not into
 * whichever has that name later. A logout that deletes the cache meanwhile leaves the answer with a cache that nobody
 * finds any more, also if the next user has begun another one:
 *
 *   request ── open ───────── fetch ─────────── put (into the old cache: gone)
 *   page            logout: caches.delete ── next user's requests: a new cache
 */
export class PictureStrategy extends Strategy {
  protected override async _handle(request: Request, handler: StrategyHandler): Promise<Response> {
    const opening = caches.open(this.cacheName).catch(() => undefined);
    const cached = await handler.cacheMatch(request).catch(() => undefined);
    if (cached) return marked(cached, 'cache');
    const cache = await opening;
    const response = await handler.fetch(request);
    if (cache) void handler.waitUntil(this.#keep(cache, request, response.clone(), handler));
    return marked(response, 'network');
  }

  /** Never rejects: the answer is under way already. */
  async #keep(cache: Cache, request: Request, response: Response, handler: StrategyHandler) {
    const { cacheName } = this;
    const { event } = handler;
    let newResponse = response;
    for (const callback of handler.iterateCallbacks('cacheWillUpdate')) {
      const allowed = await callback({ request, response: newResponse, event });
      if (!allowed) return;
      newResponse = allowed;
    }
    try {
      await cache.put(request.url, newResponse.clone());
      // Of what a logout took away there is nothing to note down.
      if (!(await caches.match(request.url, { cacheName }))) return;
      await handler.runCallbacks('cacheDidUpdate', { cacheName, request, newResponse, event });
    } catch (error) {
      // The disk is full: pictures are the first thing that a phone can do without. Any other error, such as a body that
      // was cut off, leaves the rest alone.
      if (isFull(error)) await forget(cacheName).catch(() => undefined);
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
