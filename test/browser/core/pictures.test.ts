import { describe, expect, test } from 'vitest';
import { setUpClientWorld, show, showWithErrors, snapshot } from './client-page.ts';

describe('an avatar', () => {
  const world = setUpClientWorld();

  test('is resolved in one call for a whole list, and complete in its first frame', async () => {
    const userIds = Array.from({ length: 24 }, (_, index) => String(100 + index));
    for (const userId of userIds) world.server.setPhoto(userId, `photo${userId}`);
    const page = await world.open();

    const painted = await page.evaluate(async (ids) => {
      await Promise.all(ids.map((id) => window.client.ensure(id, 150)));
      const widths = ids.map((id) => {
        const image = new Image();
        image.src = window.client.getSnapshot(id, 150).src ?? '';
        return image.complete && image.naturalWidth;
      });
      return { widths, stats: window.client.monitor.getStats() };
    }, userIds);

    expect(painted.widths).toEqual(userIds.map(() => 150));
    expect(world.server.resolves().map(({ ids }) => ids)).toEqual([userIds]);
    expect(world.server.pictures()).toHaveLength(24);
    expect(painted.stats).toMatchObject({ requests: 24, hits: 0, apiCalls: 1, apiCallsSaved: 23 });
    expect(painted.stats.bySource.network.count).toBe(24);
    expect(painted.stats.edge).toEqual({ hits: 0, misses: 24 });
  });

  test('is asked for once, however many ask, and again from memory', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();

    const same = await page.evaluate(async () => {
      const [a, b] = await Promise.all([
        window.client.ensure('7', 150),
        window.client.ensure('7', 150),
      ]);
      const again = await window.client.ensure('7', 150);
      return a === b && again === a && again === window.client.getSnapshot('7', 150);
    });

    expect(same).toBe(true);
    expect(world.server.asked).toHaveLength(2);
  });

  test('is known by its avatarId, too, once it is known', async () => {
    world.server.setPhoto('9007199254740993', 'face');
    const page = await world.open();
    const { avatarId } = world.server.record('9007199254740993');

    await show(page, '9007199254740993');
    const byAvatarId = await snapshot(page, avatarId);

    expect(byAvatarId).toMatchObject({ status: 'loaded', photo: 'stored', srcSize: 150 });
  });

  test('shows another width of the photo until the wanted one is there', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();
    await show(page, '7', 64);

    const sizes = await page.evaluate(async () => {
      const before = window.client.getSnapshot('7', 512);
      const after = await window.client.ensure('7', 512);
      return [before.status, before.srcSize, after.srcSize];
    });

    expect(sizes).toEqual(['loaded', 64, 512]);
  });

  test('of a list that the page has needs no call, and its inline picture no request', async () => {
    world.server.setPhoto('7', 'face');
    const record = {
      ...world.server.record('7'),
      inline: await world.server.inline('face', 64),
    };
    const page = await world.open();

    const shown = await page.evaluate((seeded) => {
      window.client.seed([seeded]);
      return window.client.ensure('7', 64);
    }, record);

    expect(shown).toMatchObject({ status: 'loaded', srcSize: 64, source: 'memory' });
    expect(world.server.asked).toEqual([]);
  });

  test.each([
    ['none', null],
    ['unknown', undefined],
  ])('that is %s is an answer, and not asked for again', async (photo, photoId) => {
    if (photoId === null) world.server.setPhoto('7', photoId);
    const page = await world.open();

    const first = await show(page, '7');
    const second = await page.evaluate(() => window.client.ensure('7', 150));

    expect(first).toMatchObject({ status: 'loaded', photo });
    expect(first.src).toBeUndefined();
    expect(second).toEqual(first);
    expect(world.server.asked).toHaveLength(1);
  });

  test('comes of somebody who was nobody, asked for again or seeded', async () => {
    const page = await world.open();
    await Promise.all([show(page, '42'), show(page, '43')]);
    world.server.setPhoto('42', 'face');
    world.server.setPhoto('43', 'other');

    await page.evaluate((record) => {
      window.client.invalidate(['42']);
      window.client.seed([record]);
    }, world.server.record('43'));

    await expect.poll(async () => (await snapshot(page, '42')).srcSize).toBe(150);
    await expect.poll(async () => (await snapshot(page, '43')).srcSize).toBe(150);
  });

  test('whose object URL is gone is fetched again by whoever asks again, and no other one is', async () => {
    world.server.setPhoto('7', 'face');
    world.server.setPhoto('8', 'other');
    const page = await world.open({ cachePolicy: 'memory' });
    const [gone, there] = [(await show(page, '7')).src ?? '', (await show(page, '8')).src];
    await page.evaluate((url) => URL.revokeObjectURL(url), gone);

    await page.evaluate(() => window.client.invalidate(['7', '8']));

    await expect.poll(async () => (await snapshot(page, '7')).src).not.toBe(gone);
    await expect.poll(async () => (await snapshot(page, '7')).srcSize).toBe(150);
    expect((await snapshot(page, '8')).src).toBe(there);
  });

  test('that is prefetched while somebody looks is held once', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();

    const urls = await page.evaluate(async () => {
      const { createObjectURL, revokeObjectURL } = URL;
      const held = new Set<string>();
      URL.createObjectURL = (blob) => {
        const url = createObjectURL(blob);
        held.add(url);
        return url;
      };
      URL.revokeObjectURL = (url) => {
        held.delete(url);
        revokeObjectURL(url);
      };
      await Promise.all([window.client.prefetch(['7']), window.client.ensure('7', 150)]);
      return { held: [...held], shown: window.client.getSnapshot('7', 150).src };
    });

    expect(urls.held).toEqual([urls.shown]);
  });

  test('of an id of no form that there is does not spoil the call of the others', async () => {
    world.server.setPhoto('7', 'face');
    const page = await world.open();

    const [bad, good] = await Promise.all([show(page, '@nobody'), show(page, '7')]);

    expect(bad).toMatchObject({ status: 'loaded', photo: 'unknown' });
    expect(good.srcSize).toBe(150);
    expect(world.server.resolves().map(({ ids }) => ids)).toEqual([['7']]);
  });

  test.each(['image/svg+xml', 'text/html', 'image/webp+xml', 'image/gif'])(
    'never becomes an object URL out of %s',
    async (type) => {
      world.server.setPhoto('7', 'face');
      world.server.intercept(({ url }, response) => {
        if (!url?.startsWith('/avatars/')) return false;
        response
          .writeHead(200, { 'content-type': type })
          .end('<svg xmlns="http://www.w3.org/2000/svg"/>');
        return true;
      });
      const page = await world.open();

      const { snapshot: shown, errors } = await showWithErrors(page, '7');

      expect(shown).toMatchObject({ status: 'error', photo: 'stored' });
      expect(shown.src).toBeUndefined();
      expect(errors).toEqual({ type: 1 });
    },
  );

  test('that is no picture in spite of its type is an error', async () => {
    world.server.setPhoto('7', 'face');
    world.server.intercept(({ url }, response) => {
      if (!url?.startsWith('/avatars/')) return false;
      response.writeHead(200, { 'content-type': 'image/webp' }).end('RIFF');
      return true;
    });
    const page = await world.open();

    const { snapshot: shown, errors } = await showWithErrors(page, '7');

    expect(shown.status).toBe('error');
    expect(errors).toEqual({ decode: 1 });
  });

  test('whose photo is at its address no longer is resolved once more', async () => {
    world.server.setPhoto('7', 'old');
    const record = world.server.record('7');
    world.server.setPhoto('7', 'new');
    const page = await world.open();
    await page.evaluate((seeded) => window.client.seed([seeded]), record);

    await show(page, '7');

    await expect.poll(async () => (await snapshot(page, '7')).record?.photoId).toBe('new');
    await expect.poll(async () => (await snapshot(page, '7')).srcSize).toBe(150);
    expect(world.server.resolves()).toHaveLength(1);
  });

  test('comes out of the HTTP cache where nothing else is kept', async () => {
    world.server.setPhoto('7', 'face');
    const first = await world.open({ cachePolicy: 'none' });
    await show(first, '7');
    const second = await world.open({ cachePolicy: 'none' });

    const shown = await show(second, '7');

    expect(shown.source).toBe('http-cache');
    expect(world.server.pictures()).toHaveLength(1);
    const stats = await second.evaluate(() => window.client.monitor.getStats());
    expect(stats).toMatchObject({ requests: 1, hits: 1, hitRate: 1, edge: { hits: 0, misses: 0 } });
  });

  test('nobody looks at gives its object URL back, and one that is looked at keeps it', async () => {
    world.server.setPhoto('7', 'seven');
    world.server.setPhoto('8', 'eight');
    const page = await world.open({ gcTime: 0 });
    const shown = await show(page, '7');

    const left = await page.evaluate(async () => {
      const stop = window.client.subscribe('8', 150, () => undefined);
      const { src = '' } = await window.client.ensure('8', 150);
      stop();
      return src;
    });

    const isThere = (url = '') =>
      page.evaluate(
        (src) =>
          fetch(src).then(
            (r) => r.ok,
            () => false,
          ),
        url,
      );
    await expect.poll(() => isThere(left), { timeout: 10_000 }).toBe(false);
    expect(await isThere(shown.src)).toBe(true);
    await page.evaluate(() => window.client.destroy());
    expect(await isThere(shown.src)).toBe(false);
  });

  test('is prefetched in one call and at most six pictures at a time', async () => {
    const userIds = Array.from({ length: 20 }, (_, index) => String(100 + index));
    for (const userId of userIds) world.server.setPhoto(userId, `photo${userId}`);
    const page = await world.open();

    // Counted in the page, since HTTP/1.1 alone has no more than six connections.
    const most = await page.evaluate(async (ids) => {
      const { fetch } = window;
      let [now, highest] = [0, 0];
      window.fetch = async (...given) => {
        now += 1;
        highest = Math.max(highest, now);
        try {
          return await fetch(...given);
        } finally {
          now -= 1;
        }
      };
      await window.client.prefetch(ids);
      return highest;
    }, userIds);

    expect(most).toBe(6);
    expect(world.server.resolves()).toHaveLength(1);
    expect((await snapshot(page, '119')).srcSize).toBe(150);
  });
});
