// How long a profile view takes to open: from the tap, as the browser dates it, until the frame with the picture is
// on the screen. That is known by the next frame, so each figure is up to one frame too high.

import type { Page } from 'playwright-core';
import { untilSeen } from '../test/browser/acceptance/seen.ts';
import { newPhone } from '../test/browser/chromium.ts';
import { type ClientGround, PARTNERS } from './client-ground.ts';
import { figures } from './client-list.ts';
import { median } from './measure.ts';
import { times, verdict } from './table.ts';

const GOAL_MS = 100;

/** How long it took from a tap, in ms. */
interface Tap {
  /** Until any picture was painted, and how wide it was. */
  firstMs?: number;
  firstWidth?: number;
  /** Until the picture of 512 px was. */
  largeMs?: number;
}

declare global {
  interface Window {
    taps: Tap[];
  }
}

/** The rows of the table. */
export async function profileSpeed(ground: ClientGround): Promise<string[][]> {
  const plain = await taps(ground, { isPrefetched: false });
  const prefetched = await taps(ground, { isPrefetched: true });
  const network = median(plain.large);
  const row = (what: string, values: readonly number[]) => [
    what,
    ...figures(values),
    times(median(values) / network),
    verdict(median(values), GOAL_MS, ' ms'),
  ];
  return [
    row('profile view: tap to first picture', plain.first),
    row('  tap to 512 px, prefetched', prefetched.large),
    row('  tap to 512 px, from the network', plain.large),
  ];
}

/** Opens and closes the profile view of everybody in the list, one after the other. */
async function taps(
  { browser, author }: ClientGround,
  { isPrefetched }: { readonly isPrefetched: boolean },
) {
  const phone = await newPhone(browser, { hasServiceWorker: true });
  const page = await phone.newPage();
  await page.goto(author.page('partners'));
  await untilSeen(page);
  if (isPrefetched) {
    await page.evaluate(() => window.miniApp.client.prefetch(window.miniApp.ids, 512));
  }
  await watchTaps(page);
  for (let row = 0; row < PARTNERS; row++) {
    await page.locator('[data-id] button').nth(row).tap();
    await page.waitForFunction((number) => window.taps[number]?.largeMs, row);
    await page.getByRole('button', { name: 'Back' }).tap();
    await untilSeen(page);
  }
  const all = await page.evaluate(() => window.taps);
  await phone.close();
  return {
    first: all.map(({ firstMs = Number.NaN }) => firstMs),
    large: all.map(({ largeMs = Number.NaN }) => largeMs),
  };
}

async function watchTaps(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.taps = [];
    addEventListener(
      'click',
      ({ target, timeStamp }) => {
        if (!(target instanceof Element && target.closest('[data-id]'))) return;
        const tap: Tap = {};
        window.taps.push(tap);
        const look = () => {
          const images = [...document.querySelectorAll<HTMLImageElement>('[data-profile] img')];
          const photos = images.filter(
            ({ complete, naturalWidth }) => complete && naturalWidth > 16,
          );
          const width = Math.max(0, ...photos.map(({ naturalWidth }) => naturalWidth));
          requestAnimationFrame(() => {
            const sinceMs = performance.now() - timeStamp;
            if (width > 0) tap.firstMs ??= sinceMs;
            if (width === 512) tap.largeMs ??= sinceMs;
            else look();
          });
        };
        requestAnimationFrame(look);
      },
      true,
    );
  });
}
