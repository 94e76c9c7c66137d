// What a test does in a page that has a worker.

import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { newPhone } from '../chromium.ts';

/** Opens a page on a phone of its own. */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const phone = await newPhone(browser, { hasServiceWorker: true });
  onTestFinished(() => phone.close());
  const page = await phone.newPage();
  await page.goto(url);
  return page;
}

/** Registers the worker as the documentation says, and waits until it has the page. */
export async function register(page: Page, path = '/sw.js', scope = '/'): Promise<void> {
  await page.evaluate(
    async ([path, scope]) => {
      const has = new Promise<void>((done) => {
        if (navigator.serviceWorker.controller) done();
        navigator.serviceWorker.addEventListener('controllerchange', () => done());
      });
      await navigator.serviceWorker.register(path, { scope });
      await navigator.serviceWorker.ready;
      await has;
    },
    [path, scope] as const,
  );
}

/** What a page's fetch sees of an answer. */
export interface Seen {
  readonly status: number;
  readonly mark: string | null;
  readonly type: string | null;
  readonly etag: string | null;
  readonly bytes: number;
}

/** Fetches as the client does. */
export function fetched(page: Page, url: string, headers = {}): Promise<Seen> {
  return page.evaluate(
    async ([url, headers]) => {
      const response = await fetch(url, { mode: 'cors', credentials: 'omit', headers });
      return {
        status: response.status,
        mark: response.headers.get('X-Cameo-Worker'),
        type: response.headers.get('Content-Type'),
        etag: response.headers.get('ETag'),
        bytes: (await response.arrayBuffer()).byteLength,
      };
    },
    [url, headers] as const,
  );
}

/** Shows a picture; resolves to its width, 0 if it is broken. */
export function shown(page: Page, url: string, crossOrigin: string | null): Promise<number> {
  return page.evaluate(
    async ([url, crossOrigin]) => {
      const image = new Image();
      image.crossOrigin = crossOrigin;
      image.src = url;
      document.body.append(image);
      await image.decode().catch(() => undefined);
      return image.naturalWidth;
    },
    [url, crossOrigin] as const,
  );
}

/** URLs in the caches whose names begin so, in the order in which they were kept. */
export function kept(page: Page, prefix = 'cameo-avatars'): Promise<string[]> {
  return page.evaluate(async (prefix) => {
    const names = (await caches.keys()).filter((name) => name.startsWith(prefix));
    const lists = await Promise.all(
      names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)),
    );
    return lists.flat();
  }, prefix);
}

interface Note {
  readonly url: string;
  timestamp: number;
}

/** Makes all that is kept look as if it was last used so much earlier; resolves to what there is. */
export function age(page: Page, ms: number): Promise<readonly Note[]> {
  return page.evaluate(
    (ms) =>
      new Promise<readonly Note[]>((done, failed) => {
        const opening = indexedDB.open('workbox-expiration', 1);
        // Made by the worker alone: an empty one would be in its way.
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onerror = () =>
          opening.error?.name === 'AbortError' ? done([]) : failed(opening.error);
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('cache-entries', 'readwrite');
          const store = transaction.objectStore('cache-entries');
          const all: IDBRequest<Note[]> = store.getAll();
          all.onsuccess = () => {
            for (const note of all.result) store.put({ ...note, timestamp: note.timestamp - ms });
          };
          transaction.oncomplete = () => {
            opening.result.close();
            done(all.result);
          };
        };
      }),
    ms,
  );
}

/** URLs that workbox has notes of. */
export async function noted(page: Page): Promise<string[]> {
  return (await age(page, 0)).map(({ url }) => url);
}

/** What a logout does in the page. */
export function deleteAvatarCaches(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('cameo-avatars'));
    await Promise.all(names.map((name) => caches.delete(name)));
  });
}

/** Posts to the worker that has the page. */
export function post(page: Page, message: object): Promise<void> {
  return page.evaluate((message) => {
    navigator.serviceWorker.controller?.postMessage(message);
  }, message);
}

/** An expectation of what happens behind an answer, and on a slow machine late. */
export function soon<Found>(look: () => Found) {
  return expect.poll(look, { timeout: 20_000 });
}

/** Has a picture kept; resolves when it is. */
export async function keep(page: Page, url: string): Promise<void> {
  await fetched(page, url);
  await soon(() => kept(page)).toContain(url);
}
