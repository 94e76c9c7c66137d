// The package in a project of somebody else's: built by Vite, opened in Chromium.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { beforeAll, expect, test } from 'vitest';
import { consumerProject } from '../client/packed.ts';
import { startAvatarServer } from './avatar-server.ts';
import { launchChromium, newPhone } from './chromium.ts';

let browser: Browser;
let project: string;
beforeAll(async () => {
  project = await consumerProject();
  await build({ root: project, logLevel: 'error' });
  browser = await launchChromium();
  return async () => {
    await browser.close();
    rmSync(project, { recursive: true });
  };
});

test('a page that Vite builds of the package shows a photo', async () => {
  const server = await startAvatarServer();
  server.setPhoto('42', 'photo');
  const phone = await newPhone(browser, { hasServiceWorker: false });
  const page = await phone.newPage();
  const mistakes: unknown[] = [];
  page.on('pageerror', (error) => mistakes.push(error));
  // The page comes out of Vite's folder, everything else from the server.
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = join(project, 'dist', pathname === '/' ? 'index.html' : pathname);
    return existsSync(file) ? route.fulfill({ path: file }) : route.fallback();
  });

  await page.goto(`${server.url}/`);
  const picture = page.getByRole('img', { name: 'Ada Lovelace' });
  await picture.waitFor();
  await page.waitForFunction(() =>
    [...document.images].some(({ complete, naturalWidth }) => complete && naturalWidth === 150),
  );

  expect(server.resolves().map(({ ids }) => ids)).toEqual([['42']]);
  expect(mistakes).toEqual([]);
  await phone.close();
  await server.stop();
});
