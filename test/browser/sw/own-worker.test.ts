// registerAvatarRoutes in a worker of somebody's own, built from the package as a front end builds it.

import { buildSync } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../chromium.ts';
import { picturePath, type Site, script, startSites } from './sites.ts';
import { age, fetched, keep, kept, noted, openPage, register, soon } from './worker-page.ts';

let browser: Browser;
let app: Site;
let cdn: Site;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

beforeEach(async () => {
  ({ app, cdn } = await startSites());
});

/** Bundles a worker whose source can call `registerAvatarRoutes`. */
function bundled(source: string): string {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `import { registerAvatarRoutes } from 'cameo-client/sw';\n${source}`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}

async function openWith(source: string) {
  app.files.set('/sw.js', script(bundled(`${source}\n${CLAIM}`)));
  const page = await openPage(browser, app.url);
  await register(page);
  return page;
}

const CLAIM = `self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));`;
const url = (n: number) => cdn.url + picturePath(n);

test('lives beside the worker’s own routes', async () => {
  const page = await openWith(`registerAvatarRoutes();
    self.addEventListener('fetch', (event) => {
      if (event.request.url.endsWith('/mine')) event.respondWith(new Response('my own'));
    });`);

  expect((await fetched(page, url(0))).mark).toBe('network');
  await soon(() => kept(page)).toEqual([url(0)]);
  expect((await fetched(page, url(0))).mark).toBe('cache');
  expect(await page.evaluate(async () => (await fetch('/mine')).text())).toBe('my own');
});

test('answers only what `match` allows', async () => {
  const page = await openWith(`registerAvatarRoutes({
    match: ({ origin, pathname }) => origin === '${cdn.url}' && pathname !== '${picturePath(1)}',
  });`);

  expect((await fetched(page, url(0))).mark).toBe('network');
  expect((await fetched(page, url(1))).mark).toBeNull();
});

test('keeps `maxEntries` pictures, those that were used last', async () => {
  const page = await openWith('registerAvatarRoutes({ maxEntries: 2 });');

  for (const n of [0, 1, 2]) {
    await fetched(page, url(n));
    await soon(() => kept(page)).toContain(url(n));
  }

  await soon(() => kept(page)).toEqual([url(1), url(2)]);
});

test('lets go of a picture that was not used for `maxAgeSeconds`', async () => {
  const page = await openWith('registerAvatarRoutes({ maxAgeSeconds: 60 });');
  await keep(page, url(0));
  await soon(() => noted(page)).toContain(url(0));

  await age(page, 61_000);
  await keep(page, url(1));

  await soon(() => kept(page)).toEqual([url(1)]);
});

test('shows pictures also when the browser refuses the store', async () => {
  const page = await openWith(`caches.open = caches.match = () => Promise.reject(new Error('no'));
    registerAvatarRoutes();`);

  expect(await fetched(page, url(0))).toMatchObject({ status: 200, mark: 'network' });
});
