// Answers that are no picture: no photo, no answer at all, a sign-in that ran out, bytes that are something else.

import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPhone } from './phone.ts';
import { allSeen, truth } from './seen.ts';
import { startWorld, type World } from './world.ts';

// The stand-in has no photo of whoever's id ends in 0.
const WITHOUT_PHOTO = ['2010', '2020', '2030'];

let world: World;
let page: Page;

beforeAll(async () => {
  world = await startWorld({ partners: 6 });
  const register = (id: string) => world.cameo.register(id, { firstName: 'Zoë', lastName: 'Q' });
  await Promise.all(WITHOUT_PHOTO.map(register));
  const states = async () => (await world.cameo.resolve(WITHOUT_PHOTO)).map(({ state }) => state);
  while (!(await states()).every((state) => state === 'none'));
  return world.end;
});

beforeEach(async () => {
  page = await (await openPhone(world, { hasServiceWorker: false })).newPage();
});

const MINUTE_MS = 60_000;

/** Rows whose initials, or the silhouette in their place, can be seen. */
function standIns(page: Page): Promise<number> {
  const visible = (elements: Element[]) =>
    elements.filter((element) => getComputedStyle(element).visibility === 'visible').length;
  return page.locator('[data-id] .cameo-initials').evaluateAll(visible);
}

describe('a partner without a photo', () => {
  test('is initials as soon as the list is there, and is not asked for again', async () => {
    const { front, author } = world;
    await page.clock.install();
    await page.goto(author.page('partners', { ids: WITHOUT_PHOTO, options: { live: false } }));
    await expect.poll(() => page.getByText('ZQ', { exact: true }).count()).toBe(3);
    // The client's second module has come, too.
    await page.evaluate(() => window.miniApp.client.ready);
    const asked = front.requests.length;

    await page.clock.runFor(10 * MINUTE_MS);

    expect(front.requests.slice(asked)).toEqual([]);
    const snapshots = await page.evaluate(() =>
      window.miniApp.ids.map((id) => window.miniApp.client.getSnapshot(id, 150)),
    );
    for (const { status, photo, src } of snapshots) {
      expect({ status, photo, src }).toEqual({ status: 'loaded', photo: 'none', src: undefined });
    }
  });
});

describe('a server that never answers', () => {
  test('ends in initials, not in a skeleton for ever', async () => {
    const held = world.front.hold(/^POST \/api\//);
    await page.clock.install();
    await page.goto(world.author.page('partners'));
    await expect.poll(() => held.waiting).toBeGreaterThan(0);

    await page.clock.runFor(MINUTE_MS);

    // Longer than the ten seconds that the animation of the skeleton lasts, whatever the clock of the page says.
    await expect.poll(() => standIns(page), { timeout: 15_000 }).toBe(world.ids.length);
    expect(await page.locator('.cameo-skeleton').count()).toBe(0);
    await held.release();
  });

  test('is not asked in a storm', async () => {
    const asked = world.front.count(/^POST /);
    const held = world.front.hold(/^POST \/api\//);
    await page.clock.install();
    await page.goto(world.author.page('partners', { options: { live: false } }));
    await expect.poll(() => held.waiting).toBeGreaterThan(0);

    await page.clock.runFor(5 * MINUTE_MS);

    // Each takes its 15 seconds and twice the pause before: at most eight, of which some end before they are under way.
    expect(world.front.count(/^POST /) - asked).toBeLessThan(9);
    await held.release();
  });
});

describe('a server that fails', () => {
  test('is asked again, and what it then has comes in by itself', async () => {
    const failed = { status: 503, type: 'application/problem+json', body: '{}' };
    const recover = world.front.replace(/^POST \/api\//, failed);
    await page.clock.install();
    await page.goto(world.author.page('list', { options: { live: false } }));
    await page.waitForFunction(() => window.miniApp?.client.monitor.getStats().errors[503]);

    recover();
    await page.clock.runFor(MINUTE_MS);

    expect(await allSeen(page)).toEqual(await truth(world));
  });
});

describe('a sign-in that ran out', () => {
  test('keeps the pictures, is told of once, and is not tried again', async () => {
    await page.clock.install();
    await page.goto(world.author.page('list', { options: { live: false } }));
    await allSeen(page);
    const asked = world.front.count(/resolve/);

    await page.evaluate((expired) => {
      const { miniApp } = window;
      miniApp.authorization = expired;
      for (const id of miniApp.ids) miniApp.client.invalidate([id]);
    }, world.expiredSignIn());

    await page.waitForFunction(() => window.miniApp.events.length > 0);
    await page.evaluate(() => {
      const { client, ids } = window.miniApp;
      client.invalidate(ids);
      return client.prefetch(ids, 300);
    });
    await page.clock.runFor(5 * MINUTE_MS);
    const events = await page.evaluate(() => window.miniApp.events);
    expect(events).toEqual([{ name: 'unauthorized', detail: { status: 401 } }]);
    expect(await allSeen(page)).toEqual(await truth(world));
    expect(world.front.count(/resolve/) - asked).toBe(1);
  });
});

describe('bytes that are no picture', () => {
  const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

  test.each([
    ['an SVG', { type: 'image/svg+xml', body: SVG }, 'type'],
    ['a page', { type: 'text/html', body: '<!doctype html><p>captive portal' }, 'type'],
    ['a page that calls itself WebP', { type: 'image/webp', body: '<!doctype html>' }, 'decode'],
  ])('%s is not shown', async (_, answer, error) => {
    const restore = world.front.replace(/^GET \/avatars\//, answer);
    await page.goto(world.author.page('list', { options: { live: false } }));

    await page.waitForFunction(
      (code) => (window.miniApp?.client.monitor.getStats().errors[code] ?? 0) > 0,
      error,
    );

    const types = await page.evaluate(() => window.objectUrls.types);
    const pictures = await page.locator('[data-id] img').count();
    restore();
    expect(types.filter((type) => !/^image\/(webp|avif|jpeg|png)$/.test(type))).toEqual([]);
    expect(pictures).toBe(0);
  });
});
