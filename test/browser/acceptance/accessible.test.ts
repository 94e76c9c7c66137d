// What assistive technology finds: each person announced once, and nothing that axe has to say.

import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openPhone } from './phone.ts';
import { allSeen } from './seen.ts';
import { startWorld, type World } from './world.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let world: World;

beforeAll(async () => {
  world = await startWorld({ partners: 6 });
  return world.end;
});

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** What axe finds, as rule and element. */
async function findings(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('axe finds nothing in the list, and nothing in the profile view', async () => {
    const phone = await openPhone(world, { hasServiceWorker: true });
    const page = await phone.newPage();
    await page.emulateMedia({ colorScheme });
    await page.goto(world.author.page('partners'));
    await allSeen(page);

    const inList = await findings(page);
    await page.locator('[data-id] button').first().tap();
    await page.getByRole('region').locator('img').first().waitFor();
    const inProfile = await findings(page);

    expect({ inList, inProfile }).toEqual({ inList: [], inProfile: [] });
  });
});

test('a person is announced once: by the name in the list, by the picture where it stands alone', async () => {
  const phone = await openPhone(world, { hasServiceWorker: true });
  const page = await phone.newPage();
  await page.goto(world.author.page('partners'));
  await allSeen(page);
  const [record] = await world.records();

  const inList = await page.getByRole('listitem').first().ariaSnapshot();
  await page.locator('[data-id] button').first().tap();
  const pictures = page.getByRole('region').getByRole('img');
  // The click comes behind the touch.
  await pictures.first().waitFor();

  expect(inList.split(`${record?.name}`).length - 1).toBe(1);
  expect(await page.getByRole('list').getByRole('img').count()).toBe(0);
  expect(await pictures.count()).toBe(1);
  expect(await pictures.getAttribute('aria-label')).toBe(record?.name);
});
