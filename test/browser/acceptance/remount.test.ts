// The flash that everybody knows: a row that comes back paints its fallback over a picture that is already there.

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { changePhoto } from './change-photo.ts';
import { aliveObjectUrls } from './object-urls.ts';
import { openPhone } from './phone.ts';
import { allSeen, truth, untilControlled } from './seen.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 20 });
  return world.end;
});

const MINUTE_MS = 60_000;
const HALF_AN_HOUR_MS = 30 * MINUTE_MS;

interface Appearance {
  readonly rows: number;
  /** Rows with a picture whose `complete` is true. */
  readonly complete: number;
}

/**
 * Shows the list again; how it is when it was put into the document, before anything is painted. What nobody holds is
 * collected before, as it would be sooner or later.
 */
async function remount(page: Page): Promise<Appearance> {
  await page.evaluate(() => window.miniApp.unmount());
  await page.locator('[data-id]').first().waitFor({ state: 'detached' });
  await page.requestGC();
  return page.evaluate(() => {
    const { mount, ids } = window.miniApp;
    const { promise, resolve } = Promise.withResolvers<Appearance>();
    const observer = new MutationObserver(() => {
      const rows = [...document.querySelectorAll('[data-id]')];
      if (rows.length < ids.length) return;
      observer.disconnect();
      const isThere = ({ complete, naturalWidth }: HTMLImageElement) =>
        complete && naturalWidth === 150;
      const complete = rows.filter((row) => [...row.querySelectorAll('img')].some(isThere));
      resolve({ rows: rows.length, complete: complete.length });
    });
    observer.observe(document.body, { childList: true, subtree: true });
    void mount();
    return promise;
  });
}

describe.each(['list', 'partners'] as const)('20 rows of the page %s', (view) => {
  test('are complete in the first frame when they come back, each time', async () => {
    const phone = await openPhone(world, { hasServiceWorker: true });
    const page = await phone.newPage();
    await page.goto(world.author.page(view));
    await allSeen(page);
    // From here on the browser looks for what is loaded under the worker, and no longer where it was before.
    await untilControlled(page);
    const all = { rows: 20, complete: 20 };
    await expect.poll(() => remount(page), { timeout: 10_000 }).toEqual(all);

    const appearances = [await remount(page), await remount(page), await remount(page)];

    expect(appearances).toEqual([all, all, all]);
  });
});

test('neither remounts nor a replaced photo leave object URLs behind, and a logout none at all', async () => {
  const [id = ''] = world.ids;
  const phone = await openPhone(world, { hasServiceWorker: false });
  const page = await phone.newPage();
  await page.clock.install();
  await page.goto(world.author.page('partners', { options: { live: false } }));
  await allSeen(page);
  const shown = await aliveObjectUrls(page);

  for (let round = 0; round < 20; round++) await remount(page);
  const remounted = await aliveObjectUrls(page);
  await changePhoto(world, id);
  await page.evaluate((changed) => window.miniApp.client.invalidate([changed]), id);
  const expected = await truth(world);
  await expect.poll(() => allSeen(page), { timeout: 10_000 }).toEqual(expected);
  // What nobody shows goes after half an hour, which is looked after every half an hour.
  await page.clock.runFor(2 * HALF_AN_HOUR_MS + MINUTE_MS);
  const replaced = await aliveObjectUrls(page);
  await page.evaluate(() => window.miniApp.client.clear());

  expect({ shown, remounted, replaced }).toEqual({ shown: 20, remounted: 20, replaced: 20 });
  expect(await aliveObjectUrls(page)).toBe(0);
});
