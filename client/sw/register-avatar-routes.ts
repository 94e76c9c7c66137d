// The routes of pictures, for a service worker of any make: it needs nothing but this call while it starts.

import { CacheableResponsePlugin } from 'workbox-cacheable-response';
import { ExpirationPlugin } from 'workbox-expiration';
import { registerRoute } from 'workbox-routing';
import { isPictureRequest } from './avatar-request.ts';
import { AVATAR_CACHE } from './cache-names.ts';
import { dropSuperseded } from './drop-superseded.ts';
import { dropOldForms } from './forget.ts';
import { forgetOnMessage } from './forget-on-message.ts';
import { keepPictures } from './kept-picture.ts';
import { PictureStrategy } from './picture-strategy.ts';

declare const self: ServiceWorkerGlobalScope;

const WEEK_SECONDS = 7 * 24 * 60 * 60;

/** What the routes are made with; every part has a default. */
export interface AvatarRoutesOptions {
  /** Which URLs of versioned pictures are kept, if not those of every origin. */
  readonly match?: (url: URL) => boolean;
  /** How many pictures are kept; the one that was not used for longest goes first. Default: 500. */
  readonly maxEntries?: number;
  /** How long a picture is kept after it was last used. Default: 7 days. */
  readonly maxAgeSeconds?: number;
}

/**
 * Answers requests for versioned pictures from a cache, and keeps what the network gives. To be called while the worker
 * starts, before or after its other routes. Everything else goes its way untouched.
 */
export function registerAvatarRoutes(options: AvatarRoutesOptions = {}): void {
  const { match = () => true, maxEntries = 500, maxAgeSeconds = WEEK_SECONDS } = options;
  const strategy = new PictureStrategy({
    cacheName: AVATAR_CACHE,
    plugins: [
      new CacheableResponsePlugin({ statuses: [200] }),
      keepPictures,
      // Makes room when another route of the same worker finds the disk full.
      new ExpirationPlugin({ maxEntries, maxAgeSeconds, purgeOnQuotaError: true }),
      dropSuperseded(),
    ],
  });
  registerRoute((asked) => isPictureRequest(asked) && match(asked.url), strategy);
  self.addEventListener('message', forgetOnMessage);
  self.addEventListener('activate', (event) => event.waitUntil(dropOldForms(AVATAR_CACHE)));
}
