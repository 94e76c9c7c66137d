// A service worker that takes the page over: from then on Chromium looks for loaded pictures under that worker, where
// there are none, and an `<img>` that comes back would be empty in its first frame.

import type { PictureMemory } from './memory.ts';
import { serviceWorkers } from './service-workers.ts';

/** Loads what is in memory once more whenever another worker answers for the page, until `ended`. */
export function keepAvailable(memory: PictureMemory, ended: AbortSignal): void {
  const loadAgain = () => {
    for (const picture of memory.values()) {
      const image = new Image();
      image.src = picture.url;
      picture.image = image;
    }
  };
  serviceWorkers()?.addEventListener('controllerchange', loadAgain, { signal: ended });
}
