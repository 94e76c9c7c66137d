// How long pictures that the device has seen take to be there, by the tier that they come from: from the call of `ensure`
// right after a reload until all are decoded, the opening of the disk and the loading of its module included.

import type { Page } from 'playwright-core';
import type { AvatarSource } from '../client/core/types.ts';
import { untilControlled, untilKept, untilSeen } from '../test/browser/acceptance/seen.ts';
import { newPhone } from '../test/browser/chromium.ts';
import { type ClientGround, PARTNERS } from './client-ground.ts';
import { median, quantile } from './measure.ts';
import { ms, times, verdict } from './table.ts';

const GOAL_MS = 50;
const REPETITIONS = 11;

type Disk = 'indexeddb' | 'service-worker';

/** The rows of the table. */
export async function listSpeed(ground: ClientGround): Promise<string[][]> {
  const rows: string[][] = [];
  for (const pictures of [1, PARTNERS]) {
    const network = await fromNetwork(ground, pictures);
    const row = (from: string, taken: readonly number[]) => [
      `${pictures === 1 ? 'a cached picture' : `${pictures} at once`}, from ${from}`,
      ...figures(taken),
      times(median(taken) / median(network)),
      verdict(median(taken), GOAL_MS, ' ms'),
    ];
    rows.push(
      row('memory', await fromMemory(ground, pictures)),
      row('IndexedDB (as on iOS)', await fromDisk(ground, pictures, 'indexeddb')),
      row('the service worker', await fromDisk(ground, pictures, 'service-worker')),
      ['  the same from the network', ...figures(network), times(1), ''],
      ['  decoding alone', ...figures(await decoding(ground, pictures)), '', ''],
    );
  }
  return rows;
}

/** Each time a phone that has never seen the page. */
async function fromNetwork({ browser, author, ids }: ClientGround, pictures: number) {
  const taken: number[] = [];
  for (let round = 0; round < REPETITIONS; round++) {
    const phone = await newPhone(browser, { hasServiceWorker: false });
    const page = await phone.newPage();
    await page.goto(author.page('list', { ids: ids.slice(0, pictures) }));
    taken.push(await loadedMs(page, 'network', pictures));
    await phone.close();
  }
  return taken;
}

async function fromDisk({ browser, author, ids }: ClientGround, pictures: number, source: Disk) {
  const hasServiceWorker = source === 'service-worker';
  const phone = await newPhone(browser, { hasServiceWorker });
  const page = await phone.newPage();
  if (hasServiceWorker) {
    await page.goto(author.page('list', { ids: [] }));
    await untilControlled(page);
  }
  await page.goto(author.page('list', { ids: ids.slice(0, pictures) }));
  await untilSeen(page);
  await untilKept(page, pictures);
  const taken: number[] = [];
  for (let round = 0; round < REPETITIONS; round++) {
    await page.reload();
    taken.push(await loadedMs(page, source, pictures));
  }
  await phone.close();
  return taken;
}

/** The list goes and comes back within the page. */
async function fromMemory({ browser, author, ids }: ClientGround, pictures: number) {
  const phone = await newPhone(browser, { hasServiceWorker: false });
  const page = await phone.newPage();
  await page.goto(author.page('list', { ids: ids.slice(0, pictures) }));
  await untilSeen(page);
  const taken = await page.evaluate(async (rounds) => {
    const { mount, unmount } = window.miniApp;
    const all: number[] = [];
    for (let round = 0; round < rounds; round++) {
      unmount();
      await new Promise(requestAnimationFrame);
      const startedAt = performance.now();
      await mount();
      all.push(performance.now() - startedAt);
    }
    return all;
  }, REPETITIONS);
  await phone.close();
  return taken;
}

/** What no tier can save: the pixels out of bytes that are there, with nothing of the client's. */
async function decoding({ browser, author, ids }: ClientGround, pictures: number) {
  const phone = await newPhone(browser, { hasServiceWorker: false });
  const page = await phone.newPage();
  await page.goto(author.page('list', { ids: ids.slice(0, pictures) }));
  await untilSeen(page);
  const taken = await page.evaluate(async (rounds) => {
    const { client, ids } = window.miniApp;
    const blobs = await Promise.all(
      ids.map(async (id) => (await fetch(client.getSnapshot(id, 150).src ?? '')).blob()),
    );
    const all: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const startedAt = performance.now();
      await Promise.all(
        blobs.map((blob) => {
          const image = new Image();
          image.src = URL.createObjectURL(blob);
          return image.decode();
        }),
      );
      all.push(performance.now() - startedAt);
    }
    return all;
  }, REPETITIONS);
  await phone.close();
  return taken;
}

/** How long the page took just now, all of it from this source, or it throws. */
async function loadedMs(page: Page, source: AvatarSource, pictures: number): Promise<number> {
  await untilSeen(page);
  const { bySource } = await page.evaluate(() => window.miniApp.client.monitor.getStats());
  if (bySource[source].count !== pictures) {
    throw new Error(`not all from ${source}: ${JSON.stringify(bySource)}`);
  }
  return page.evaluate(() => window.miniApp.loadedMs);
}

/** Median and 95th percentile. */
export function figures(values: readonly number[]): [string, string] {
  return [ms(median(values)), ms(quantile(values, 0.95))];
}
