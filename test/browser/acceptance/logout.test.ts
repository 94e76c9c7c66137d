// Logout and erasure: nothing is left anywhere, and nothing that is still on its way comes in.

import { beforeAll, describe, expect, test } from 'vitest';
import { openPhone } from './phone.ts';
import { allSeen, kept, untilControlled, untilKept } from './seen.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 8 });
  return world.end;
});

const NOTHING = { localStorage: 0, indexedDb: 0, names: 0, caches: 0 };

describe.each([true, false])('a logout, service workers: %s', (hasServiceWorker) => {
  test('empties memory, localStorage, IndexedDB and Cache Storage', async () => {
    const phone = await openPhone(world, { hasServiceWorker });
    const page = await phone.newPage();
    await page.goto(world.author.page('list', { ids: [] }));
    if (hasServiceWorker) await untilControlled(page);
    await page.goto(world.author.page('list'));
    await allSeen(page);
    await untilKept(page, world.ids.length);
    const before = await kept(page);

    const left = await page.evaluate(async () => {
      const { client, ids } = window.miniApp;
      await client.clear();
      return ids
        .map((id) => client.getSnapshot(id, 150))
        .filter(({ src, record, lqip }) => src ?? record ?? lqip).length;
    });

    expect(before).toMatchObject(hasServiceWorker ? { caches: 8 } : { indexedDb: 8 });
    expect(before.localStorage).toBe(1);
    expect(left).toBe(0);
    expect(await kept(page)).toMatchObject({ localStorage: 0, indexedDb: 0, caches: 0 });
    // The worker's own list of what it had goes behind that.
    await expect.poll(() => kept(page)).toEqual(NOTHING);
  });

  test('is not undone by a picture that was on its way', async () => {
    const { front, author } = world;
    const phone = await openPhone(world, { hasServiceWorker });
    const page = await phone.newPage();
    await page.goto(author.page('list', { ids: [] }));
    if (hasServiceWorker) await untilControlled(page);
    const held = front.hold(/^GET \/avatars\//);
    await page.goto(author.page('list'));
    await expect.poll(() => held.waiting).toBeGreaterThan(0);

    await page.evaluate(() => window.miniApp.client.clear());
    await held.release();

    // What came in would be kept by one of these looks.
    for (let look = 0; look < 10; look++) expect(await kept(page)).toEqual(NOTHING);
    expect(await page.locator('[data-id] img').count()).toBe(0);
  });
});

test.each([true, false])(
  'an erased partner leaves page and device, service workers: %s',
  async (hasServiceWorker) => {
    const { cameo, ids } = world;
    const id = ids[hasServiceWorker ? 0 : 1] ?? '';
    const page = await (await openPhone(world, { hasServiceWorker })).newPage();
    await page.goto(world.author.page('list', { ids: [] }));
    if (hasServiceWorker) await untilControlled(page);
    await page.goto(world.author.page('list', { ids: [id] }));
    await allSeen(page);
    await untilKept(page, 1);

    await cameo.erase(id);
    await page.evaluate((erased) => window.miniApp.client.invalidate([erased]), id);

    await page.locator('[data-id] img').waitFor({ state: 'detached' });
    await expect.poll(() => kept(page)).toMatchObject({ indexedDb: 0, caches: 0 });
  },
);
