// A page in a frame that is of no origin: nothing may be kept there, and asking for a service worker is an error.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AvatarServer, startAvatarServer } from '../avatar-server.ts';
import { launchChromium, newPhone } from '../chromium.ts';

let browser: Awaited<ReturnType<typeof launchChromium>>;
let server: AvatarServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), startAvatarServer()]);
  server.intercept(({ method }, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (method === 'OPTIONS') response.end();
    return method === 'OPTIONS';
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a sandboxed frame has pictures, a photo that is hidden, and a logout', async () => {
  server.setPhoto('7', 'face');
  const phone = await newPhone(browser, { hasServiceWorker: true });
  await phone.route('**/*.js', async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), 'access-control-allow-origin': '*' };
    await route.fulfill({ response, headers });
  });
  const page = await phone.newPage();
  await page.goto(`${server.url}/`);
  await page.setContent(`<iframe sandbox="allow-scripts" srcdoc="<script type=module>
    import { createAvatarClient } from '${server.url}/core.js';
    window.createAvatarClient = createAvatarClient;
  </script>"></iframe>`);
  const frame = page.frames()[1] ?? page.mainFrame();
  await frame.waitForFunction(() => 'createAvatarClient' in window);
  const photo = () => frame.evaluate(() => window.client.getSnapshot('7', 150).photo);

  const shown = await frame.evaluate((endpoint) => {
    const getAuthorization = () => 'tma first';
    window.client = window.createAvatarClient({ endpoint, scope: '1', getAuthorization });
    window.client.subscribe('7', 150, () => undefined);
    return window.client.ensure('7', 150);
  }, server.url);
  server.setPhoto('7', null);
  await frame.evaluate(() => window.client.invalidate(['7']));
  await expect.poll(photo).toBe('none');
  const errors = await frame.evaluate(() => window.client.monitor.getStats().errors);
  await frame.evaluate(() => window.client.clear());

  expect(shown.srcSize).toBe(150);
  expect(Object.keys(errors)).toEqual(['storage']);
  expect(await photo()).toBeUndefined();
});
