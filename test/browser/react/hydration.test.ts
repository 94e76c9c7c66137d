import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createAvatarClient } from '../../../client/core/avatar-client.ts';
import type { AvatarServer } from '../avatar-server.ts';
import { setUpReactWorld } from './react-page.ts';
import { Rows } from './rows.tsx';

const USER_IDS = ['100', '101', '102'];

// Nothing inline but what carries the nonce; of a server's HTML, its style attributes.
const CSP =
  "default-src 'self' 'nonce-number-once'; style-src-attr 'unsafe-inline'; img-src blob: data:";

describe('a list that a server rendered', () => {
  const setPhotos = (server: AvatarServer) => {
    for (const userId of USER_IDS) server.setPhoto(userId, `photo${userId}`);
  };
  const rendered = ({ url: endpoint }: AvatarServer) => {
    const options = { endpoint, scope: '1', getAuthorization: () => 'tma first' };
    const client = createAvatarClient(options);
    const html = renderToString(createElement(Rows, { client, userIds: USER_IDS }));
    client.destroy();
    return { html, csp: CSP };
  };
  const world = setUpReactWorld(setPhotos, rendered);

  test('has its boxes, its names and its styles before any script, and is taken over without a word', async () => {
    const { page } = world;
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const before = await page.locator('.cameo-picture').first().boundingBox();
    const names = await page.locator('main').ariaSnapshot();

    await page.evaluate((ids) => window.stage.hydrate(ids), USER_IDS);
    await page.waitForFunction(() => document.querySelectorAll('main img').length === 3);

    expect(before).toMatchObject({ width: 40, height: 40 });
    expect(names).toContain('img "Ada 101"');
    expect(await page.locator('.cameo-picture').first().boundingBox()).toEqual(before);
    expect(complaints).toEqual([]);
  });

  test('has what is in memory complete in the frame in which it is taken over, and nothing fades', async () => {
    const { page } = world;

    const found = await page.evaluate(async (ids) => {
      await Promise.all(ids.map((id) => window.client.ensure(id, 150)));
      const isThere = new Promise<HTMLImageElement[]>((resolve) => {
        const observer = new MutationObserver(() => {
          const images = [...document.querySelectorAll('img')];
          if (images.length > 0) resolve(images);
        });
        observer.observe(document.body, { subtree: true, childList: true });
      });
      window.stage.hydrate(ids);
      const pictures = (await isThere).filter(({ src }) => src.startsWith('blob:'));
      return {
        complete: pictures.map(({ complete }) => complete),
        layers: document.querySelectorAll('.cameo-picture > *').length,
        animations: document.getAnimations().length,
      };
    }, USER_IDS);

    expect(found).toEqual({ complete: [true, true, true], layers: 3, animations: 0 });
  });
});
