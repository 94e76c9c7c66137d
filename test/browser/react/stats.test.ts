import type { Browser, BrowserContext, Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AvatarServer, startAvatarServer } from '../avatar-server.ts';
import { launchChromium, newPhone } from '../chromium.ts';
import { openReactPage, serveReactPage } from './react-page.ts';

describe('the stats in a component', () => {
  let browser: Browser;
  let server: AvatarServer;
  let phone: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    server = await startAvatarServer();
    server.setPhoto('1', 'photo');
    await serveReactPage(server);
    return async () => {
      await browser.close();
      await server.stop();
    };
  });

  beforeEach(async () => {
    phone = await newPhone(browser, { hasServiceWorker: false });
    page = await openReactPage(phone, server);
    return () => phone.close();
  });

  test('follow the client, and render nothing while it does nothing', async () => {
    const whileIdle = await page.evaluate(async () => {
      // Until the disk is open, what this browser can do is not known.
      await window.client.ready;
      window.stage.showStats();
      // Many times the interval, in the clock of the timer itself.
      for (let turns = 0; turns < 20; turns++) await new Promise((done) => setTimeout(done, 10));
      return window.stage.statRenders();
    });

    await page.evaluate(() => window.client.ensure('1', 150));
    await page.getByText('1', { exact: true }).waitFor();

    expect(whileIdle).toBe(1);
  });
});
