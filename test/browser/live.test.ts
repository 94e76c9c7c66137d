// Live updates in a real browser, against the running system: what a page hears, and when it does not even ask.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSync } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ShownPartner } from '../../client/core/change-reader.ts';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { changePhoto, hidePhotos } from '../../local/bot-api/control.ts';
import { type CameoAndTelegram, startWithTelegram } from '../acceptance/running-cameo.ts';
import { launchChromium, newPhone } from './chromium.ts';

const MINUTE_MS = 60_000;

/** What the page of the tests keeps on its window. */
interface LivePage {
  shown: ShownPartner[];
  told: string[];
  polls: number;
  /** Whether a look is not over yet: it ends with a timer for the next one. */
  isLooking: boolean;
  end(): void;
}

// Bundled from the source: what the package exports is the client, and this is a part of it.
const { outputFiles } = buildSync({
  entryPoints: ['client/core/live-changes.ts'],
  bundle: true,
  format: 'esm',
  write: false,
});
const MODULE = outputFiles[0]?.text ?? '';

const htmlOf = (endpoint: string) => `<!doctype html><title>Live</title><body><script type="module">
  import { watchChanges } from '/live.js';
  const end = new AbortController();
  const page = { shown: [], told: [], polls: 0, isLooking: false, end: () => end.abort() };
  const { setTimeout } = window;
  window.setTimeout = (...given) => {
    page.isLooking = false;
    return setTimeout(...given);
  };
  watchChanges({
    ended: end.signal,
    endpoint: ${JSON.stringify(endpoint)},
    shown: () => page.shown,
    onChanged: (ids) => page.told.push(...ids),
    onPoll: () => { page.polls += 1; page.isLooking = true; },
  });
  window.live = page;
</script>`;

let system: CameoAndTelegram;
let browser: Browser;
let site: string;
let userId = 7_000_000_001;
const server = createServer(({ url }, response) => {
  const [type, body] = url === '/live.js' ? ['text/javascript', MODULE] : ['text/html', ''];
  response.writeHead(200, { 'content-type': type }).end(body || htmlOf(system.cameo.url));
});

beforeAll(async () => {
  system = await startWithTelegram('123456:live');
  browser = await launchChromium();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await browser?.close();
  server.close();
  await system?.end();
});

let page: Page;
afterEach(() => page.context().close());

/** Opens the page and shows these partners on it, by a clock that runs only as told if so wished. */
async function open(
  shown: readonly ShownPartner[],
  { isTimeOurs = false } = {},
): Promise<() => Promise<LivePage>> {
  const phone = await newPhone(browser, { hasServiceWorker: false });
  page = await phone.newPage();
  if (isTimeOurs) await page.clock.install();
  await page.goto(site);
  await page.waitForFunction(() => 'live' in window);
  if (isTimeOurs) await page.clock.pauseAt(Date.now() + MINUTE_MS);
  await page.evaluate((all) => {
    (window as never as { live: LivePage }).live.shown = [...all];
  }, shown);
  return () => page.evaluate(() => ({ ...(window as never as { live: LivePage }).live, end() {} }));
}

/** A partner whose photo is stored. */
async function partner(): Promise<PartnerRecord & { readonly user: number }> {
  userId += 1;
  const user = userId;
  await system.cameo.register(user);
  const record = await storedOtherThan(user, null);
  return { ...record, user };
}

async function storedOtherThan(user: number, photoId: string | null): Promise<PartnerRecord> {
  let record: PartnerRecord | undefined;
  await expect
    .poll(async () => {
      [record] = await system.cameo.resolve([String(user)]);
      return record?.photoId;
    }, WAIT)
    .not.toBe(photoId);
  return record as PartnerRecord;
}

const WAIT = { timeout: 30_000, interval: 100 };
const SOMEBODY: ShownPartner = { avatarId: 'a'.repeat(26), photoId: 'AQAD' };

/** Lets the watch have its timers, and the answers that they ask for. */
async function pass(ms: number): Promise<void> {
  await page.clock.runFor(ms);
  const isLooking = () =>
    page.evaluate(() => (window as never as { live: LivePage }).live.isLooking);
  await expect.poll(isLooking).toBe(false);
}

async function setVisible(isVisible: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    },
    isVisible ? 'visible' : 'hidden',
  );
}

describe('an open page', () => {
  test('hears of a photo that changed, and of nobody else’s', async () => {
    const changing = await partner();
    const other = await partner();
    const live = await open([changing, other]);
    await expect.poll(async () => (await live()).polls, WAIT).toBeGreaterThan(0);

    await changePhoto(system.botApi.apiRoot, changing.user);
    await system.cameo.register(changing.user, { photoFileId: 'AgACAgIAAxkBAAM' });

    await expect.poll(async () => (await live()).told, WAIT).toEqual([changing.avatarId]);
    const [now] = await system.cameo.resolve([changing.avatarId]);
    expect(now?.photoId).not.toBe(changing.photoId);
  });

  test('hears of a first photo', async () => {
    userId += 1;
    const joined = (await (await system.cameo.register(userId)).json()) as PartnerRecord;
    const live = await open([{ ...joined, photoId: null }]);

    await expect.poll(async () => (await live()).told, WAIT).toEqual([joined.avatarId]);
  });

  test('hears of a photo that its owner hid', async () => {
    const hiding = await partner();
    const live = await open([hiding]);

    await hidePhotos(system.botApi.apiRoot, hiding.user);
    await system.cameo.register(hiding.user, { photoFileId: 'AgACAgIAAxkBAAM' });

    await expect.poll(async () => (await live()).told, WAIT).toEqual([hiding.avatarId]);
  });

  test('that shows what is new already hears of nothing', async () => {
    const fresh = await partner();
    const live = await open([fresh]);

    await expect.poll(async () => (await live()).polls, WAIT).toBeGreaterThan(1);

    expect((await live()).told).toEqual([]);
  });
});

describe('nothing is asked', () => {
  test('while nobody is shown', async () => {
    const live = await open([], { isTimeOurs: true });

    await pass(MINUTE_MS);

    expect((await live()).polls).toBe(0);
  });

  test('while the page is hidden; when it is seen again, at once', async () => {
    const live = await open([SOMEBODY], { isTimeOurs: true });
    await setVisible(false);
    await pass(10 * MINUTE_MS);
    const hidden = (await live()).polls;

    await setVisible(true);
    await pass(1);

    expect([hidden, (await live()).polls]).toEqual([0, 1]);
  });

  test('while there is no network; when there is again, at once', async () => {
    const live = await open([SOMEBODY], { isTimeOurs: true });
    await page.context().setOffline(true);
    await page.waitForFunction(() => !navigator.onLine);
    await pass(10 * MINUTE_MS);
    const offline = (await live()).polls;

    await page.context().setOffline(false);
    // The page hears of it in a task of its own; in this clock that is at once.
    const online = async () => {
      await pass(1);
      return (await live()).polls;
    };
    await expect.poll(online).toBe(1);
    expect(offline).toBe(0);
  });

  test('two minutes after the page was touched last; when it is touched again, at once', async () => {
    const live = await open([SOMEBODY], { isTimeOurs: true });
    await pass(5_000);
    const touched = (await live()).polls;
    await page.clock.fastForward(2 * MINUTE_MS);
    await pass(MINUTE_MS);
    const idle = (await live()).polls;

    await page.keyboard.press('Tab');
    await pass(1);

    expect([touched, idle, (await live()).polls]).toEqual([1, 1, 2]);
  });

  test('after the end', async () => {
    const live = await open([SOMEBODY], { isTimeOurs: true });
    await page.evaluate(() => (window as never as { live: LivePage }).live.end());
    await page.keyboard.press('Tab');

    await pass(MINUTE_MS);

    expect((await live()).polls).toBe(0);
  });
});

describe('a refusal', () => {
  async function refuse(headers: Record<string, string>): Promise<void> {
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'retry-after',
    };
    await page.route('**/api/partner/changes', (route) =>
      route.fulfill({ status: 503, headers: { ...cors, ...headers } }),
    );
  }

  test('is met by asking less and less', async () => {
    const live = await open([SOMEBODY], { isTimeOurs: true });
    await refuse({});

    // In some of these ten seconds there is a look: some 8 and some 16 seconds after the last, and not yet after some 32.
    for (let n = 0; n < 5; n++) await pass(10_000);

    expect((await live()).polls).toBe(3);
  });

  test('that says so by a date is met like any other', async () => {
    const live = await open([SOMEBODY], { isTimeOurs: true });
    await refuse({ 'retry-after': 'Mon, 30 Nov 2026 00:00:00 GMT' });

    for (let n = 0; n < 5; n++) await pass(10_000);

    expect((await live()).polls).toBe(3);
  });

  test('that says when to come back is met by nothing until then', async () => {
    const live = await open([SOMEBODY], { isTimeOurs: true });
    await refuse({ 'retry-after': '60' });
    await pass(5_000);
    const first = (await live()).polls;
    await page.keyboard.press('Tab');
    await pass(55_000);
    const paused = (await live()).polls;

    await page.keyboard.press('Tab');
    // It comes back 78 seconds after the answer at the latest, and gives up on what does not answer in ten.
    await pass(24_000);

    expect([first, paused, (await live()).polls]).toEqual([1, 1, 2]);
  });
});
