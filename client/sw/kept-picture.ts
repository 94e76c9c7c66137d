// What of an answer goes into the cache: whole pictures of the types that a page shows, nothing else.

import type { WorkboxPlugin } from 'workbox-core/types.js';
import { withHeaders } from './worker-mark.ts';

const PICTURE = /^image\/(?:webp|avif|jpeg|png)\b/;

/** Keeps pictures, without the two headers that would make the cache miss what it has. */
export const keepPictures: WorkboxPlugin = {
  cacheWillUpdate: async ({ response }) => {
    if (!PICTURE.test(response.headers.get('Content-Type') ?? '')) return null;
    return withHeaders(response, (headers) => {
      // The date is when the edge got the picture, which may be months ago: workbox would take it for expired. Its
      // age here counts from when it was last used.
      headers.delete('Date');
      // A picture and a fetch differ in Accept; the bytes of a versioned URL don't.
      headers.delete('Vary');
    });
  },
};
