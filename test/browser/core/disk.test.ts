import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { makeClient, setUpClientWorld, show, snapshot } from './client-page.ts';

/** The keys of the pictures on the disk, without their scope. */
function storedPaths(page: Page, scope = '1'): Promise<string[]> {
  return page.evaluate(
    (of) =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open('cameo-avatars');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const transaction = db.transaction('pictures');
          const reading = transaction.objectStore('pictures').getAllKeys();
          // Closed at once when nothing is under way, so that it holds up nobody who deletes.
          transaction.oncomplete = () => {
            db.close();
            const keys = reading.result as string[][];
            resolve(keys.filter(([scope]) => scope === of).map(([, path]) => path ?? ''));
          };
        };
      }),
    scope,
  );
}

describe('the disk', () => {
  const world = setUpClientWorld();
  const userIds = Array.from({ length: 24 }, (_, index) => String(100 + index));

  test('has the pictures after a reload without a server, all in one transaction', async () => {
    for (const userId of userIds) world.server.setPhoto(userId, `photo${userId}`);
    const page = await world.open();
    await Promise.all(userIds.map((userId) => show(page, userId)));
    await expect.poll(() => storedPaths(page)).toHaveLength(24);
    await page.reload();
    await world.server.stop();
    await page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      const counted = window as unknown as { reads: number };
      counted.reads = 0;
      IDBDatabase.prototype.transaction = function (...given) {
        if (given[1] !== 'readwrite') counted.reads += 1;
        return transaction.apply(this, given);
      };
    });
    await makeClient(page);

    const { sources, reads } = await page.evaluate(async (ids) => {
      // A picture waits for the disk, but not longer than a second.
      await window.client.ready;
      const shown = await Promise.all(ids.map((id) => window.client.ensure(id, 150)));
      return {
        sources: shown.map(({ source }) => source),
        reads: (window as unknown as { reads: number }).reads,
      };
    }, userIds);

    expect(sources).toEqual(userIds.map(() => 'indexeddb'));
    expect(reads).toBe(1);
  });

  test('keeps no picture that a service worker keeps', async () => {
    world.server.setPhoto('7', 'face');
    world.server.setPhoto('8', 'other');
    world.server.intercept(({ url }, response) => {
      if (url?.includes('/face/')) response.setHeader('x-cameo-worker', 'cache');
      return false;
    });
    const page = await world.open();

    const shown = await show(page, '7');
    await show(page, '8');

    expect(shown.source).toBe('service-worker');
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
  });

  test('keeps as many pictures as it may, the last ones', async () => {
    const page = await world.open({ maxEntries: 2 });

    for (const userId of ['7', '8', '9']) {
      world.server.setPhoto(userId, `photo${userId}`);
      await show(page, userId);
      const { avatarId } = world.server.record(userId);
      await expect.poll(async () => (await storedPaths(page)).join()).toContain(avatarId);
    }

    await expect.poll(() => storedPaths(page)).toHaveLength(2);
    expect((await storedPaths(page)).join()).not.toContain(world.server.record('7').avatarId);
  });

  test.each([
    ['another one', 'new'],
    ['none', null],
  ])('loses a photo that became %s', async (_, photoId) => {
    world.server.setPhoto('7', 'old');
    const page = await world.open();
    await show(page, '7');
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    world.server.setPhoto('7', photoId);

    await page.evaluate(() => window.client.invalidate(['7']));

    const kept = photoId ? [expect.stringContaining(`/${photoId}/150.webp`)] : [];
    await expect.poll(() => storedPaths(page)).toEqual(kept);
  });

  test.each(['none', 'memory'] as const)(
    'has nothing where the policy is %s',
    async (cachePolicy) => {
      world.server.setPhoto('7', 'face');
      const page = await world.open({ cachePolicy });

      const shown = await show(page, '7');
      await page.reload();

      expect(shown.srcSize).toBe(150);
      const left = await page.evaluate(async () => [
        localStorage.length,
        (await indexedDB.databases()).length,
      ]);
      expect(left).toEqual([0, 0]);
    },
  );

  test('opens once more when the browser ends the connection', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();
    await show(page, '7');
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    await page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = () => {
        IDBDatabase.prototype.transaction = transaction;
        throw new DOMException('Connection to Indexed Database server lost', 'UnknownError');
      };
    });
    world.server.setPhoto('8', 'other');

    await show(page, '8');

    await expect.poll(() => storedPaths(page)).toHaveLength(2);
    expect(await page.evaluate(() => window.events)).toEqual([]);
  });

  test('that is blocked is told of once, and memory and network go on', async () => {
    world.server.setPhoto('7', 'face');
    await world.phone.addInitScript(() => {
      const refuse = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      };
      Object.defineProperty(window, 'localStorage', { get: refuse });
      IDBFactory.prototype.open = refuse;
    });
    const page = await world.open();

    const shown = await show(page, '7');

    expect(shown.srcSize).toBe(150);
    await expect.poll(() => page.evaluate(() => window.events.length)).toBe(1);
    expect(await page.evaluate(() => window.events[0]?.name)).toBe('storageError');
    const stats = await page.evaluate(() => window.client.monitor.getStats());
    expect(stats.capabilities).toMatchObject({ localStorage: false, indexedDb: false });
    expect(stats.errors.storage).toBeGreaterThan(0);
  });

  test('whose module does not come is told of; names and tiny photos are there, and pictures once it comes', async () => {
    world.server.setPhoto('7', 'face');
    await world.phone.route(/core-later/, (route) => route.abort());
    const broken: Error[] = [];
    const page = await world.open({ gcTime: 0, live: true });
    page.on('pageerror', (error) => broken.push(error));

    const without = await page.evaluate(() => {
      window.client.subscribe('7', 150, () => {});
      return window.client.ensure('7', 150).then(({ status, record }) => [status, record?.userId]);
    });
    await world.phone.unroute(/core-later/);

    expect(without).toEqual(['error', '7']);
    expect(await page.evaluate(() => window.events[0]?.name)).toBe('storageError');
    await page.waitForFunction(() => window.client.getSnapshot('7', 150).srcSize === 150);
    // So are changes.
    await page.waitForFunction(() => window.client.monitor.getStats().livePolls > 0);
    expect(broken).toEqual([]);
  });

  test('that never opens holds nothing up for long', async () => {
    world.server.setPhoto('7', 'face');
    await world.phone.addInitScript(() => {
      IDBOpenDBRequest.prototype.addEventListener = () => undefined;
    });
    const page = await world.open();

    expect((await show(page, '7')).srcSize).toBe(150);
  });

  test('that never opens holds up no logout', async () => {
    await world.phone.addInitScript(() => {
      IDBOpenDBRequest.prototype.addEventListener = () => undefined;
    });
    const page = await world.open();
    await page.evaluate(() => caches.open('cameo-avatars-1'));

    const left = await page.evaluate(() => window.client.clear().then(() => caches.keys()));

    expect(left).toEqual([]);
  });

  test('lets another tab delete it, and is there again', async () => {
    world.server.setPhoto('7', 'face');
    world.server.setPhoto('8', 'other');
    const page = await world.open();
    await show(page, '7');
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    const tab = await world.open({ cachePolicy: 'memory' });

    const answer = await tab.evaluate(deleteDatabase);
    await show(page, '8');

    expect(answer).toBe('success');
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    expect(await page.evaluate(() => window.events)).toEqual([]);
  });

  test('is let go at the end, and what waits still is not begun', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => String(index + 1));
    for (const id of ids) world.server.setPhoto(id, `face${id}`);
    const page = await world.open();
    const held = Promise.withResolvers<void>();
    world.server.intercept(async ({ url }) => {
      if (url?.startsWith('/avatars/')) await held.promise;
      return false;
    });
    const prefetched = page.evaluate((all) => window.client.prefetch(all), ids);
    await expect.poll(() => world.server.pictures()).toHaveLength(6);

    // A handle is there as soon as the client has been told: before any picture comes.
    const closing = await page.evaluateHandle(() => {
      const { close } = IDBDatabase.prototype;
      const name = new Promise<string>((done) => {
        IDBDatabase.prototype.close = function () {
          close.call(this);
          done(this.name);
        };
      });
      window.client.destroy();
      return { name };
    });
    held.resolve();
    await prefetched;

    const closed = await closing.evaluate(({ name }) => name);
    const { requests } = await page.evaluate(() => window.client.monitor.getStats());
    expect([closed, requests]).toEqual(['cameo-avatars', 6]);
  });

  test.each(['{', '{}', '[null]', '[{}]', '"x"'])(
    'that holds %s in the place of records is read as empty',
    async (garbage) => {
      world.server.setPhoto('7', 'face');
      const page = await world.open();
      await page.evaluate((text) => {
        window.client.destroy();
        localStorage.setItem('cameo-avatars:1', text);
      }, garbage);
      await makeClient(page);

      const shown = await show(page, '7');

      expect(shown.srcSize).toBe(150);
      await expect
        .poll(() => page.evaluate(() => localStorage.getItem('cameo-avatars:1')))
        .toContain('Name of 7');
    },
  );

  test('that is full is told of, and everything else goes on', async () => {
    world.server.setPhoto('7', 'face');
    await world.phone.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('Full', 'QuotaExceededError');
      };
    });
    const page = await world.open();

    expect((await show(page, '7')).srcSize).toBe(150);
    await expect
      .poll(() => page.evaluate(() => window.events.map(({ name }) => name)))
      .toEqual(['storageError']);
  });
});

/** Deletes it; resolves to `blocked` if somebody holds it open. */
function deleteDatabase(): Promise<string> {
  return new Promise((done) => {
    const request = indexedDB.deleteDatabase('cameo-avatars');
    request.onsuccess = ({ type }) => done(type);
    request.onblocked = ({ type }) => done(type);
  });
}

describe('scopes and tabs', () => {
  const world = setUpClientWorld();

  test('another account sees nothing of the first one, in memory or on the disk', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();
    await show(page, '7');
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    world.server.asked.length = 0;
    world.server.intercept((_, response) => {
      response.destroy();
      return true;
    });

    const seen = await page.evaluate(async () => {
      const first = window.client.getSnapshot('7', 150).src ?? '';
      window.client.setScope('2');
      const { status, src, record } = window.client.getSnapshot('7', 150);
      const isThere = await fetch(first).then(
        () => true,
        () => false,
      );
      return { isThere, status, src, record };
    });

    expect(seen).toEqual({ isThere: false, status: 'loading', src: undefined, record: undefined });
    await page.reload();
    await makeClient(page, { scope: '2' });
    expect((await snapshot(page, '7')).record).toBeUndefined();
    await makeClient(page, { scope: '1' });
    expect((await snapshot(page, '7')).record?.photoId).toBe('face');
  });

  test('logout empties every tier and every tab, and what is under way does not fill them again', async () => {
    world.server.setPhoto('7', 'face');
    world.server.setPhoto('8', 'other');
    const page = await world.open();
    const tab = await world.open();
    await Promise.all([show(page, '7'), show(tab, '7')]);
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    await page.evaluate(() => caches.open('cameo-avatars-v1'));
    const held = Promise.withResolvers<void>();
    world.server.intercept(async ({ url }) => {
      if (url?.endsWith('resolve')) await held.promise;
      return false;
    });
    const underWay = show(page, '8');
    await expect.poll(() => world.server.resolves().at(-1)?.ids).toEqual(['8']);

    await page.evaluate(() => window.client.clear());
    held.resolve();
    await underWay;

    for (const each of [page, tab]) {
      await expect.poll(async () => (await snapshot(each, '7')).record).toBeUndefined();
      expect((await snapshot(each, '7')).src).toBeUndefined();
    }
    expect((await snapshot(page, '8')).record).toBeUndefined();
    await expect.poll(() => storedPaths(page)).toEqual([]);
    // What the other tab was writing and took back, this one learns of late.
    const left = () => page.evaluate(async () => [localStorage.length, await caches.keys()]);
    await expect.poll(left).toEqual([0, []]);
  });

  test.each([
    ['a call', 'resolve', true],
    ['a call', 'resolve', false],
    ['a picture', '150.webp', true],
    ['a picture', '150.webp', false],
  ])(
    '%s under way at a logout leaves nothing behind (%s, aborted: %s)',
    async (_, end, isAborted) => {
      world.server.setPhoto('8', 'face');
      await world.phone.addInitScript((hasAny) => {
        // Safari before 17.4 cannot end it.
        if (!hasAny) Reflect.deleteProperty(AbortSignal, 'any');
        const counted = window as unknown as { objectUrls: number };
        const { createObjectURL, revokeObjectURL } = URL;
        counted.objectUrls = 0;
        URL.createObjectURL = (blob) => {
          counted.objectUrls += 1;
          return createObjectURL(blob);
        };
        URL.revokeObjectURL = (url) => {
          counted.objectUrls -= 1;
          revokeObjectURL(url);
        };
      }, isAborted);
      const page = await world.open();
      const held = Promise.withResolvers<void>();
      world.server.intercept(async ({ url }) => {
        if (url?.endsWith(end)) await held.promise;
        return false;
      });
      const underWay = show(page, '8');
      await expect.poll(() => world.server.asked.at(-1)?.path).toContain(end);
      const askedUntilLogout = world.server.asked.length;

      await page.evaluate(() => window.client.clear());
      held.resolve();
      await underWay;

      expect(world.server.asked).toHaveLength(askedUntilLogout);
      expect(await storedPaths(page)).toEqual([]);
      const left = await page.evaluate(() => [
        localStorage.length,
        (window as unknown as { objectUrls: number }).objectUrls,
      ]);
      expect(left).toEqual([0, 0]);
    },
  );

  test('an invalidation reaches the other tabs', async () => {
    world.server.setPhoto('7', 'old');
    const page = await world.open();
    const tab = await world.open();
    await Promise.all([show(page, '7'), show(tab, '7')]);
    world.server.setPhoto('7', 'new');

    await page.evaluate(() => window.client.invalidate(['7']));

    await expect.poll(async () => (await snapshot(tab, '7')).record?.photoId).toBe('new');
  });

  test('a photo that another tab learned of replaces the old one here', async () => {
    world.server.setPhoto('7', 'old');
    world.server.setPhoto('8', 'other');
    const page = await world.open();
    const tab = await world.open();
    const { src: old } = await show(page, '7');
    // With the picture everything is written, and nothing writes over what the other tab learns.
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    await show(tab, '7');
    world.server.setPhoto('7', 'new');
    await tab.evaluate((record) => window.client.seed([record]), world.server.record('7'));
    // Written there, and come over to here.
    await expect
      .poll(() => page.evaluate(() => localStorage.getItem('cameo-avatars:1')))
      .toContain('"new"');

    await show(page, '8');

    await expect.poll(async () => (await snapshot(page, '7')).record?.photoId).toBe('new');
    await expect.poll(async () => (await snapshot(page, '7')).src).not.toBe(old);
    expect((await snapshot(page, '7')).srcSize).toBe(150);
  });

  test('after the end nothing is asked', async () => {
    const page = await world.open();

    const calls = await page.evaluate(async () => {
      window.client.destroy();
      await window.client.ensure('7', 150);
      return window.client.monitor.getStats().apiCalls;
    });

    expect(calls).toBe(0);
  });

  test('two tabs keep each other’s records', async () => {
    world.server.setPhoto('7', 'seven');
    world.server.setPhoto('8', 'eight');
    const page = await world.open();
    const tab = await world.open();

    const names = () => tab.evaluate(() => localStorage.getItem('cameo-avatars:1') ?? '');
    await show(page, '7');
    // With the picture everything is written; then it comes over to the other tab.
    await expect.poll(() => storedPaths(page)).toHaveLength(1);
    await expect.poll(names).toContain('Name of 7');
    await show(tab, '8');

    await expect.poll(names).toContain('Name of 8');
    expect(await names()).toContain('Name of 7');
  });
});
