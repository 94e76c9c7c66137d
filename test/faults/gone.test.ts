// Photos that their owners take away, and owners who go themselves: nothing is left, not even at the edge.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { SIZES } from '../../core/sizes.ts';
import {
  addFault,
  changePhoto,
  clearFaults,
  deletePhoto,
  hidePhotos,
  readCounters,
} from '../../local/bot-api/control.ts';
import { type ChangingSystem, startChangingSystem } from '../acceptance/changing-system.ts';
import { contextOf } from '../lambdas/deployed.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { holdUp, steps } from './steps.ts';

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
  await system.deployed.tidy();
});

const pathOf = (url: string) => new URL(url).pathname;

/** Every URL under which a partner's photo is shown. */
function pathsOf({ avatarId, urls }: PartnerRecord): string[] {
  return [
    ...SIZES.map((size) => pathOf(urls[size])),
    ...SIZES.map((size) => `/avatars/${avatarId}?size=${size}`),
    `/avatars/${avatarId}`,
    `/api/partner/photo/${avatarId}?size=300`,
  ];
}

async function statusesOf(paths: readonly string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await system.get(path)).status));
}

describe('fault 27: a photo that its owner', () => {
  test.each([
    ['hides', hidePhotos],
    ['removes', deletePhoto],
  ])(
    '%s is gone from the edge at once, under every URL, and from everywhere else',
    async (_, takeAway) => {
      const before = await system.partnerWithPhoto();
      const paths = pathsOf(before);
      await takeAway(apiRoot, Number(before.userId));
      system.pass(A_DAY_LATER_MS);
      // The edge has all of it in the very moment before the refresh.
      expect(await statusesOf(paths)).toEqual(paths.map(() => 200));

      await system.warmRun();

      expect(await statusesOf(paths)).toEqual(paths.map(() => 302));
      const record = await system.recordOf(before.userId);
      expect(record).toMatchObject({ state: 'none', photoId: null, lqip: null });
      expect(await system.everything()).not.toContain(before.photoId);
    },
  );
});

describe('fault 40: whoever is erased', () => {
  /** A partner whose new photo one worker is about to fetch, and whose old one the edge has. */
  async function refreshing(): Promise<PartnerRecord> {
    const record = await system.partnerWithPhoto();
    await changePhoto(apiRoot, Number(record.userId));
    system.pass(A_DAY_LATER_MS);
    await statusesOf(pathsOf(record));
    await system.deployed.handlers.warmRecent({}, contextOf('warmRecent'));
    return record;
  }

  async function erase({ userId }: PartnerRecord): Promise<string> {
    const { status, erasureId } = await system.api('DELETE', userId);
    expect(status).toBe(202);
    return erasureId;
  }

  /** Nothing tells of the partner but a tombstone, which names nobody. */
  async function expectGone(
    record: PartnerRecord,
    erasureId: string,
    objects: number,
  ): Promise<void> {
    const { avatarId, userId, photoId } = record;
    const receipt = await system.api('GET', `erasures/${erasureId}`);
    expect(receipt).toMatchObject({ state: 'done', objects });
    const items = await system.deployed.world.items();
    const tombstone = items.find((item) => item.avatarId?.S === avatarId);
    // When it was, twice: the second time for the feed by which open pages let the face go.
    const kept = ['avatarId', 'changedAtMs', 'changedOf', 'erasedAtMs', 'expiresAtSeconds'];
    expect(Object.keys(tombstone ?? {}).sort()).toEqual(kept);
    const rest = (await system.everything()).replaceAll(JSON.stringify(tombstone), '');
    for (const trace of [avatarId, `"${userId}"`, `Zaphod${userId}`, photoId]) {
      expect(rest).not.toContain(trace);
    }
    const paths = pathsOf(record);
    expect(await statusesOf(paths)).toEqual(paths.map(() => 302));
    expect((await system.get(`/avatars/${avatarId}`)).headers['x-avatar']).toBe('unknown');
  }

  test.each(['getUserProfilePhotos', 'getFile', 'download'] as const)(
    'while Telegram hangs in %s is nowhere afterwards, at the edge neither',
    async (call) => {
      const record = await refreshing();
      const userId = Number(record.userId);
      await addFault(apiRoot, { call, userId, effect: 'hang', times: null });
      const fetching = system.deployed.batchOf('warm', 6_000);
      const inFlight = async () => (await readCounters(apiRoot)).calls[call].inFlight;
      await expect.poll(inFlight, { timeout: 30_000 }).toBe(1);

      const erasureId = await erase(record);
      await system.drain();
      await fetching;
      await system.drain();

      await expectGone(record, erasureId, SIZES.length);
    },
  );

  /** A worker that is held up in the middle of storing, and an erasure that has swept once meanwhile. */
  async function sweptWhileStoring() {
    const record = await refreshing();
    const puts = holdUp(system.deployed.wires.s3, steps.put, SIZES.length);
    const fetching = system.deployed.batchOf('warm');
    await puts.come(SIZES.length);
    const erasureId = await erase(record);
    await system.drain(5_000);
    expect(await system.everything()).not.toContain('.webp');
    const letGo = () => {
      for (const index of SIZES.keys()) puts.letGo(index);
    };
    return { record, erasureId, fetching, letGo };
  }

  test('while the pictures are stored is nowhere afterwards: the worker takes them away again', async () => {
    const { record, erasureId, fetching, letGo } = await sweptWhileStoring();

    letGo();
    await fetching;

    expect(await system.everything()).not.toContain('.webp');
    await system.drain();
    await expectGone(record, erasureId, SIZES.length);
  });

  test('while a worker stores pictures and dies is nowhere afterwards: there is a second sweep', async () => {
    const { record, erasureId, fetching, letGo } = await sweptWhileStoring();

    system.deployed.wires.dynamodb.intercept(async () => 'cut');
    letGo();
    await fetching;

    system.deployed.wires.dynamodb.untouched();
    expect(await system.everything()).toContain('.webp');
    await system.drain();
    await expectGone(record, erasureId, 2 * SIZES.length);
  });
});
