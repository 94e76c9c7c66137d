import { describe, expect, test } from 'vitest';
import { setUpReactWorld } from './react-page.ts';
import type { Shown } from './stage.tsx';

describe('a box', () => {
  const world = setUpReactWorld();

  const show = (...pictures: Shown[]) =>
    world.page.evaluate((given) => window.stage.show(given), pictures);

  /** What is in the boxes, from the back. */
  const layers = () =>
    world.page
      .locator('.cameo-picture > *')
      .evaluateAll((all) =>
        all.map((layer) =>
          layer instanceof HTMLImageElement && !layer.className
            ? `picture ${layer.naturalWidth}`
            : layer.className.replace('cameo-', '').trim(),
        ),
      );
  const settle = (...expected: string[]) => expect.poll(layers).toEqual(expected);

  /** Keeps everybody waiting for what has this in its path, until the function that is returned is called. */
  const hold = async (part: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await world.page.route(`**/*${part}*`, (route) => promise.then(() => route.continue()));
    return resolve;
  };

  test('has the LQIP while the picture is on its way, and the picture alone when it is there', async () => {
    world.server.setPhoto('1', 'photo');
    const release = await hold('150.webp');

    await show({ userId: '1' });
    await settle('skeleton', 'initials cameo-waiting', 'lqip');
    release();

    await settle('picture 150');
  });

  test('has a skeleton that ends with the answer, in initials where there is no photo', async () => {
    world.server.setPhoto('1', null);
    const release = await hold('resolve');

    await show({ userId: '1', name: 'Ada Lovelace' });
    await settle('skeleton', 'initials cameo-waiting');
    const isHidden = await world.page.locator('.cameo-initials').isHidden();
    release();

    await settle('initials');
    expect(isHidden).toBe(true);
    expect(await world.page.locator('.cameo-initials').innerText()).toBe('AL');
  });

  test('has initials after ten seconds at the latest, whoever does not answer', async () => {
    await hold('resolve');
    await show({ userId: '1', name: 'Ada Lovelace' });

    await world.page.evaluate(() => {
      for (const animation of document.getAnimations()) animation.finish();
    });

    expect(await world.page.locator('.cameo-initials').isVisible()).toBe(true);
  });

  test.each([
    ['nobody', '999', '', ''],
    ['no name', '1', '', ''],
    ['a name of one word', '1', 'Боря', 'Б'],
    ['right to left', '1', 'אבי כהן', 'אכ'],
    ['ideographs', '1', '张伟', '张'],
    ['emoji of several characters', '1', '👩‍🚀 Zoe', '👩‍🚀Z'],
    ['a node of its own', '1', 'Ada', '★', '★'],
  ])('stands in for a photo: %s', async (_, userId, name, expected, fallback?: string) => {
    world.server.setPhoto('1', null);
    await world.page.route('**/api/partner/resolve', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('"N"', '""') });
    });

    await show({ userId, name, fallback });

    await settle('initials');
    expect(await world.page.locator('.cameo-initials').innerText()).toBe(expected);
    const background = await world.page
      .locator('.cameo-initials')
      .evaluate((layer) => getComputedStyle(layer).backgroundImage);
    expect(background).toContain('linear-gradient');
    expect(background.includes('radial-gradient'), 'a silhouette').toBe(!expected);
  });

  test('has initials after an error, which a picture takes the place of', async () => {
    world.server.setPhoto('1', 'photo');
    await world.page.route('**/api/**', (route) => route.fulfill({ status: 500 }));

    await show({ userId: '1' });
    await settle('initials');
    await world.page.unrouteAll();
    await world.page.evaluate(() => window.dispatchEvent(new Event('online')));

    await settle('picture 150');
    expect(await world.page.evaluate(() => window.stage.statuses)).toContain('error');
  });

  test('has initials for a picture that is gone, and asks again once', async () => {
    world.server.setPhoto('1', 'photo');
    await show({ userId: '1', transition: 0 });
    const goes = async () => {
      await settle('picture 150');
      return world.page.evaluate(() => {
        let asked = 0;
        const { invalidate } = window.client;
        window.client.invalidate = () => void asked++;
        document.querySelector('.cameo-picture > img')?.dispatchEvent(new Event('error'));
        window.client.invalidate = invalidate;
        return asked;
      });
    };

    const first = await goes();
    await settle('initials');
    world.server.setPhoto('1', 'other');
    await world.page.evaluate(() => window.client.invalidate(['1']));
    const second = await goes();

    await settle('initials');
    expect([first, second]).toEqual([1, 0]);
    // React tells after it has painted.
    await expect.poll(() => world.page.evaluate(() => window.stage.statuses.at(-1))).toBe('error');
  });

  /** Begins to look, in each frame and after each change, until there is one picture, and it is another one; whether a whole picture was there. */
  const coveredUntilAnother = async () => {
    const looking = await world.page.evaluateHandle(() => {
      const box = document.querySelector('.cameo-picture') as HTMLElement;
      const images = () => [...box.querySelectorAll('img')];
      const former = images()[0]?.src;
      const covered = new Set<boolean>();
      const look = () => {
        const isWhole = (image: HTMLImageElement) =>
          image.complete && image.naturalWidth > 0 && getComputedStyle(image).opacity === '1';
        covered.add(images().some(isWhole));
      };
      new MutationObserver(look).observe(box, { subtree: true, childList: true });
      const lookOn = async () => {
        while (images().length !== 1 || images()[0]?.src === former) {
          await new Promise(requestAnimationFrame);
          look();
        }
        return [...covered];
      };
      // In an object, since a handle of a promise is there only when the promise is kept.
      return { covered: lookOn() };
    });
    return () => looking.evaluate(({ covered }) => covered);
  };

  test.each([200, 0])(
    'never goes blank when the photo is another one, in %i ms',
    async (transition) => {
      world.server.setPhoto('1', 'photo');
      await show({ userId: '1', transition });
      await settle('picture 150');

      world.server.setPhoto('1', 'other');
      const covered = await coveredUntilAnother();
      await world.page.evaluate(() => window.client.invalidate(['1']));

      expect(await covered()).toEqual([true]);
    },
  );

  test('keeps the photo that is there when the next one is gone before it has come in', async () => {
    world.server.setPhoto('1', 'photo');
    await show({ userId: '1', transition: 100_000 });
    await world.page
      .locator('.cameo-fading')
      .evaluate((image) => image.getAnimations()[0]?.finish());
    await settle('picture 150');
    world.server.setPhoto('1', 'other');
    await world.page.evaluate(() => window.client.invalidate(['1']));

    await world.page
      .locator('.cameo-fading')
      .evaluate((image) => image.dispatchEvent(new Event('error')));

    await settle('picture 150');
  });

  test('has a hidden photo no more, nor under the next one', async () => {
    world.server.setPhoto('1', 'photo');
    await show({ userId: '1' });
    await settle('picture 150');

    world.server.setPhoto('1', null);
    await world.page.evaluate(() => window.client.invalidate(['1']));
    await settle('initials');
    world.server.setPhoto('1', 'other');
    const seen = await world.page.evaluate(async () => {
      const sources = new Set<string>();
      const isBack = () => document.querySelector('.cameo-picture > img:only-child');
      window.client.invalidate(['1']);
      while (!isBack()) {
        await new Promise(requestAnimationFrame);
        for (const { src } of document.querySelectorAll('img')) sources.add(src.slice(0, 5));
      }
      return { sources: [...sources], count: document.querySelectorAll('img').length };
    });

    expect(seen).toEqual({ sources: ['blob:'], count: 1 });
  });

  test('fades a picture in that comes late, unless motion is not wanted', async () => {
    for (const userId of ['1', '2']) world.server.setPhoto(userId, `photo${userId}`);
    const fades = async (userId: string) => {
      await show({ userId, transition: 100_000 });
      const fading = world.page.locator('.cameo-fading');
      await expect.poll(() => fading.count()).toBe(1);
      return fading.evaluate((image) => image.getAnimations().length);
    };

    const withMotion = await fades('1');
    await world.page.emulateMedia({ reducedMotion: 'reduce' });
    // Longer than anybody waits here: it ends only if it was none.
    await show({ userId: '2', transition: 100_000 });

    expect(withMotion).toBe(1);
    await settle('picture 150');
  });

  test('asks no element for its animations, which a long list would pay for with each picture', async () => {
    await world.page.evaluate(() => {
      Element.prototype.getAnimations = () => {
        throw new Error('the styles of the whole page are worked out for that');
      };
    });
    world.server.setPhoto('1', 'photo');

    await show({ userId: '1' });

    await settle('picture 150');
  });

  test('has 150 px first and 512 px over it where it is enlarged', async () => {
    world.server.setPhoto('1', 'photo');
    const release = await hold('512.webp');

    await show({ userId: '1', size: 240, progressive: true });
    await settle('picture 150');
    const covered = await coveredUntilAnother();
    release();

    expect(await covered()).toEqual([true]);
    await settle('picture 512');
    const asked = world.server.pictures().map(({ path }) => path.split('/').at(-1));
    expect(asked).toEqual(['150.webp', '512.webp']);
  });

  test('has initials where not even the first picture of an enlarged view could be asked for', async () => {
    await world.page.route('**/api/**', (route) => route.fulfill({ status: 500 }));

    await show({ userId: '1', size: 240, progressive: true });

    await settle('initials');
  });

  test.each([
    ['who saves data', 240, true, true],
    ['a small box', 60, true, false],
    ['a box that is not enlarged', 240, false, false],
  ])('is 150 px for %s', async (_, size, progressive, saveData) => {
    world.server.setPhoto('1', 'photo');
    await world.page.evaluate((saves) => {
      Object.defineProperty(navigator, 'connection', { value: { saveData: saves } });
    }, saveData);

    await show({ userId: '1', size, progressive });

    await settle('picture 150');
    expect(world.server.pictures().map(({ path }) => path.split('/').at(-1))).toEqual(['150.webp']);
  });

  test('asks for nothing that is far from being seen, until it is near', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => String(100 + index));
    for (const userId of rows) world.server.setPhoto(userId, `photo${userId}`);

    await show(...rows.map((userId): Shown => ({ userId, size: 300, loading: 'lazy' })));
    await world.page.locator('.cameo-picture > img:only-child').first().waitFor();
    const asked = world.server.resolves().flatMap(({ ids }) => ids);
    await world.page.locator('.cameo-picture').last().scrollIntoViewIfNeeded();
    await world.page.locator('.cameo-picture').last().locator('img:only-child').waitFor();

    expect(asked).toContain('100');
    expect(asked).not.toContain('119');
  });

  test('tells its statuses in the words of Radix', async () => {
    world.server.setPhoto('1', 'photo');

    await show({ userId: '1' });
    await settle('picture 150');

    expect(await world.page.evaluate(() => window.stage.statuses)).toEqual(['loading', 'loaded']);
  });

  test('moves nothing on the page, whatever comes into it', async () => {
    world.server.setPhoto('1', 'photo');
    const box = () => world.page.locator('.cameo-picture').boundingBox();

    await show({ userId: '1', size: 56 });
    const waiting = await box();
    await settle('picture 150');

    expect(waiting).toMatchObject({ width: 56, height: 56 });
    expect(await box()).toEqual(waiting);
  });
});
