import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, newPhone } from './chromium.ts';

describe('the browser of the tests', () => {
  let browser: Browser;
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A</title>');
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  beforeAll(async () => {
    browser = await launchChromium();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test.each([true, false])('has what the client uses, service workers: %s', async (has) => {
    const phone = await newPhone(browser, { hasServiceWorker: has });
    const page = await phone.newPage();
    await page.goto(url());

    const found = await page.evaluate(() => ({
      serviceWorker: 'serviceWorker' in navigator,
      others: [typeof indexedDB, typeof BroadcastChannel, typeof caches, typeof Intl.Segmenter],
    }));

    expect(found).toEqual({
      serviceWorker: has,
      others: ['object', 'function', 'object', 'function'],
    });
    await phone.close();
  });

  test('has a font of its own, whatever this machine has: a text without one has no width', async () => {
    const page = await browser.newPage();
    const widthIn = async (family: string) => {
      await page.setContent(`<span style="font-family: ${family}">Ada Lovelace</span>`);
      return page.locator('span').evaluate((span) => span.getBoundingClientRect().width);
    };

    expect(await widthIn('Open Sans, serif')).not.toBe(await widthIn('serif'));

    await page.close();
  });
});
