import { describe, expect, test } from 'vitest';
import { comeBack, makeClient, setUpClientWorld, show, snapshot } from './client-page.ts';

describe('freshness', () => {
  const world = setUpClientWorld();

  test('a second visit makes no call, and has record and LQIP before anything is asked', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();
    await show(page, '7');
    await page.reload();
    await makeClient(page);

    const first = await snapshot(page, '7');
    const shown = await show(page, '7');

    expect(first).toMatchObject({ status: 'idle', photo: 'stored', lqip: expect.any(String) });
    expect(first.record?.name).toBe('Name of 7');
    expect(shown.srcSize).toBe(150);
    expect(world.server.resolves()).toHaveLength(1);
  });

  test('a stale record is shown at once and asked for behind it', async () => {
    world.server.setPhoto('7', 'old');
    const page = await world.open({ staleTime: 0 });
    await show(page, '7');
    world.server.setPhoto('7', 'new');

    const { hadPicture, sources } = await page.evaluate(async () => {
      const seen: (string | undefined)[] = [];
      window.client.subscribe('7', 150, () => {
        seen.push(window.client.getSnapshot('7', 150).src);
      });
      const at = await window.client.ensure('7', 150);
      await new Promise((updated) => window.client.on('updated', updated));
      return { hadPicture: at.src !== undefined, sources: seen };
    });

    expect(hadPicture).toBe(true);
    expect(sources.length).toBeGreaterThan(0);
    expect(sources).not.toContain(undefined);
    expect((await snapshot(page, '7')).record?.photoId).toBe('new');
    const { avatarId } = world.server.record('7');
    const events = await page.evaluate(() => window.events);
    expect(events).toEqual([{ name: 'updated', event: { ids: [avatarId, '7'] } }]);
  });

  test('coming back to the page asks for what is stale, once for all', async () => {
    world.server.setPhoto('7', 'seven');
    world.server.setPhoto('8', 'eight');
    const page = await world.open({ staleTime: 1 });
    await Promise.all([show(page, '7'), show(page, '8')]);
    world.server.asked.length = 0;

    await comeBack(page);

    await expect.poll(() => world.server.resolves().length).toBe(1);
    expect(world.server.resolves()[0]?.ids).toHaveLength(2);
  });

  test('a photo that is hidden disappears at once', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();
    await show(page, '7');
    world.server.setPhoto('7', null);

    await page.evaluate(() => window.client.invalidate(['7']));

    await expect.poll(async () => (await snapshot(page, '7')).photo).toBe('none');
    expect((await snapshot(page, '7')).src).toBeUndefined();
  });

  test('an answer that was asked for earlier does not take the place of a later one', async () => {
    world.server.setPhoto('7', 'old');
    const page = await world.open();
    await show(page, '7');
    const held = Promise.withResolvers<void>();
    let isFirst = true;
    world.server.intercept(async ({ url }, response) => {
      if (!url?.endsWith('resolve') || !isFirst) return false;
      isFirst = false;
      const body = JSON.stringify({ partners: [world.server.record('7')] });
      await held.promise;
      response.setHeader('content-type', 'application/json').end(body);
      return true;
    });
    await page.evaluate(() => window.client.invalidate(['7']));
    await expect.poll(() => world.server.resolves().length).toBe(2);
    world.server.setPhoto('7', 'new');
    await page.evaluate(() => window.client.invalidate(['7']));
    await expect.poll(async () => (await snapshot(page, '7')).record?.photoId).toBe('new');

    const answered = page.waitForEvent('requestfinished');
    held.resolve();
    await answered;

    expect((await snapshot(page, '7')).record?.photoId).toBe('new');
  });

  test('an answer that was asked for before an invalidation does not count as fresh', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();
    const held = Promise.withResolvers<void>();
    world.server.intercept(async ({ url }) => {
      if (url?.endsWith('resolve')) await held.promise;
      return false;
    });
    const first = page.evaluate(() => window.client.ensure('7', 150));
    await expect.poll(() => world.server.resolves().length).toBe(1);

    await page.evaluate(() => window.client.invalidate(['7']));
    held.resolve();
    await first;
    await page.evaluate(() => window.client.ensure('7', 150));

    await expect.poll(() => world.server.resolves().length).toBe(2);
  });

  test('a refused sign-in keeps the pictures, tells once, and makes no call until another is given', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open({ staleTime: 0 });
    const before = await show(page, '7');
    world.server.intercept(({ url, headers }, response) => {
      if (!url?.endsWith('resolve') || headers.authorization !== 'tma first') return false;
      response.writeHead(401).end();
      return true;
    });
    world.server.asked.length = 0;

    await page.evaluate(() => window.client.ensure('7', 150));
    await expect.poll(() => page.evaluate(() => window.events)).toHaveLength(1);
    for (let times = 0; times < 3; times++) {
      await comeBack(page);
      await page.evaluate(() => window.client.ensure('8', 150));
    }

    expect(await page.evaluate(() => window.events)).toEqual([
      { name: 'unauthorized', event: { status: 401 } },
    ]);
    expect(world.server.resolves()).toHaveLength(1);
    expect((await snapshot(page, '7')).src).toBe(before.src);
    await page.evaluate(() => {
      window.authorization = 'tma second';
    });
    await comeBack(page);
    await expect.poll(() => world.server.resolves().at(-1)?.authorization).toBe('tma second');
  });

  test('a server that fails is not stormed, and asked again when the network is back', async () => {
    world.server.setPhoto('7', 'face');
    world.server.intercept(({ url }, response) => {
      if (!url?.endsWith('resolve')) return false;
      response.writeHead(500).end();
      return true;
    });
    const page = await world.open();
    // No pause ends by itself, however long all this takes.
    await page.evaluate(() => {
      performance.now = () => 0;
    });

    const failed = await show(page, '7');
    for (let times = 0; times < 5; times++) {
      await page.evaluate(() => window.client.ensure('7', 150));
    }

    expect(failed.status).toBe('error');
    expect(world.server.resolves()).toHaveLength(1);
    world.server.intercept(undefined);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect.poll(async () => (await snapshot(page, '7')).srcSize).toBe(150);
  });

  test('a server that asks for a pause has it, even if the network comes back', async () => {
    world.server.setPhoto('7', 'face');
    world.server.intercept(({ url }, response) => {
      if (!url?.endsWith('resolve')) return false;
      response.writeHead(429, { 'retry-after': '600' }).end();
      return true;
    });
    const page = await world.open();
    await show(page, '7');

    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.evaluate(() => window.client.ensure('7', 150));

    expect(world.server.resolves()).toHaveLength(1);
  });

  test('a picture that fails is tried again by itself', async () => {
    world.server.setPhoto('7', 'face');
    let isFirst = true;
    world.server.intercept(({ url }, response) => {
      if (!url?.startsWith('/avatars/') || !isFirst) return false;
      isFirst = false;
      response.writeHead(503).end();
      return true;
    });
    const page = await world.open();

    const failed = await show(page, '7');

    expect(failed.status).toBe('error');
    await expect
      .poll(async () => (await snapshot(page, '7')).status, { timeout: 10_000 })
      .toBe('loaded');
  });
});

describe('a photo on its way', () => {
  const world = setUpClientWorld();

  test('is waited for at its own address, and needs no call', async () => {
    world.server.setPhoto('7', undefined);
    const page = await world.open();
    const { avatarId } = world.server.record('7');
    world.server.intercept(({ url }) => {
      if (url?.startsWith('/avatars/')) world.server.setPhoto('7', 'face');
      return false;
    });

    const shown = await show(page, '7');

    expect(shown).toMatchObject({ status: 'loaded', photo: 'stored', srcSize: 150 });
    expect(shown.record?.urls[512]).toBe(`${world.server.url}/avatars/${avatarId}/face/512.webp`);
    expect(world.server.resolves()).toHaveLength(1);
    expect(world.server.pictures().map(({ path }) => path)).toEqual([
      `/avatars/${avatarId}?d=404&wait=5`,
    ]);
  });

  test('that turns out to be none is an answer', async () => {
    world.server.setPhoto('7', undefined);
    const page = await world.open();
    world.server.intercept(({ url }) => {
      if (url?.startsWith('/avatars/')) world.server.setPhoto('7', null);
      return false;
    });

    const shown = await show(page, '7', 64);

    expect(shown).toMatchObject({ status: 'loaded', photo: 'none' });
    expect(world.server.pictures()).toHaveLength(1);
  });

  test('is waited for a number of times, and then the wait is the answer', async () => {
    world.server.setPhoto('7', undefined);
    const page = await world.open();

    const first = await show(page, '7');
    expect(first).toMatchObject({ status: 'loading', photo: 'pending' });
    const statusAfterReturn = async () => {
      // It ends the pause between two tries.
      await comeBack(page);
      return (await snapshot(page, '7')).status;
    };
    await expect.poll(statusAfterReturn, { timeout: 10_000 }).toBe('loaded');
    expect((await snapshot(page, '7')).photo).toBe('pending');
    expect(world.server.pictures().length).toBeGreaterThanOrEqual(5);
  });
});
