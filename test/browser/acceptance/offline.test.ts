// With nothing left to ask: the processes are ended, not the browser told to be offline.

import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { View } from './author.ts';
import { openPhone } from './phone.ts';
import { allSeen, truth, untilControlled, untilKept } from './seen.ts';
import { startWorld } from './world.ts';

const VIEWS: readonly View[] = ['list', 'partners'];

/**
 * Visits each page on a phone of its own, ends Cameo, reloads both; what was seen then, and how it came. With a worker, the author's server ends
 * as well; without one nothing but the browser's own cache could bring the page and the client's module.
 */
async function reloadedAfter({ hasServiceWorker }: { readonly hasServiceWorker: boolean }) {
  const world = await startWorld({ partners: 12 });
  onTestFinished(world.end);
  const pages: Page[] = [];
  for (const view of VIEWS) {
    const phone = await openPhone(world, { hasServiceWorker });
    const page = await phone.newPage();
    await page.goto(world.author.page(view));
    await allSeen(page);
    await untilKept(page, world.ids.length);
    if (hasServiceWorker) await untilControlled(page);
    pages.push(page);
  }
  const expected = await truth(world);

  await world.cameo.end('SIGKILL');
  await world.front.close();
  if (hasServiceWorker) {
    await world.author.close();
    for (const page of pages) await forgetHttpCache(page);
  }
  for (const page of pages) await page.reload();

  const photos = await Promise.all(pages.map(allSeen));
  const stats = await Promise.all(
    pages.map((page) => page.evaluate(() => window.miniApp.client.monitor.getStats())),
  );
  return { expected, photos, stats };
}

/** What the worker has must be enough: the browser's own cache is nothing to rely on. */
async function forgetHttpCache(page: Page): Promise<void> {
  await (await page.context().newCDPSession(page)).send('Network.clearBrowserCache');
}

describe('after one visit, with Cameo stopped', () => {
  test('a reload shows every picture, the page itself included, where there is a service worker', async () => {
    const { expected, photos, stats } = await reloadedAfter({ hasServiceWorker: true });

    expect(photos).toEqual(VIEWS.map(() => expected));
    for (const { bytes, hitRate } of stats) {
      expect({ network: bytes.network, hitRate }).toEqual({ network: 0, hitRate: 1 });
    }
  });

  test('a reload shows every picture out of IndexedDB on a phone without service workers', async () => {
    const { expected, photos, stats } = await reloadedAfter({ hasServiceWorker: false });

    expect(photos).toEqual(VIEWS.map(() => expected));
    for (const { bySource, bytes, capabilities } of stats) {
      expect(bySource.indexeddb.count).toBe(expected.length);
      expect(bytes.network).toBe(0);
      expect(capabilities).toMatchObject({ indexedDb: true, serviceWorker: false });
    }
  });
});
