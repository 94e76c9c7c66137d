// How much of a device the client takes, and how it goes on where it is given nothing.

import { beforeAll, describe, expect, test } from 'vitest';
import { openPhone } from './phone.ts';
import { allSeen, kept, truth, untilControlled, untilKept } from './seen.ts';
import { startWorld, type World } from './world.ts';

const AVATARS = 50;
// The goal of the project; an opaque answer in Cache Storage alone would be charged eleven times that.
const MAX_BYTES = 1_000_000;

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: AVATARS });
  return world.end;
});

test.each([true, false])(
  '50 avatars take less than a megabyte, and are kept once, service workers: %s',
  async (hasServiceWorker) => {
    const phone = await openPhone(world, { hasServiceWorker });
    const page = await phone.newPage();
    if (hasServiceWorker) {
      await page.goto(world.author.page('list', { ids: [] }));
      await untilControlled(page);
    }
    await page.goto(world.author.page('list'));
    await allSeen(page);

    await untilKept(page, AVATARS);
    const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
    // Two kilobytes each at least, or nothing was measured.
    expect(usage).toBeGreaterThan(100_000);
    expect(usage).toBeLessThan(MAX_BYTES);
    const { caches, indexedDb } = await kept(page);
    const expected = hasServiceWorker ? [AVATARS, 0] : [0, AVATARS];
    expect([caches, indexedDb]).toEqual(expected);
  },
);

describe('storage that is blocked', () => {
  test('costs no picture, and is told of', async () => {
    const phone = await openPhone(world, { hasServiceWorker: false });
    await phone.addInitScript(() => {
      const blocked = () => {
        throw new DOMException('blocked', 'SecurityError');
      };
      Object.defineProperty(window, 'localStorage', { get: blocked });
      IDBFactory.prototype.open = blocked;
    });
    const page = await phone.newPage();

    await page.goto(world.author.page('list'));
    const photos = await allSeen(page);

    expect(photos).toEqual(await truth(world));
    const { stats, events } = await page.evaluate(() => ({
      stats: window.miniApp.client.monitor.getStats(),
      events: window.miniApp.events,
    }));
    expect(stats.capabilities).toMatchObject({ localStorage: false, indexedDb: false });
    expect(stats.errors.storage).toBeGreaterThan(0);
    expect(events.map(({ name }) => name)).toContain('storageError');
  });
});
