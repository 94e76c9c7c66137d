// The page itself, from the network while there is one: online it is never older than the server's.

import { CacheableResponsePlugin } from 'workbox-cacheable-response';
import type { WorkboxPlugin } from 'workbox-core/types.js';
import { ExpirationPlugin } from 'workbox-expiration';
import { NetworkFirst } from 'workbox-strategies';
import { SHELL_CACHE } from './cache-names.ts';
import { shellKey } from './shell-url.ts';

/** After this the page that is kept is better than a blank one; what the network sends later is kept for the next time. */
const NETWORK_SECONDS = 3;
/** Scripts of old releases go. A page without a bundler loads a hundred modules; fewer than it loads would lose itself. */
const MAX_ENTRIES = 200;

const SHELL_TYPE = /\b(?:html|javascript|css)\b/;

const keepShell: WorkboxPlugin = {
  cacheKeyWillBeUsed: async ({ request }) => shellKey(request.url),
  // `no-store` is how a page says that it shows what is one person's. Behind a redirect is another page, which the
  // browser refuses from a worker.
  cacheWillUpdate: async ({ response }) => {
    const { headers, redirected } = response;
    const isPrivate = /\bno-store\b/.test(headers.get('Cache-Control') ?? '');
    const isShell = SHELL_TYPE.test(headers.get('Content-Type') ?? '');
    return isShell && !isPrivate && !redirected ? response : null;
  },
};

/** Answers what belongs to the shell. */
export const shell = new NetworkFirst({
  cacheName: SHELL_CACHE,
  networkTimeoutSeconds: NETWORK_SECONDS,
  plugins: [
    new CacheableResponsePlugin({ statuses: [200] }),
    keepShell,
    new ExpirationPlugin({ maxEntries: MAX_ENTRIES }),
  ],
});
