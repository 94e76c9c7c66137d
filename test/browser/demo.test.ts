// The demo page as somebody has it who ran `npm start`: in Chromium, against the whole system.

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CAST } from '../../local/demo/cast.ts';
import { DEMO_USERS } from '../../local/sign-in.ts';
import {
  newDataDir,
  type RunningCameo,
  removeDataDir,
  startCameo,
} from '../acceptance/running-cameo.ts';
import { axeFindings } from './axe.ts';
import { launchChromium, newPhone } from './chromium.ts';

const [GRACE, KATHERINE] = DEMO_USERS.map(({ id }) => id);
const KEPT = 'the page was not loaded anew';

let browser: Browser;
let cameo: RunningCameo;
let phone: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [browser, cameo] = await Promise.all([launchChromium(), startCameo(newDataDir())]);
  return async () => {
    await browser.close();
    await cameo.end('SIGTERM');
    removeDataDir(cameo.dataDir);
  };
});

beforeEach(async () => {
  phone = await newPhone(browser, { hasServiceWorker: true });
  page = await phone.newPage();
  complaints = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (said) => {
    // The browser's own line for a photo that is not there, which is an answer.
    const isAnswer = /\/avatars\/.*[?&]d=404/.test(said.location().url);
    if (said.type() === 'error' && !isAnswer) complaints.push(said.text());
  });
});

afterEach(async () => {
  await press('mend-telegram');
  await press('mend-line');
  await phone.close();
});

/** Presses a button as somebody else would, and not in the page of the test. */
async function press(button: string, input: object = {}): Promise<Response> {
  const headers = { 'x-cameo-local': '1' };
  const body = JSON.stringify(input);
  return cameo.get(`/local/demo/${button}`, { method: 'POST', headers, body });
}

/** Whose records the client has kept. */
function scopesOnDisk(): Promise<string[]> {
  return page.evaluate(() =>
    Object.keys(localStorage)
      .flatMap((key) => /^cameo-avatars:(\d+)/.exec(key)?.[1] ?? [])
      .sort(),
  );
}

const row = (name: string): Locator => page.locator('.row', { hasText: name });
const photoIn = (name: string): Locator => row(name).locator('img[src^="blob:"]').last();

/** Opens the page, and waits until this partner's photo is there. */
async function openWithPhotoOf(name: string): Promise<void> {
  await page.goto(cameo.url);
  await photoIn(name).waitFor();
}

/** How much of the page has moved by itself (Layout Instability API). */
async function movesSoFar(): Promise<number> {
  const moves = await new Promise<PerformanceEntryList>((resolve) => {
    const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    // Where nothing moved nobody is told.
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(observer.takeRecords())));
  });
  return moves.reduce((sum, move) => sum + (move as unknown as { value: number }).value, 0);
}

/** What can be pressed and is smaller than Apple's and WCAG's 44 px. */
function smallTargets(): string[] {
  const targets = [...document.querySelectorAll('button, a')];
  return targets
    .filter((target) => {
      const { width, height } = target.getBoundingClientRect();
      return Math.min(width, height) < 44;
    })
    .map(({ outerHTML }) => outerHTML);
}

/** Undefined for a picture that has not come in yet. */
function hasNoColour(image: SVGElement | HTMLElement): boolean | undefined {
  if (!(image as HTMLImageElement).complete) return undefined;
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d');
  context?.drawImage(image as HTMLImageElement, 0, 0, 1, 1);
  const [red = 0, , blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
  return Math.abs(red - blue) < 8;
}

async function openProfile(name: string): Promise<Locator> {
  await row(name).click();
  const profile = page.getByRole('dialog', { name });
  await profile.waitFor();
  return profile;
}

describe('the demo page', () => {
  test('shows the cast, whatever it is called, and complains of nothing', async () => {
    await openWithPhotoOf('Ada Lovelace');

    const names = await page.locator('.row-name bdi').allTextContents();
    const cast = CAST.map(({ firstName, lastName }) => [firstName, lastName].join(' ').trim());
    expect(names).toEqual(
      expect.arrayContaining(cast.map((name) => name || 'Deleted account').reverse()),
    );
    await row('Zoë').getByText('No photo').waitFor();
    expect(await row('Grace Hopper').textContent()).toContain('You');
    expect(complaints).toEqual([]);
  });

  test('paints the list of the last visit before anybody answers, and nothing moves', async () => {
    // Without a worker, behind which a test cannot keep answers back.
    await phone.close();
    phone = await newPhone(browser, { hasServiceWorker: false });
    page = await phone.newPage();
    await openWithPhotoOf('Ada Lovelace');
    await page.route(/\/(api|local)\//, () => {
      // No answer.
    });

    await page.reload();
    await photoIn('Ada Lovelace').waitFor();

    expect(await page.locator('.row-name').count()).toBeGreaterThan(CAST.length);
    expect(await page.evaluate(movesSoFar)).toBe(0);
  });

  test('can be pressed with a thumb wherever it can be pressed', async () => {
    // A profile that is opening is smaller for a moment.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openWithPhotoOf('Ada Lovelace');
    const list = await page.evaluate(smallTargets);
    const profile = await openProfile('Ada Lovelace');
    await profile.getByText('512 px').waitFor();

    expect(list).toEqual([]);
    expect(await page.evaluate(smallTargets)).toEqual([]);
  });

  test.each([
    ['the button', (profile: Locator) => profile.getByRole('button', { name: 'Back' }).click()],
    ['Escape', () => page.keyboard.press('Escape')],
    ['the way back of the browser', () => page.goBack()],
  ])('a profile closes by %s, and the focus is where it was', async (_, close) => {
    await openWithPhotoOf('Ada Lovelace');
    const profile = await openProfile('Ada Lovelace');
    await profile.getByText('512 px').waitFor();

    await close(profile);
    await profile.waitFor({ state: 'detached' });

    const focused = await page.evaluate(() => document.activeElement?.closest('.row')?.textContent);
    expect(focused).toContain('Ada Lovelace');
    // A dialog tells after it has closed, and the way back takes its time, too.
    await expect.poll(() => page.evaluate(() => history.state)).toBeNull();
  });

  test('another photo comes while one looks, and nothing is loaded anew', async () => {
    await openWithPhotoOf('José');
    const isGrey = () => photoIn('José').evaluate(hasNoColour);
    // The stand-in's red cup is followed by its photographer, who is black and white.
    await expect.poll(isGrey).toBe(false);
    await page.evaluate((kept) => {
      document.title = kept;
    }, KEPT);

    const profile = await openProfile('José');
    await profile.getByRole('button', { name: 'Change photo' }).click();

    await expect.poll(isGrey).toBe(true);
    expect(await page.title()).toBe(KEPT);
    expect(complaints).toEqual([]);
  });

  test('a hidden photo gives way to initials', async () => {
    await openWithPhotoOf('ليلى');

    const profile = await openProfile('ليلى');
    await profile.getByRole('button', { name: 'Hide photo' }).click();

    await profile.getByText('No photo').waitFor();
    await profile.locator('.cameo-initials').waitFor();
    await row('ليلى').locator('[data-photo="none"]').waitFor({ state: 'attached' });
    expect(await row('ليلى').locator('img[src^="blob:"]').count()).toBe(0);
  });

  test('another account sees the list with its own eyes, and is remembered', async () => {
    await openWithPhotoOf('Ada Lovelace');

    await page.getByRole('button', { name: 'Switch account' }).click();
    await page.getByRole('button', { name: 'Katherine Johnson' }).click();
    await page.getByText('Signed in as Katherine Johnson').waitFor();
    await expect.poll(scopesOnDisk).toEqual([GRACE, KATHERINE].map(String));
    await page.reload();
    await page.getByText('Signed in as Katherine Johnson').waitFor();

    expect(await row('Katherine').textContent()).toContain('You');
  });

  test('with Telegram broken the pictures stay, also for whoever comes again', async () => {
    await openWithPhotoOf('Ada Lovelace');

    await page.getByRole('button', { name: 'Break Telegram' }).click();
    await page.getByText('answers each call for a photo with a 500').waitFor();
    await page.reload();

    await photoIn('Ada Lovelace').waitFor();
    await page.getByRole('button', { name: 'Mend Telegram' }).click();
    await page.getByRole('button', { name: 'Break Telegram' }).waitFor();
  });

  test('offline, a reload brings the page with its pictures', async () => {
    await openWithPhotoOf('Ada Lovelace');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await photoIn('Ada Lovelace').waitFor();

    await page.getByRole('button', { name: 'Go offline' }).click();
    await page.getByText('hangs up on every request').waitFor();
    await page.reload();

    await photoIn('Ada Lovelace').waitFor();
    await page.getByText('No answer: as last seen').waitFor();
    await page.getByRole('button', { name: /^Offline/ }).click();
    await page.getByText('Signed in as Grace Hopper').waitFor();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await openWithPhotoOf('Ada Lovelace');

    const list = await axeFindings(page);
    const profile = await openProfile('Ada Lovelace');
    await profile.getByText('512 px').waitFor();
    const opened = await axeFindings(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Switch account' }).click();
    const choice = await axeFindings(page);

    expect({ list, opened, choice }).toEqual({ list: [], opened: [], choice: [] });
  });

  test('whoever is erased is gone from the list', async () => {
    await openWithPhotoOf('Юлия');

    const profile = await openProfile('Юлия');
    await profile.getByRole('button', { name: 'Erase' }).click();
    await profile.getByRole('button', { name: 'Really erase' }).click();

    await row('Юлия').waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('whoever is erased elsewhere leaves the list while one looks', async () => {
    await openWithPhotoOf('Wolfgang');

    await press('erase', { userId: '5204118071' });

    await row('Wolfgang').waitFor({ state: 'detached' });
  });
});

describe('in Telegram', () => {
  const THEME = { bg_color: '#101820', text_color: '#fafafa', link_color: '#7fd1ff' };

  async function initData(): Promise<string> {
    const headers = { 'x-cameo-local': '1' };
    const answer = await cameo.get('/local/demo/sign-in', { method: 'POST', headers });
    return (await answer.json()).initData;
  }

  test('its sign-in and its colours count, and there is nothing to break', async () => {
    const launch = new URLSearchParams({
      tgWebAppData: await initData(),
      tgWebAppThemeParams: JSON.stringify(THEME),
    });
    await page.goto(`${cameo.url}/#${launch}`);
    await page.getByText('Signed in as Grace Hopper').waitFor();

    const look = await page.evaluate(() => ({
      text: getComputedStyle(document.body).color,
      scheme: document.documentElement.dataset.scheme,
    }));
    expect(look).toEqual({ text: 'rgb(250, 250, 250)', scheme: 'dark' });
    expect(await page.getByRole('button', { name: 'Break Telegram' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a sign-in that ran out is told once, and nobody is asked again', async () => {
    let asked = 0;
    await page.clock.install();
    await page.route('**/api/partner/**', (route) => {
      asked += 1;
      return route.fulfill({ status: 401, json: {} });
    });
    const launch = new URLSearchParams({ tgWebAppData: await initData() });
    await page.goto(`${cameo.url}/#${launch}`);

    await page.getByText('Signed out: open it again').waitFor();
    await page.clock.fastForward(60_000);

    expect(asked).toBe(1);
  });

  test('elsewhere a deployed page says where it can be opened', async () => {
    // What the API says to a POST of a path that it does not know.
    await page.route('**/local/**', (route) => route.fulfill({ status: 405, json: {} }));
    await page.goto(cameo.url);

    await page.getByRole('heading', { name: 'Open this page in Telegram' }).waitFor();

    expect(await axeFindings(page)).toEqual([]);
  });
});
