// What a list costs the API, counted where the requests arrive.

import { beforeAll, describe, expect, test } from 'vitest';
import { openPhone } from './phone.ts';
import { allSeen, truth } from './seen.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 24 });
  return world.end;
});

const RESOLVE = /^POST \/api\/partner\/resolve/;
const PICTURE = /^GET \/avatars\//;

describe.each([true, false])('a list of 24, service workers: %s', (hasServiceWorker) => {
  test('costs one call at the first visit, and neither call nor picture at those that follow', async () => {
    const { front, author } = world;
    const phone = await openPhone(world, { hasServiceWorker });
    const first = await phone.newPage();
    const before = { calls: front.count(RESOLVE), pictures: front.count(PICTURE) };

    await first.goto(author.page('list'));
    await allSeen(first);
    const visited = { calls: front.count(RESOLVE), pictures: front.count(PICTURE) };
    await first.reload();
    await allSeen(first);
    await first.close();
    const second = await phone.newPage();
    await second.goto(author.page('list'));
    const photos = await allSeen(second);

    expect(photos).toEqual(await truth(world));
    expect(visited.calls - before.calls).toBe(1);
    expect(visited.pictures - before.pictures).toBe(24);
    expect({ calls: front.count(RESOLVE), pictures: front.count(PICTURE) }).toEqual(visited);
  });
});

test('a list that the page has anyway costs no call', async () => {
  const { front, author, cameo } = world;
  const phone = await openPhone(world, { hasServiceWorker: false });
  const page = await phone.newPage();
  await page.goto(author.page('list', { ids: [] }));
  await page.waitForFunction(() => window.miniApp);
  const { partners } = await (
    await cameo.recent('?limit=20', { host: new URL(front.url).host })
  ).json();
  const before = front.count(RESOLVE);

  const shown = await page.evaluate(async (records) => {
    const { client } = window.miniApp;
    client.seed(records);
    const ids = records.map(({ userId }: { userId: string }) => userId);
    const snapshots = await Promise.all(ids.map((id: string) => client.ensure(id, 64)));
    return snapshots.map(({ srcSize }) => srcSize);
  }, partners);

  expect(shown).toEqual(Array(20).fill(64));
  expect(front.count(RESOLVE)).toBe(before);
});
