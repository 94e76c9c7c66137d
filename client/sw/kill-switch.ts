// Published in the worker's place, this removes it: no routes, nothing kept, no registration. Pages that are open go on
// with the network.

import { AVATAR_CACHE, SHELL_CACHE } from './cache-names.ts';
import { forget } from './forget.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', () => {
  void self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  // Whatever the disk does, the worker goes.
  const emptied = Promise.allSettled([AVATAR_CACHE, SHELL_CACHE].map(forget));
  event.waitUntil(emptied.then(() => self.registration.unregister()));
});
