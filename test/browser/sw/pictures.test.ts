// The routes of pictures, in the ready-built worker as it is delivered.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../chromium.ts';
import { picturePath, type Site, startSites, webp } from './sites.ts';
import {
  deleteAvatarCaches,
  fetched,
  keep,
  kept,
  noted,
  openPage,
  post,
  register,
  shown,
  soon,
} from './worker-page.ts';

let browser: Browser;
let app: Site;
let cdn: Site;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

beforeEach(async () => {
  ({ app, cdn } = await startSites());
  page = await openPage(browser, app.url);
  await register(page);
});

const PATH = picturePath(0);
const picture = () => cdn.url + PATH;

describe('a picture of the CDN', () => {
  test('is kept, and comes the second time without a request', async () => {
    const first = await fetched(page, picture());
    await soon(() => kept(page)).toEqual([picture()]);
    const second = await fetched(page, picture());

    expect(first).toMatchObject({ status: 200, mark: 'network', etag: '"photo-150"' });
    expect(second).toEqual({ ...first, mark: 'cache' });
    expect(cdn.count(PATH)).toBe(1);
  });

  test('is the same for <img crossorigin> and for fetch', async () => {
    const width = await shown(page, picture(), 'anonymous');
    await soon(() => kept(page)).toEqual([picture()]);
    const { mark } = await fetched(page, picture());
    const widthAgain = await shown(page, `${picture()}#again`, 'anonymous');

    expect({ width, mark, widthAgain }).toEqual({ width: 150, mark: 'cache', widthAgain: 150 });
    expect(cdn.count(PATH)).toBe(1);
  });

  test('is left to the browser when it is asked for without CORS: nothing opaque is kept', async () => {
    const answering = page.waitForResponse(picture());
    const width = await shown(page, picture(), null);
    const answer = await answering;
    await keep(page, cdn.url + picturePath(1));

    expect(width).toBe(150);
    expect(answer.fromServiceWorker()).toBe(false);
    expect(await kept(page)).toEqual([cdn.url + picturePath(1)]);
  });

  test('shows when the disk is full, and what was kept makes room', async () => {
    await keep(page, picture());
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: app.url, quotaSize: 1 });

    const { status, mark } = await fetched(page, cdn.url + picturePath(1));

    expect({ status, mark }).toEqual({ status: 200, mark: 'network' });
    await soon(() => kept(page)).toEqual([]);
  });
});

test('a picture of the page’s own origin is kept for all that shows it, however old at the edge', async () => {
  const date = new Date(Date.now() - 90 * 24 * 60 * 60 * 1000).toUTCString();
  app.files.set(PATH, { ...webp, headers: { date, vary: 'Accept' } });

  const width = await shown(page, PATH, null);
  await soon(() => kept(page)).toEqual([app.url + PATH]);
  const again = await fetched(page, app.url + PATH);

  expect(width).toBe(150);
  expect(again.mark).toBe('cache');
  expect(app.count(PATH)).toBe(1);
});

describe('what may be another tomorrow', () => {
  const current = PATH.split('/').slice(0, 3).join('/');

  test.each([
    ['the current photo', `${current}?size=512`, {}],
    ['the API', '/api/partner/recent?limit=50&inline=64', {}],
    ['a query', `${PATH}?v=2`, {}],
    ['a part', PATH, { range: 'bytes=0-9' }],
  ])('passes the worker by untouched: %s', async (_, path, headers) => {
    cdn.files.set(path, { ...webp, type: 'image/webp' });

    const first = await fetched(page, cdn.url + path, headers);
    const second = await fetched(page, cdn.url + path, headers);

    expect([first.mark, second.mark]).toEqual([null, null]);
    expect(cdn.count(path)).toBe(2);
  });
});

test.each([
  ['an error', { ...webp, status: 503 }],
  ['no photo', { ...webp, status: 404 }],
  ['a page', { ...webp, type: 'text/html' }],
  ['a drawing', { ...webp, type: 'image/svg+xml' }],
])('%s at a picture’s URL is told, and not kept', async (_, content) => {
  cdn.files.set(PATH, content);

  const seen = await fetched(page, picture());
  await keep(page, cdn.url + picturePath(1));

  expect(seen).toMatchObject({
    status: 'status' in content ? content.status : 200,
    mark: 'network',
  });
  expect(await kept(page)).toEqual([cdn.url + picturePath(1)]);
});

test('a partner’s older photo goes when another one is kept, the other sizes stay', async () => {
  const urls = [
    picturePath(0, 'old', 64),
    picturePath(0, 'old', 512),
    picturePath(1, 'old', 64),
    picturePath(0, 'new', 64),
    picturePath(0, 'new', 150),
  ].map((path) => {
    cdn.files.set(path, webp);
    return cdn.url + path;
  });

  for (const url of urls) await keep(page, url);

  await soon(() => kept(page)).toEqual(urls.slice(2));
});

describe('logout', () => {
  test('is not undone by an answer that was under way, also when the next user has begun', async () => {
    const gate = Promise.withResolvers<void>();
    cdn.files.set(PATH, { ...webp, after: gate.promise });
    const underWay = fetched(page, picture());
    await soon(() => cdn.count(PATH)).toBe(1);

    await deleteAvatarCaches(page);
    await keep(page, cdn.url + picturePath(1));
    gate.resolve();
    const { mark } = await underWay;
    await keep(page, cdn.url + picturePath(2));

    expect(mark).toBe('network');
    const theirs = [cdn.url + picturePath(1), cdn.url + picturePath(2)];
    expect(await kept(page)).toEqual(theirs);
    expect(await noted(page)).not.toContain(picture());
  });

  test('leaves not even the list of what was seen, when the worker is told', async () => {
    await keep(page, picture());
    await soon(() => noted(page)).toContain(picture());

    await post(page, { type: 'cameo:forget' });

    await soon(() => kept(page)).toEqual([]);
    await soon(() => noted(page)).not.toContain(picture());
  });
});

test('a partner who was erased goes out of the cache, the others stay', async () => {
  await keep(page, picture());
  await keep(page, cdn.url + picturePath(1));

  await post(page, { type: 'cameo:forget', avatarIds: [PATH.split('/')[2]] });

  await soon(() => kept(page)).toEqual([cdn.url + picturePath(1)]);
});

test('fifty avatars take less than 1 MB', async () => {
  const paths = Array.from({ length: 50 }, (_, n) => picturePath(n));
  for (const path of paths) cdn.files.set(path, webp);

  await Promise.all(paths.map((path) => shown(page, cdn.url + path, 'anonymous')));
  await soon(() => kept(page)).toHaveLength(50);
  const { usage } = await page.evaluate(() => navigator.storage.estimate());

  expect(usage).toBeLessThan(1_000_000);
});
