// Takes back what the worker keeps: the caches, and what workbox-expiration notes of them in IndexedDB.

import { CacheExpiration } from 'workbox-expiration';
import { isOldForm } from './cache-names.ts';

/** Deletes a cache and the list of its URLs: an URL tells whose picture somebody saw. */
export async function forget(cacheName: string): Promise<void> {
  await caches.delete(cacheName);
  await new CacheExpiration(cacheName, { maxEntries: 1 }).delete();
}

/** Deletes what is kept in any other form than `current`. */
export async function dropOldForms(current: string): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => isOldForm(name, current)).map(forget));
}
