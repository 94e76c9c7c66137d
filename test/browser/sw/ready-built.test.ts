// The ready-built worker and the kill switch, as they are delivered, in pages of another origin than the CDN.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../chromium.ts';
import { built, type Content, html, picturePath, type Site, script, startSites } from './sites.ts';
import {
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

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

beforeEach(async () => {
  ({ app, cdn } = await startSites());
});

const picture = () => cdn.url + picturePath(0);

describe('offline', () => {
  test('the page opens with its picture after one visit', async () => {
    const head =
      '<link rel="stylesheet" href="/app.css"><script type="module" src="/app.js"></script>';
    app.files.set('/', html(`<title>App</title>${head}`));
    app.files.set('/app.css', { body: 'body { color: rgb(1, 2, 3); }', type: 'text/css' });
    app.files.set('/app.js', script(`import '${cdn.url}/client/v1/core.js'; import './more.js';`));
    app.files.set('/more.js', script('document.title += " runs";'));
    cdn.files.set('/client/v1/core.js', script('document.title += " with Cameo and";'));
    const page = await openPage(browser, app.url);
    await register(page);
    await keep(page, picture());

    await Promise.all([app.close(), cdn.close()]);
    await page.reload();

    expect(await page.title()).toBe('App with Cameo and runs');
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(1, 2, 3)');
    expect(await shown(page, picture(), 'anonymous')).toBe(150);
  });

  test('it opens as Telegram launches it, with another sign-in; none of them is on the disk', async () => {
    const page = await openPage(browser, `${app.url}/?tgWebAppStartParam=a#tgWebAppData=secret-a`);
    await register(page);
    await page.goto(`${app.url}/?tgWebAppStartParam=b#tgWebAppData=secret-b`);

    await app.close();
    await page.goto(`${app.url}/?tgWebAppStartParam=c#tgWebAppData=secret-c`);

    expect(await page.title()).toBe('App runs');
    const onDisk = [...(await kept(page, '')), ...(await noted(page))].join();
    expect(onDisk).toContain(`${app.url}/`);
    expect(onDisk).not.toMatch(/secret|tgWebApp/);
  });

  test.each<[string, Content]>([
    ['says no-store', { ...html('mine'), headers: { 'cache-control': 'private, no-store' } }],
    ['is an error', { ...html('none'), status: 404 }],
    ['is none', { body: '{}', type: 'application/json' }],
    ['sends elsewhere', { ...html(''), status: 302, headers: { location: '/app.js' } }],
  ])('a page that %s is not kept', async (_, content) => {
    const page = await openPage(browser, app.url);
    app.files.set('/', content);

    await register(page);

    expect(await kept(page, 'cameo-shell')).toEqual([]);
  });

  test('a page outside of the worker’s scope is none of its business', async () => {
    app.files.set('/list/sw.js', app.files.get('/sw.js') as Content);
    const page = await openPage(browser, app.url);

    await page.evaluate(async () => {
      const { installing } = await navigator.serviceWorker.register('/list/sw.js');
      await new Promise<void>((done) => {
        installing?.addEventListener('statechange', () => {
          if (installing.state === 'activated') done();
        });
      });
    });

    expect(await kept(page, 'cameo-shell')).toEqual([]);
  });

  test('scripts of releases long gone make room', async () => {
    const page = await openPage(browser, app.url);
    const names = Array.from({ length: 210 }, (_, n) => `/release-${n}.js`);
    for (const name of names) app.files.set(name, script(''));
    app.files.set('/', html(names.map((name) => `<script src="${name}"></script>`).join('')));

    await register(page);

    await soon(() => kept(page, 'cameo-shell')).toHaveLength(200);
  });
});

test('a disk that is full costs the pictures, not the page', async () => {
  const page = await openPage(browser, app.url);
  await register(page);
  await keep(page, picture());
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: app.url, quotaSize: 1 });

  await page.reload();
  await soon(() => kept(page)).toEqual([]);
  await app.close();
  await page.reload();

  expect(await page.title()).toBe('App runs');
});

test('a server that hangs does not hold up the worker', async () => {
  const page = await openPage(browser, app.url);
  const gate = Promise.withResolvers<void>();
  app.files.set('/', { ...html(''), after: gate.promise });

  await register(page);

  expect((await fetched(page, picture())).mark).toBe('network');
  gate.resolve();
});

test.each(['sw.js', 'sw-off.js'] as const)('%s keeps the console clean', (name) => {
  expect(built(name)).not.toMatch(/console\.|process\.env/);
});

describe('online', () => {
  test('the page is the server’s, not the one that is kept', async () => {
    const page = await openPage(browser, app.url);
    await register(page);

    app.files.set('/app.js', script('document.title += " better";'));
    await page.reload();

    expect(await page.title()).toBe('App better');
  });

  test('a server that hangs does not keep the page blank', async () => {
    const page = await openPage(browser, app.url);
    await register(page);
    const gate = Promise.withResolvers<void>();

    for (const [path, content] of app.files)
      app.files.set(path, { ...content, after: gate.promise });
    await page.reload();

    expect(await page.title()).toBe('App runs');
    gate.resolve();
  });
});

describe('a new version', () => {
  /** The line of a page's own worker, and which version of the built one it imports. */
  async function publish(version: string): Promise<void> {
    const tells = `self.addEventListener('message', ({ data, source }) => {
      if (data.type === 'version') source.postMessage('${version}');
    });`;
    cdn.files.set('/client/v1/sw.js', script(built('sw.js') + tells));
  }

  async function versionOf(page: Page): Promise<string> {
    const told = page.evaluate(
      () =>
        new Promise<string>((done) => {
          navigator.serviceWorker.onmessage = ({ data }) => done(data);
        }),
    );
    await post(page, { type: 'version' });
    return told;
  }

  test('takes over while a page is open, which goes on with its pictures, online and off', async () => {
    await publish('1');
    const page = await openPage(browser, app.url);
    await register(page);
    await keep(page, picture());
    await shown(page, picture(), 'anonymous');
    expect(await versionOf(page)).toBe('1');

    await publish('2');
    await page.evaluate(async () => {
      document.title = 'not reloaded';
      const changed = new Promise((done) => {
        navigator.serviceWorker.addEventListener('controllerchange', done);
      });
      await (await navigator.serviceWorker.ready).update();
      await changed;
    });

    expect(await versionOf(page)).toBe('2');
    expect(await page.title()).toBe('not reloaded');
    expect(await page.evaluate(() => document.images[0]?.naturalWidth)).toBe(150);
    expect((await fetched(page, picture())).mark).toBe('cache');
    await app.close();
    await page.reload();
    expect(await page.title()).toBe('App runs');
    expect(await versionOf(page)).toBe('2');
  });

  test('deletes what is kept in a form of before, and nothing of the page’s own', async () => {
    const page = await openPage(browser, app.url);
    await page.evaluate(async () => {
      for (const name of ['cameo-avatars-0', 'cameo-shell-0', 'mine-0']) {
        await (await caches.open(name)).put('/old', new Response('old'));
      }
    });

    await register(page);

    await soon(async () =>
      (await kept(page, '')).filter((url) => url.endsWith('/old')),
    ).toHaveLength(1);
    expect(await kept(page, 'mine-0')).toHaveLength(1);
  });
});

describe('the kill switch', () => {
  test('takes the worker and all that it kept, and the open page goes on', async () => {
    const page = await openPage(browser, app.url);
    await register(page);
    await keep(page, picture());

    app.files.set('/sw.js', script(`importScripts('${cdn.url}/client/v1/sw-off.js');`));
    await page.evaluate(async () => {
      document.title = 'not reloaded';
      await (await navigator.serviceWorker.ready).update();
    });

    const registrations = () =>
      page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    await soon(registrations).toBe(0);
    expect(await kept(page, '')).toEqual([]);
    expect(await noted(page)).toEqual([]);
    expect((await fetched(page, picture())).mark).toBeNull();
    expect(await page.title()).toBe('not reloaded');
    await page.reload();
    expect(await page.title()).toBe('App runs');
    expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
    expect((await fetched(page, picture())).mark).toBeNull();
  });
});

test('is registered from /client/v1/ for the whole origin, when the server allows it', async () => {
  const allowed = { 'service-worker-allowed': '/' };
  app.files.set('/client/v1/sw.js', { ...script(built('sw.js')), headers: allowed });
  const page = await openPage(browser, app.url);

  await register(page, '/client/v1/sw.js', '/');

  expect(await fetched(page, picture())).toMatchObject({ mark: 'network' });
});
