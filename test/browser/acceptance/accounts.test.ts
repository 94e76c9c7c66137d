// Two Telegram accounts on one device: what the first one saw is nobody else's.

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openPhone } from './phone.ts';
import { allSeen, truth, untilControlled, untilKept } from './seen.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 8 });
  return world.end;
});

/** What the client knows of the list without asking anybody. */
function known(page: Page) {
  return page.evaluate(async () => {
    const { client, ids } = window.miniApp;
    await client.ready;
    return ids
      .map((id) => client.getSnapshot(id, 150))
      .filter(({ src, lqip, record }) => src ?? lqip ?? record).length;
  });
}

describe.each([true, false])('of two accounts, service workers: %s', (hasServiceWorker) => {
  test('the second sees nothing of the first, and the first has all again without a picture from the network', async () => {
    const { author, front } = world;
    const phone = await openPhone(world, { hasServiceWorker });
    const page = await phone.newPage();
    await page.goto(author.page('list', { ids: [] }));
    if (hasServiceWorker) await untilControlled(page);
    await page.goto(author.page('list', { scope: 'ada' }));
    await allSeen(page);
    await untilKept(page, world.ids.length);

    const held = front.hold(/^POST \/api\//);
    await page.goto(author.page('list', { scope: 'grace' }));
    await page.waitForFunction(() => window.miniApp);
    const knownToGrace = await known(page);
    const rows = await page.locator('[data-id] img').count();
    held.release();
    const ofGrace = await allSeen(page);
    const before = front.count(/^GET \/avatars\//);
    await page.goto(author.page('list', { scope: 'ada' }));
    const ofAda = await allSeen(page);

    expect({ knownToGrace, rows }).toEqual({ knownToGrace: 0, rows: 0 });
    expect(ofGrace).toEqual(await truth(world));
    expect(ofAda).toEqual(ofGrace);
    expect(front.count(/^GET \/avatars\//)).toBe(before);
  });

  test('a switch on the open page empties it at once, and back again it is full', async () => {
    const { author, front } = world;
    const phone = await openPhone(world, { hasServiceWorker });
    const page = await phone.newPage();
    await page.goto(author.page('list', { scope: 'ada' }));
    await allSeen(page);

    const held = front.hold(/^POST \/api\//);
    const left = await page.evaluate(() => {
      window.miniApp.client.setScope('grace');
      return document.querySelectorAll('[data-id] img').length;
    });
    const knownToGrace = await known(page);
    held.release();
    await page.evaluate(() => window.miniApp.client.setScope('ada'));
    const photos = await allSeen(page);

    expect({ left, knownToGrace }).toEqual({ left: 0, knownToGrace: 0 });
    expect(photos).toEqual(await truth(world));
  });
});
