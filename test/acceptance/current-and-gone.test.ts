// Follows Telegram when photos change: through functions, queues and the edge.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import {
  changePhoto,
  clearFaults,
  readCounters,
  resetCounters,
} from '../../local/bot-api/control.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { URL_KEY } from '../world.ts';
import { type ChangingSystem, startChangingSystem } from './changing-system.ts';

// Past the refresh age, whatever the jitter.
const A_DAY_LATER_MS = REFRESH_AGE_MS * 1.2;

let system: ChangingSystem;
let apiRoot: string;
beforeAll(async () => {
  system = await startChangingSystem();
  ({ apiRoot } = system.deployed.botApi);
  return system.stop;
});
afterEach(async () => {
  await clearFaults(apiRoot);
  await system.drain();
  system.deployed.takeLog();
});

const pathOf = (url: string) => new URL(url).pathname;

describe('a photo that changed', () => {
  test('is in every list after the next warm run, and in five minutes behind the current URL, for good', async () => {
    const before = await system.partnerWithPhoto();
    const current = `/avatars/${before.avatarId}?size=64`;
    await changePhoto(apiRoot, Number(before.userId));
    system.pass(A_DAY_LATER_MS);
    // The edge has the old photo in the very moment before it is replaced.
    const old = (await system.get(current)).headers.etag;

    await system.warmRun();

    const after = await system.recordOf(before.userId);
    const { partners } = await system.api('GET', 'recent');
    expect(after.photoId).not.toBe(before.photoId);
    expect(partners[0]).toEqual(after);
    const seen: unknown[] = [];
    for (let second = 0; second <= 900; second += 5) {
      seen.push((await system.get(current)).headers.etag);
      system.pass(5_000);
    }
    const lastOld = seen.lastIndexOf(old);
    expect(lastOld * 5).toBeLessThanOrEqual(300);
    expect(new Set(seen.slice(lastOld + 1))).toEqual(new Set([`"${after.photoId}-64"`]));
    expect((await system.get(pathOf(after.urls[512]))).status).toBe(200);
    // Nobody paid for an invalidation.
    expect(system.deployed.invalidated).toEqual([]);
  });

  test('leaves no object of the old one', async () => {
    const before = await system.partnerWithPhoto();
    await changePhoto(apiRoot, Number(before.userId));
    system.pass(A_DAY_LATER_MS);

    await system.warmRun();

    const everything = await system.everything();
    expect(everything).not.toContain(before.photoId);
    expect(everything).toContain((await system.recordOf(before.userId)).photoId);
  });
});

test('fifty photos that are as they were cost fifty lists, no file and no download', async () => {
  const ids = Array.from({ length: 50 }, (_, n) => 500_001 + n * 10);
  for (const id of ids) await system.api('PUT', String(id), { firstName: 'Ada' });
  await system.drain();
  await resetCounters(apiRoot);
  system.pass(A_DAY_LATER_MS);
  const before = await system.deployed.world.table.get(avatarIdOf(URL_KEY, String(ids[0])));

  await system.warmRun();

  const { calls } = await readCounters(apiRoot);
  const after = await system.deployed.world.table.get(avatarIdOf(URL_KEY, String(ids[0])));
  expect(calls.getUserProfilePhotos.total).toBe(50);
  expect([calls.getFile.total, calls.download.total]).toEqual([0, 0]);
  expect(after).toEqual({ ...before, checkedAtMs: after?.checkedAtMs });
  expect(after?.checkedAtMs).toBeGreaterThan(before?.checkedAtMs ?? 0);
});
