import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AvatarServer, startAvatarServer } from '../avatar-server.ts';
import { launchChromium, newPhone } from '../chromium.ts';
import { openReactPage, serveReactPage } from './react-page.ts';

const USER_IDS = Array.from({ length: 20 }, (_, index) => String(100 + index));

describe('the first frame', () => {
  let browser: Browser;
  let server: AvatarServer;
  let phone: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    server = await startAvatarServer();
    for (const userId of USER_IDS) server.setPhoto(userId, `photo${userId}`);
    await serveReactPage(server);
    phone = await newPhone(browser, { hasServiceWorker: false });
    page = await openReactPage(phone, server);
    return async () => {
      await phone.close();
      await server.stop();
    };
  });

  /** Shows them all, and waits until their pictures have come in. */
  const showAll = async () => {
    await page.evaluate((ids) => window.stage.show(ids.map((userId) => ({ userId }))), USER_IDS);
    await page.waitForFunction(
      (count) =>
        document.querySelectorAll('.cameo-picture > img').length === count &&
        document.getAnimations().length === 0,
      USER_IDS.length,
    );
  };

  test('of 20 rows that were away has all pictures complete, and nothing else in their places', async () => {
    await showAll();

    const found = await page.evaluate((ids) => {
      window.stage.show([]);
      window.stage.show(ids.map((userId) => ({ userId })));
      const images = [...document.querySelectorAll<HTMLImageElement>('.cameo-picture > *')];
      return {
        pictures: images.map(({ complete, naturalWidth }) => complete && naturalWidth),
        animations: document.getAnimations().length,
      };
    }, USER_IDS);

    expect(found).toEqual({ pictures: USER_IDS.map(() => 150), animations: 0 });
    expect(server.resolves()).toHaveLength(1);
    expect(server.pictures()).toHaveLength(20);
  });

  test('of a recycled row has the other face, and never the former one', async () => {
    await showAll();

    const found = await page.evaluate(() => {
      const faceOf = (userId: string) => {
        window.stage.show([{ userId }]);
        return [...document.querySelectorAll('img')].map(({ src, complete }) => ({
          src,
          complete,
        }));
      };
      const known = window.client.getSnapshot('101', 150).src;
      faceOf('100');
      return { known, other: faceOf('101'), stranger: faceOf('999') };
    });

    expect(found.other).toEqual([{ src: found.known, complete: true }]);
    expect(found.stranger).toEqual([]);
  });
});
