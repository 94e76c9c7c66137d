// Looks through the cache after pictures were kept, once for all that came meanwhile: a list brings fifty at a time.

import type { WorkboxPlugin } from 'workbox-core/types.js';
import { supersededUrls } from './superseded.ts';

async function sweep(cacheName: string): Promise<void> {
  const cache = await caches.open(cacheName);
  // In the order in which they were kept.
  const urls = (await cache.keys()).map(({ url }) => url);
  await Promise.all(supersededUrls(urls).map((url) => cache.delete(url)));
}

/** Deletes a partner's older photos when a newer one was kept. */
export function dropSuperseded(): WorkboxPlugin {
  let running = Promise.resolve();
  let next: Promise<void> | undefined;
  return {
    cacheDidUpdate: ({ cacheName }) => {
      next ??= running.then(() => {
        next = undefined;
        running = sweep(cacheName).catch(() => undefined);
        return running;
      });
      return next;
    },
  };
}
