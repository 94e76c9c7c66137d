import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AvatarServer, startAvatarServer } from '../avatar-server.ts';
import { launchChromium, newPhone } from '../chromium.ts';
import { openClientPage } from './client-page.ts';

describe('an avatar', () => {
  let browser: Browser;
  let server: AvatarServer;
  let phone: BrowserContext;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    server = await startAvatarServer();
    phone = await newPhone(browser, { hasServiceWorker: false });
    return async () => {
      await phone.close();
      await server.stop();
    };
  });

  test('is resolved in one call for a whole list, and painted from memory afterwards', async () => {
    const userIds = Array.from({ length: 24 }, (_, index) => String(100 + index));
    for (const userId of userIds) server.setPhoto(userId, `photo${userId}`);
    const page = await openClientPage(phone, server);

    const painted = await page.evaluate(async (ids) => {
      await Promise.all(ids.map((id) => window.client.ensure(id, 150)));
      const images = ids.map((id) => {
        const image = new Image();
        image.src = window.client.getSnapshot(id, 150).src ?? '';
        return image.complete && image.naturalWidth;
      });
      return { images, stats: window.client.monitor.getStats() };
    }, userIds);

    expect(painted.images).toEqual(userIds.map(() => 150));
    expect(server.resolves().map(({ ids }) => ids)).toEqual([userIds]);
    expect(server.pictures()).toHaveLength(24);
    expect(painted.stats).toMatchObject({ requests: 24, hits: 0, apiCalls: 1, apiCallsSaved: 23 });
  });
});
