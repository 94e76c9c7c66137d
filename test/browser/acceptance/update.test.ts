// A partner who changes the photo, as whoever has the page open sees it: every frame is looked at.

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { changePhoto } from './change-photo.ts';
import { openPhone } from './phone.ts';
import { allSeen, truth } from './seen.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 4 });
  return world.end;
});

interface Watch {
  frames: number;
  /** Frames in which the row had no opaque photo. */
  blank: number;
  /** What it showed, one after the other. */
  readonly sources: string[];
}

declare global {
  interface Window {
    watch: Watch;
  }
}

/** Looks at the partner's row in each frame from now on. */
async function watchRow(page: Page, id: string): Promise<void> {
  await page.evaluate((watchedId) => {
    const watch: Watch = { frames: 0, blank: 0, sources: [] };
    window.watch = watch;
    const opacityOf = (element: Element): number => {
      const own = Number(getComputedStyle(element).opacity);
      return element.parentElement ? own * opacityOf(element.parentElement) : own;
    };
    const look = () => {
      const images = document.querySelectorAll<HTMLImageElement>(`[data-id="${watchedId}"] img`);
      const photos = [...images].filter(
        ({ complete, naturalWidth }) => complete && naturalWidth > 16,
      );
      watch.frames += 1;
      if (!photos.some((image) => opacityOf(image) > 0.99)) watch.blank += 1;
      const newest = photos.at(-1)?.src;
      if (newest && watch.sources.at(-1) !== newest) watch.sources.push(newest);
      requestAnimationFrame(look);
    };
    look();
  }, id);
}

describe.each(['list', 'partners'] as const)('a changed photo on the page %s', (view) => {
  test('takes the place of the old one by itself, without a blank frame and without a reload', async () => {
    const [id = ''] = world.ids;
    const phone = await openPhone(world, { hasServiceWorker: true });
    const page = await phone.newPage();
    await page.goto(world.author.page(view));
    await allSeen(page);
    // The first pictures have faded in.
    await page.waitForFunction(() => document.getAnimations().length === 0);
    await watchRow(page, id);
    await page.touchscreen.tap(200, 700);

    await changePhoto(world, id);

    const expected = await truth(world);
    await expect.poll(() => allSeen(page), { timeout: 20_000 }).toEqual(expected);
    // The next frame has seen it, too, and the old one is gone from behind it.
    await page.waitForFunction(
      () => window.watch.sources.length > 1 && document.getAnimations().length === 0,
    );
    const { frames, blank, sources } = await page.evaluate(() => window.watch);
    expect(frames).toBeGreaterThan(10);
    expect({ blank, shown: sources.length }).toEqual({ blank: 0, shown: 2 });
  });
});
