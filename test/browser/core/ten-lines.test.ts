// The page of the docs, run as it is written there.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { setUpClientWorld } from './client-page.ts';

const docs = readFileSync(new URL('../../../docs/client.md', import.meta.url), 'utf8');
const script = /## Without a framework.*?```js\n(.*?)```/s.exec(docs)?.[1] ?? '';

const world = setUpClientWorld();

test('the ten lines of the docs paint photos, and a placeholder where there is none', async () => {
  world.server.setPhoto('7', 'face');
  world.server.setPhoto('8', null);
  const page = await world.phone.newPage();
  await page.goto(`${world.server.url}/`);

  await page.evaluate((source) => {
    document.body.innerHTML = '<img data-id="7"><img data-id="8">';
    const Telegram = { WebApp: { initData: 'x' } };
    const run = new Function('createAvatarClient', 'endpoint', 'userId', 'Telegram', source);
    run(window.createAvatarClient, location.origin, '1', Telegram);
  }, script);

  const sources = () =>
    page.evaluate(() => [...document.images].map(({ src }) => src.replace(location.origin, '')));
  await expect
    .poll(sources)
    .toEqual([expect.stringMatching(/^blob:/), `/avatars/${world.server.record('8').avatarId}`]);
  expect(world.server.resolves().map(({ authorization }) => authorization)).toEqual(['tma x']);
});
