// Two tabs of one account: what one of them learns, the other shows.

import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { changePhoto } from './change-photo.ts';
import { openPhone } from './phone.ts';
import { allSeen, kept, truth } from './seen.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 6 });
  return world.end;
});

/** Two pages that look for no changes by themselves, so that what one knows can only come from the other. */
async function twoTabs() {
  const phone = await openPhone(world, { hasServiceWorker: false });
  const tabs = [await phone.newPage(), await phone.newPage()] as const;
  for (const tab of tabs) {
    await tab.goto(world.author.page('list', { options: { live: false } }));
    await allSeen(tab);
  }
  return tabs;
}

declare global {
  interface Window {
    /** How often a picture on the page gave way to another one. */
    swaps: number;
  }
}

/** Counts from now on. */
async function countSwaps(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.swaps = 0;
    const observer = new MutationObserver((changes) => {
      window.swaps += changes.length;
    });
    observer.observe(document.body, { subtree: true, attributeFilter: ['src'] });
  });
}

test('a photo that one tab asks for again is the new one in both', async () => {
  const [id = ''] = world.ids;
  const tabs = await twoTabs();
  await changePhoto(world, id);

  await tabs[0].evaluate((changed) => window.miniApp.client.invalidate([changed]), id);

  const expected = await truth(world);
  await expect.poll(() => allSeen(tabs[0]), { timeout: 10_000 }).toEqual(expected);
  await expect.poll(() => allSeen(tabs[1]), { timeout: 10_000 }).toEqual(expected);
});

test('an old answer that comes late brings the old photo back in neither', async () => {
  const [, id = ''] = world.ids;
  const tabs = await twoTabs();
  const [first, second] = tabs;
  const invalidate = (tab: Page) =>
    tab.evaluate((changed) => window.miniApp.client.invalidate([changed]), id);
  const old = world.front.hold(/^POST \/api\/partner\/resolve/, 1);
  await invalidate(first);
  await expect.poll(() => old.waiting).toBe(1);
  await changePhoto(world, id);
  await invalidate(second);
  const expected = await truth(world);
  for (const tab of tabs) {
    await expect.poll(() => allSeen(tab), { timeout: 10_000 }).toEqual(expected);
    await countSwaps(tab);
  }

  // Both tabs asked; which of the two answers is the one that is held is chance.
  const late = first.context().waitForEvent('response', (answer) => /resolve/.test(answer.url()));
  old.release();
  await (await late).finished();

  for (const tab of tabs) {
    expect(await allSeen(tab)).toEqual(expected);
    expect(await tab.evaluate(() => window.swaps)).toBe(0);
  }
  await first.reload();
  expect(await allSeen(first)).toEqual(expected);
});

test('a logout in one tab empties both, and the device', async () => {
  const tabs = await twoTabs();
  const asked = world.front.requests.length;

  await tabs[0].evaluate(() => window.miniApp.client.clear());

  for (const tab of tabs) {
    await tab.waitForFunction(() => document.querySelectorAll('[data-id] img').length === 0);
    const left = await tab.evaluate(() =>
      window.miniApp.ids.map((id) => window.miniApp.client.getSnapshot(id, 150).src),
    );
    expect(left).toEqual(world.ids.map(() => undefined));
  }
  // The other tab may just have been writing, and empties the disk once more behind that.
  const nothing = { localStorage: 0, indexedDb: 0, names: 0, caches: 0 };
  await expect.poll(() => kept(tabs[0])).toEqual(nothing);
  expect(world.front.requests.length).toBe(asked);
});
