// Whatever Telegram answers, or does not answer, to a call for one photo. Its downloads are in downloads.test.ts, and
// what it says to the whole fleet is in fleet-pause.test.ts.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SIZES } from '../../core/sizes.ts';
import { queues } from '../../core/topology.ts';
import { changePhoto, readCounters } from '../../local/bot-api/control.ts';
import type { UserReport } from '../../local/bot-api/control-users.ts';
import type { FaultEffect } from '../../local/bot-api/fault.ts';
import { type Photograph, photographBytes } from '../../local/bot-api/photographs.ts';
import { testServer } from '../http-server.ts';
import { TOKEN } from '../lambdas/deployed.ts';
import { errorNamesOf, linesOf } from '../lambdas/log-lines.ts';
import { likeness } from '../likeness.ts';
import { CALLS } from './constants.ts';
import { during, untilInFlight } from './during.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { changed, replaced, shownOf, untouched } from './replacement.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

describe('fault 16: a file that is temporarily unavailable', () => {
  const unavailable = {
    call: 'getFile',
    effect: 'error',
    status: 400,
    description: 'Bad Request: wrong file_id or the file is temporarily unavailable',
  } as const;

  test('is asked for with a fresh id each time, and the stored photo stays meanwhile', async () => {
    const photos = await changed(fleet);
    const [before, deadBefore] = [await fleet.calls(), await fleet.deadLetters()];
    await fleet.fault({ ...unavailable, times: 3 });

    expect(await fleet.failures()).toBe(1);
    expect(await shownOf(fleet, photos)).toEqual(untouched(photos));
    await fleet.settle();

    expect(await shownOf(fleet, photos)).toEqual(replaced(photos));
    const { lists, files, downloads } = await fleet.calls();
    expect([lists - before.lists, files - before.files]).toEqual([4, 4]);
    expect(downloads - before.downloads).toBe(1);
    expect(await fleet.deadLetters()).toBe(deadBefore);
  });

  test('for good is given up after bounded tries, and is never taken for no photo', async () => {
    const photos = await changed(fleet);
    const [before, deadBefore] = [await fleet.calls(), await fleet.deadLetters()];
    await fleet.fault({ ...unavailable, times: null });

    await fleet.settle();

    expect(await shownOf(fleet, photos)).toEqual(untouched(photos));
    const { lists, files } = await fleet.calls();
    const tries = queues.fetch.maxReceiveCount;
    expect([lists - before.lists, files - before.files]).toEqual([2 * tries, 2 * tries]);
    expect(await fleet.deadLetters()).toBe(deadBefore + 1);
  });
});

describe('fault 17: a file_id that is not good after the photo changed', () => {
  const invalid = {
    call: 'getFile',
    effect: 'error',
    status: 400,
    description: 'Bad Request: invalid file_id',
  } as const;

  test('between the list and the file has the photos listed once more, and the new one fetched', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault(invalid);
    let photos: UserReport['photos'] = [];

    await during(fleet, 'getFile', async () => {
      ({ photos } = await changePhoto(fleet.apiRoot, Number(partner.userId)));
    });

    expect(await fleet.calls()).toEqual({ lists: 2, files: 2, downloads: 1 });
    expect(await fleet.stored(partner)).toMatchObject({
      photo: { photoId: photos[0]?.bigUniqueId },
    });
  });

  test('as a backend’s hint is made good by one list', async () => {
    const partner = await fleet.newPartner();
    const { avatarId } = partner;
    const job = { avatarId, checkedBeforeMs: Date.now(), photoFileId: 'AgACAgIAAxUAold' };
    await fleet.deployed.world.queues.fetch.send(job);

    expect(await fleet.failures()).toBe(0);

    expect(await fleet.calls()).toEqual({ lists: 1, files: 2, downloads: 1 });
    await fleet.expectStored(partner);
  });
});

describe('fault 19: an answer that is', () => {
  test.each<[string, FaultEffect]>([
    ['a page of HTML under 502', { effect: 'html', status: 502 }],
    ['a page of HTML under 200', { effect: 'html', status: 200 }],
    ['half a JSON', { effect: 'short' }],
    ['half a JSON, and then cut', { effect: 'cut' }],
    ['empty', { effect: 'empty' }],
  ])('%s is transient at every call, and its body is not logged', async (_, effect) => {
    const partners = await Promise.all(CALLS.map(() => fleet.newPartner()));
    for (const [n, call] of CALLS.entries()) {
      await fleet.fault({ call, userId: Number(partners[n]?.userId), ...effect });
    }
    for (const partner of partners) await fleet.ask(partner);
    fleet.deployed.takeLog();

    expect(await fleet.failures()).toBe(CALLS.length);

    const log = fleet.deployed.takeLog();
    expect(errorNamesOf(linesOf(log))).toEqual(CALLS.map(() => 'TelegramTransient'));
    expect(log).not.toMatch(/<html|Bad Gateway|AgACAg|file_id|file_path|"ok"/);
    for (const partner of partners) expect(await fleet.stored(partner)).not.toHaveProperty('photo');
    await fleet.settle();
    for (const partner of partners) await fleet.expectStored(partner);
  });
});

describe('fault 20: a call that hangs', () => {
  // The least with which a fetch is begun: what it leaves for Telegram is 2.5 s.
  const REMAINING_MS = 4_000;

  test('is left before the invocation is over, whichever it is, and its lease is free at once', async () => {
    const partners = await Promise.all(CALLS.map(() => fleet.newPartner()));
    for (const [n, call] of CALLS.entries()) {
      await fleet.fault({ call, userId: Number(partners[n]?.userId), effect: 'hang' });
    }
    for (const partner of partners) await fleet.ask(partner);

    expect(await fleet.failures(REMAINING_MS)).toBe(CALLS.length);

    // The stand-in hears of it a moment later.
    await expect.poll(async () => (await readCounters(fleet.apiRoot)).inFlight).toBe(0);
    for (const { avatarId } of partners) {
      const nowMs = Date.now();
      const request = { owner: 'next', nowMs, untilMs: nowMs, checkedBeforeMs: nowMs };
      const lease = await fleet.deployed.world.table.acquireLease(avatarId, request);
      expect(lease).toMatchObject({ kind: 'held' });
    }
    await fleet.settle();
    for (const partner of partners) await fleet.expectStored(partner);
  });

  test('leaves a lease that ends by itself where it cannot be released', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault({ call: 'getFile', effect: 'hang' });
    const { dynamodb } = fleet.deployed.wires;
    const delivered = fleet.deployed.deliver('fetch', REMAINING_MS);
    await untilInFlight(fleet, 'getFile');
    dynamodb.intercept(async ({ operation, forward }) =>
      operation === 'UpdateItem' ? 'cut' : forward(),
    );
    await delivered;
    dynamodb.untouched();

    const { avatarId } = partner;
    const nowMs = Date.now();
    const request = { owner: 'next', nowMs, untilMs: nowMs, checkedBeforeMs: nowMs };
    const lease = await fleet.deployed.world.table.acquireLease(avatarId, request);
    expect(lease).toMatchObject({ kind: 'busy' });
    await fleet.settle();

    await fleet.expectStored(partner);
    expect(await fleet.calls()).toEqual({ lists: 2, files: 2, downloads: 1 });
  });
});

test('fault 21: a file_path that leads elsewhere is not followed, and nothing of it is logged', async () => {
  const elsewhere = await testServer((_, response) => response.end());
  const paths = [
    null,
    '',
    `/var/lib/telegram-bot-api/${TOKEN}/photos/file_1.jpg`,
    '../photos/file_1.jpg',
    'photos/../../etc/passwd',
    'photos//file_1.jpg',
    `${elsewhere.url}/photos/file_1.jpg`,
    `//${new URL(elsewhere.url).host}/photos/file_1.jpg`,
    'photos/file_1.jpg\r\nx-header: y',
  ];
  const partners = await Promise.all(paths.map(() => fleet.newPartner()));
  for (const [n, file_path] of paths.entries()) {
    const userId = Number(partners[n]?.userId);
    await fleet.fault({ call: 'getFile', userId, effect: 'merge', result: { file_path } });
  }
  for (const partner of partners) await fleet.ask(partner);
  fleet.deployed.takeLog();

  expect(await fleet.failures()).toBe(paths.length);

  expect(await fleet.calls()).toMatchObject({ files: paths.length, downloads: 0 });
  expect(elsewhere.requests).toEqual([]);
  const log = fleet.deployed.takeLog();
  expect(errorNamesOf(linesOf(log))).toEqual(paths.map(() => 'TelegramTransient'));
  expect(log).not.toMatch(/file_1|passwd|var\/lib|x-header|photos\//);
  expect(log).not.toContain(new URL(elsewhere.url).host);
  await fleet.settle();
  for (const partner of partners) await fleet.expectStored(partner);
});

test.each(CALLS)(
  'fault 25: a redirect of %s is refused, and its target is not asked',
  async (call) => {
    const elsewhere = await testServer((_, response) => response.end());
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault({ call, effect: 'redirect', location: `${elsewhere.url}/bot${TOKEN}/x.jpg` });

    expect(await fleet.failures()).toBe(1);

    expect(elsewhere.requests).toEqual([]);
    expect(fleet.deployed.takeLog()).not.toContain(new URL(elsewhere.url).host);
    await fleet.settle();
    await fleet.expectStored(partner);
  },
);

describe('fault 28: a photo that changes', () => {
  test.each(CALLS)(
    'during %s is stored under its own id, and the next refresh has the new one',
    async (call) => {
      const partner = await fleet.newPartner();
      const userId = Number(partner.userId);
      await fleet.ask(partner);
      let photos: UserReport['photos'] = [];

      await during(fleet, call, async () => {
        ({ photos } = await changePhoto(fleet.apiRoot, userId));
      });

      await expectItsOwnBytes(partner.avatarId, photos);
      fleet.pass(1_000);
      await fleet.ask(partner);
      await fleet.settle();
      expect(await expectItsOwnBytes(partner.avatarId, photos)).toBe(photos[0]?.bigUniqueId);
    },
  );

  /** Fails unless the stored pictures show the photograph that has their id at Telegram; the id. */
  async function expectItsOwnBytes(
    avatarId: string,
    photos: UserReport['photos'],
  ): Promise<string> {
    const { world } = fleet.deployed;
    const { photoId = '' } = (await world.table.get(avatarId))?.photo ?? {};
    const named = photos.find(({ bigUniqueId }) => bigUniqueId === photoId);
    for (const size of SIZES) {
      const picture = await world.bucket.get({ avatarId, photoId, size });
      for (const { photograph, bigUniqueId } of photos) {
        const like = await likeness(picture, photographBytes(photograph as Photograph, 640));
        if (bigUniqueId === photoId) expect(like).toBeGreaterThan(0.95);
        else expect(like).toBeLessThan(0.8);
      }
    }
    expect(named).toBeDefined();
    return photoId;
  }
});
