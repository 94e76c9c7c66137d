// The first visit: the page was loaded before there was a worker, so its shell is kept while the worker installs.
// Otherwise it would take two visits until it opens offline.

import { shell } from './shell.ts';
import { shellFilesIn, shellKey } from './shell-url.ts';

declare const self: ServiceWorkerGlobalScope;

/** A server that hangs must not hold up the worker. */
const PATIENCE_MS = 5_000;

/** Keeps the pages that are open within the scope and what they load, mostly out of the HTTP cache. Never rejects. */
export async function keepOpenPages(event: ExtendableEvent): Promise<void> {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const pages = open.map(({ url }) => url).filter((url) => url.startsWith(self.registration.scope));
  // A set goes on with what is added while it is gone through.
  const files = new Set(pages.map(shellKey));
  for (const file of files) {
    for (const named of await keep(event, file).catch(() => [])) files.add(named);
  }
}

/** Keeps one file; resolves to those that it names. */
async function keep(event: ExtendableEvent, file: string): Promise<readonly string[]> {
  const request = new Request(file, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const response = await shell.handle({ event, request });
  return response.ok
    ? shellFilesIn(await response.text(), new URL(file), self.location.origin)
    : [];
}
