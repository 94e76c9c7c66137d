// What a person would see on the page, and what a device has kept.

import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { Size } from '../../../core/sizes.ts';
import type {} from './object-urls.ts';
import type { World } from './world.ts';

/** A picture on the page. */
export interface Seen {
  readonly id: string;
  /** In pixels; 0 for a picture that is not painted. */
  readonly width: number;
  /** SHA-256 of its bytes, in hex. */
  readonly digest: string;
}

/** Waits until each row shows a picture. */
export async function untilSeen(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('[data-id]')];
    const isPainted = (image: HTMLImageElement) => image.complete && image.naturalWidth > 16;
    const painted = rows.filter((row) => [...row.querySelectorAll('img')].some(isPainted));
    return rows.length === window.miniApp?.ids.length && painted.length === rows.length;
  });
}

/** Waits for that, and tells of all pictures in the order of the list. */
export async function allSeen(page: Page): Promise<Seen[]> {
  await untilSeen(page);
  return seen(page);
}

/** The photos on the page now: not those of 16 px. */
function seen(page: Page): Promise<Seen[]> {
  return page.evaluate(async () => {
    const images = [...document.querySelectorAll<HTMLImageElement>('[data-id] img')];
    const photos = images.filter(({ naturalWidth }) => naturalWidth > 16);
    const hex = (bytes: ArrayBuffer) =>
      [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return Promise.all(
      photos.map(async (image) => {
        const bytes = await window.objectUrls.alive.get(image.src)?.arrayBuffer();
        if (!bytes) throw new Error(`${image.src} is on the page and was given back`);
        return {
          id: image.closest<HTMLElement>('[data-id]')?.dataset.id ?? '',
          width: image.naturalWidth,
          digest: hex(await crypto.subtle.digest('SHA-256', bytes)),
        };
      }),
    );
  });
}

/** What all rows of the list should show now, read from Cameo itself. */
export async function truth({ cameo, records }: World, size: Size = 150): Promise<Seen[]> {
  return Promise.all(
    (await records()).map(async ({ userId, urls }) => {
      const bytes = await (await cameo.get(new URL(urls[size]).pathname)).arrayBuffer();
      const digest = createHash('sha256').update(new Uint8Array(bytes)).digest('hex');
      return { id: userId, width: size, digest };
    }),
  );
}

/** How much of avatars is kept, by where. */
export interface Kept {
  /** Entries of localStorage. */
  readonly localStorage: number;
  /** Records of IndexedDB that hold bytes, and others that name an avatar. */
  readonly indexedDb: number;
  readonly names: number;
  /** Responses in Cache Storage. */
  readonly caches: number;
}

/** Counts what this origin's pages and workers have kept. */
export function kept(page: Page): Promise<Kept> {
  return page.evaluate(async () => {
    const settled = <Value>(request: IDBRequest<Value>): Promise<Value> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const holdsBytes = (value: unknown): boolean =>
      value instanceof ArrayBuffer ||
      value instanceof Blob ||
      (value instanceof Object && Object.values(value).some(holdsBytes));

    const records: unknown[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const named of database.objectStoreNames) {
        const store = database.transaction(named).objectStore(named);
        const [keys, values] = await Promise.all([
          settled(store.getAllKeys()),
          settled(store.getAll()),
        ]);
        records.push(...keys.map((key, index) => [key, values[index]]));
      }
      database.close();
    }
    const responses: Request[] = [];
    for (const name of await caches.keys()) {
      responses.push(...(await (await caches.open(name)).keys()));
    }
    const withBytes = records.filter(holdsBytes);
    const others = records.filter((record) => !holdsBytes(record));
    return {
      localStorage: localStorage.length,
      indexedDb: withBytes.length,
      names: others.filter((record) => /\/avatars\//.test(JSON.stringify(record))).length,
      // The shell is everybody's.
      caches: responses.filter(({ url }) => url.includes('/avatars/')).length,
    };
  });
}

/** Waits until so many pictures are on the disk, wherever: they are written when the page is idle. */
export async function untilKept(page: Page, pictures: number): Promise<void> {
  for (;;) {
    const { indexedDb, caches } = await kept(page);
    if (indexedDb + caches >= pictures) return;
  }
}

/** Waits until a service worker answers for the page. */
export async function untilControlled(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}
