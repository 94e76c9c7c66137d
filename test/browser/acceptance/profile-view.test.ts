// A tap on a row: the profile view has a face in its first frame, and a sharp one as soon as that is there.

import { beforeAll, expect, test } from 'vitest';
import { openPhone } from './phone.ts';
import { allSeen } from './seen.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 3 });
  return world.end;
});

test('the profile view opens on the picture of the list, and the large one comes in over it', async () => {
  const { front, author } = world;
  const phone = await openPhone(world, { hasServiceWorker: false });
  const page = await phone.newPage();
  await page.goto(author.page('partners'));
  await allSeen(page);
  const held = front.hold(/\/512\.webp/);

  const firstFrame = await page.evaluate(async () => {
    const widths = () =>
      [...document.querySelectorAll<HTMLImageElement>('[data-profile] img')]
        .filter(({ complete }) => complete)
        .map(({ naturalWidth }) => naturalWidth);
    document.querySelector<HTMLElement>('[data-id] button')?.click();
    while (!document.querySelector('[data-profile]')) await new Promise(requestAnimationFrame);
    return widths();
  });
  await expect.poll(() => held.waiting).toBe(1);
  await held.release();
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>('[data-profile] img')].some(
      ({ complete, naturalWidth }) => complete && naturalWidth === 512,
    ),
  );

  expect(firstFrame).toEqual([150]);
});
