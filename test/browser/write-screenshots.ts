// Photographs the demo page for the README (`npm run docs:screenshots`): a system of its own on a free port, with a
// folder that goes with it, seen by the tests' own Chromium on a phone.

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { newDataDir, removeDataDir, startCameo } from '../acceptance/running-cameo.ts';
import { launchChromium, newPhone } from './chromium.ts';

const OUT = resolve(import.meta.dirname, '../../docs/images');

/** As high as whole rows of the list; narrower phones than this are rare. */
const VIEWPORT = { width: 390, height: 700 };

/** Without dither, whose noise is most of a photo's bytes: so each picture stays below 150 kB. */
const PALETTE = { palette: true, dither: 0, effort: 10 } as const;

type Pose = (page: Page) => Promise<unknown>;

const openAda: Pose = async (page) => {
  await page.locator('.row', { hasText: 'Ada' }).click();
  await page.getByText('512 px').waitFor();
};
const lookAtPanel: Pose = async (page) => {
  await page.locator('.strip-link').click();
  // Until a change was asked after, which is a figure, too.
  await page.locator('.tiles > div', { hasText: 'Live polls' }).getByText(/[1-9]/).waitFor();
};

interface Picture {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  /** Of the palette, up to 100. */
  readonly quality: number;
  readonly pose: Pose;
}

const PICTURES = [
  { name: 'demo-light', colorScheme: 'light', quality: 90, pose: async () => {} },
  { name: 'demo-profile', colorScheme: 'light', quality: 75, pose: openAda },
  { name: 'demo-dark', colorScheme: 'dark', quality: 100, pose: lookAtPanel },
] as const satisfies readonly Picture[];

const dataDir = newDataDir();
const cameo = await startCameo(dataDir);
const browser = await launchChromium();
try {
  mkdirSync(OUT, { recursive: true });
  for (const picture of PICTURES) await photograph(browser, cameo.url, picture);
} finally {
  await browser.close();
  await cameo.end('SIGTERM');
  removeDataDir(dataDir);
}

async function photograph(
  from: Browser,
  url: string,
  { name, colorScheme, quality, pose }: Picture,
): Promise<void> {
  const phone = await newPhone(from, { hasServiceWorker: true });
  const page = await phone.newPage();
  await page.setViewportSize(VIEWPORT);
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.goto(url);
  await allPhotos(page);
  // Twice, since what is kept is what there is to show; it is written when the page is idle.
  await page.waitForTimeout(2500);
  await page.reload();
  await allPhotos(page);
  await pose(page);
  // The figures are read once a second.
  await page.waitForTimeout(2500);
  const png = await page.screenshot();
  await sharp(png)
    .png({ ...PALETTE, quality })
    .toFile(`${OUT}/${name}.png`);
  await phone.close();
}

/** Waits until nobody's photo is on its way any more, and all that are there are painted. */
async function allPhotos(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('button.row')];
    const isThere = (row: Element) =>
      row.querySelector('[data-photo="none"], [data-photo="stored"]') &&
      (row.querySelector('[data-photo="none"]') || row.querySelector('img[src^="blob:"]'));
    return rows.length > 10 && rows.every(isThere);
  });
}
