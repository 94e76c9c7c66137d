// What a service worker keeps of avatars, which a logout and an erasure have to reach, too.

import { serviceWorkers } from './service-workers.ts';

/** All caches of the worker's have names that begin so. */
const CACHE_PREFIX = 'cameo-avatars';

/** Has the worker drop what it keeps of these, or of all: its pictures, and its list of what was seen (client/sw). */
export function tellWorker(avatarIds?: readonly string[]): void {
  serviceWorkers()?.controller?.postMessage({ type: 'cameo:forget', avatarIds });
}

/** Deletes them, whether or not a worker runs; `onError` hears of it where they cannot be reached. */
export async function clearCaches(onError: (error: unknown) => void): Promise<void> {
  tellWorker();
  try {
    const names = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX));
    await Promise.all(names.map((name) => caches.delete(name)));
  } catch (error) {
    onError(error);
  }
}
