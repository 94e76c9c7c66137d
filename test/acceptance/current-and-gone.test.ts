// Follows Telegram when photos change, and goes when its owner says so: through functions, queues and the edge.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { REFRESH_AGE_MS } from '../../core/freshness.ts';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { SIZES } from '../../core/sizes.ts';
import {
  addFault,
  changePhoto,
  clearFaults,
  hidePhotos,
  readCounters,
  resetCounters,
} from '../../local/bot-api/control.ts';
import { contextOf } from '../lambdas/deployed.ts';
import { URL_KEY } from '../world.ts';
import { type ChangingSystem, startChangingSystem } from './changing-system.ts';

// Past the refresh age, whatever the jitter.
const A_DAY_LATER_MS = REFRESH_AGE_MS * 1.2;

let system: ChangingSystem;
let apiRoot: string;
let userId = 1;
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

/** Registers a partner whose photo is stored. */
async function partnerWithPhoto(): Promise<PartnerRecord> {
  userId += 10;
  await system.api('PUT', String(userId), { firstName: `Zaphod${userId}` });
  await system.drain();
  const record = await recordOf(userId);
  expect(record.state).toBe('stored');
  return record;
}

async function recordOf(id: number): Promise<PartnerRecord> {
  return (await system.api('POST', 'resolve', { ids: [String(id)] })).partners[0];
}

/** A run of the schedule, and all that follows from it. */
async function warmRun(): Promise<void> {
  await system.deployed.handlers.warmRecent({}, contextOf('warmRecent'));
  await system.drain();
}

const pathOf = (url: string) => new URL(url).pathname;

describe('a photo that changed', () => {
  test('is in every list after the next warm run, and in five minutes behind the current URL, for good', async () => {
    const before = await partnerWithPhoto();
    const current = `/avatars/${before.avatarId}?size=64`;
    await changePhoto(apiRoot, userId);
    system.pass(A_DAY_LATER_MS);
    // The edge has the old photo in the very moment before it is replaced.
    const old = (await system.get(current)).headers.etag;

    await warmRun();

    const after = await recordOf(userId);
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
    const before = await partnerWithPhoto();
    await changePhoto(apiRoot, userId);
    system.pass(A_DAY_LATER_MS);

    await warmRun();

    const everything = await system.everything();
    expect(everything).not.toContain(before.photoId);
    expect(everything).toContain((await recordOf(userId)).photoId);
  });
});

describe('a photo that is hidden', () => {
  test('is gone from the edge at once, under every URL, and from everywhere else', async () => {
    const before = await partnerWithPhoto();
    const paths = [
      ...SIZES.map((size) => pathOf(before.urls[size])),
      ...SIZES.map((size) => `/avatars/${before.avatarId}?size=${size}`),
      `/avatars/${before.avatarId}`,
      `/api/partner/photo/${before.avatarId}?size=300`,
    ];
    await hidePhotos(apiRoot, userId);
    system.pass(A_DAY_LATER_MS);
    const shown = await Promise.all(paths.map(system.get));
    expect(shown.map(({ status }) => status)).toEqual(paths.map(() => 200));

    await warmRun();

    const answers = await Promise.all(paths.map(system.get));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 302));
    const record = await recordOf(userId);
    expect(record).toMatchObject({ state: 'none', photoId: null, lqip: null });
    expect(await system.everything()).not.toContain(before.photoId);
  });
});

test('fifty photos that are as they were cost fifty lists, no file and no download', async () => {
  const ids = Array.from({ length: 50 }, (_, n) => 500_001 + n * 10);
  for (const id of ids) await system.api('PUT', String(id), { firstName: 'Ada' });
  await system.drain();
  await resetCounters(apiRoot);
  system.pass(A_DAY_LATER_MS);
  const before = await system.deployed.world.table.get(avatarIdOf(URL_KEY, String(ids[0])));

  await warmRun();

  const { calls } = await readCounters(apiRoot);
  const after = await system.deployed.world.table.get(avatarIdOf(URL_KEY, String(ids[0])));
  expect(calls.getUserProfilePhotos.total).toBe(50);
  expect([calls.getFile.total, calls.download.total]).toEqual([0, 0]);
  expect(after).toEqual({ ...before, checkedAtMs: after?.checkedAtMs });
  expect(after?.checkedAtMs).toBeGreaterThan(before?.checkedAtMs ?? 0);
});

describe('whoever is erased while Telegram hangs', () => {
  test.each(['getUserProfilePhotos', 'getFile', 'download'] as const)(
    'in %s is nowhere afterwards, but for a tombstone that names nobody',
    async (call) => {
      const { avatarId, photoId, urls } = await partnerWithPhoto();
      const name = `Zaphod${userId}`;
      await changePhoto(apiRoot, userId);
      system.pass(A_DAY_LATER_MS);
      await Promise.all([urls[64], urls[512]].map((url) => system.get(pathOf(url))));
      await system.get(`/avatars/${avatarId}`);
      await addFault(apiRoot, { call, userId, effect: 'hang', times: null });
      await system.deployed.handlers.warmRecent({}, contextOf('warmRecent'));
      const fetching = system.deployed.batchOf('warm', 6_000);
      await expect
        .poll(async () => (await readCounters(apiRoot)).calls[call].inFlight, { timeout: 10_000 })
        .toBe(1);

      const { status, erasureId } = await system.api('DELETE', String(userId));
      await system.drain();
      await fetching;
      await system.drain();

      expect(status).toBe(202);
      const receipt = await system.api('GET', `erasures/${erasureId}`);
      expect(receipt).toMatchObject({ state: 'done', objects: SIZES.length });
      const items = await system.deployed.world.items();
      const tombstone = items.find((item) => item.avatarId?.S === avatarId);
      expect(Object.keys(tombstone ?? {}).sort()).toEqual([
        'avatarId',
        'erasedAtMs',
        'expiresAtSeconds',
      ]);
      const rest = (await system.everything()).replaceAll(JSON.stringify(tombstone), '');
      for (const trace of [avatarId, `"${userId}"`, name, photoId]) {
        expect(rest).not.toContain(trace);
      }
      const paths = [...SIZES.map((size) => pathOf(urls[size])), `/avatars/${avatarId}`];
      const answers = await Promise.all(paths.map(system.get));
      expect(answers.map((answer) => answer.status)).toEqual(paths.map(() => 302));
      expect(answers.at(-1)?.headers['x-avatar']).toBe('unknown');
    },
  );
});
