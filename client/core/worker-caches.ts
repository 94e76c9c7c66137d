// What a service worker keeps of avatars, which a logout has to reach, too.

/** All caches of the worker's have names that begin so. */
const CACHE_PREFIX = 'cameo-avatars';

/** Deletes them; `onError` hears of it where they cannot be reached. */
export async function clearCaches(onError: (error: unknown) => void): Promise<void> {
  try {
    const names = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX));
    await Promise.all(names.map((name) => caches.delete(name)));
  } catch (error) {
    onError(error);
  }
}
