// The service worker for whoever has none: a script that is registered or imported as it is.
// A new version takes over at once. What it answers is the network's own or never changes, so that a page of the old
// version finds nothing else than before; and a Mini App that stays open for days would hold up a worker that waits.

import { registerRoute } from 'workbox-routing';
import { SHELL_CACHE } from './cache-names.ts';
import { dropOldForms } from './forget.ts';
import { keepOpenPages } from './keep-open-pages.ts';
import { registerAvatarRoutes } from './register-avatar-routes.ts';
import { shell } from './shell.ts';
import { isShellRequest } from './shell-url.ts';

declare const self: ServiceWorkerGlobalScope;

registerAvatarRoutes();
registerRoute(isShellRequest, shell);

self.addEventListener('install', (event) => {
  void self.skipWaiting();
  event.waitUntil(keepOpenPages(event));
});

self.addEventListener('activate', (event) => {
  // Claimed, so that the pictures of the first visit pass through here already.
  event.waitUntil(Promise.all([self.clients.claim(), dropOldForms(SHELL_CACHE)]));
});
