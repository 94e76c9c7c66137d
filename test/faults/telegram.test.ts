// Whatever Telegram says, or does not say, of one photo. What it says to the whole fleet is in fleet-pause.test.ts.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { telegram } from '../../adapters/telegram.ts';
import { SIZES } from '../../core/sizes.ts';
import { queues } from '../../core/topology.ts';
import type { CallName } from '../../local/bot-api/call.ts';
import {
  changePhoto,
  readCounters,
  rotateToken,
  setLatency,
  setPhoto,
} from '../../local/bot-api/control.ts';
import type { UserReport } from '../../local/bot-api/control-users.ts';
import type { FaultEffect } from '../../local/bot-api/fault.ts';
import { type Photograph, photographBytes } from '../../local/bot-api/photographs.ts';
import { testServer } from '../http-server.ts';
import { TOKEN } from '../lambdas/deployed.ts';
import { likeness } from '../likeness.ts';
import { jpegWithThumbnail } from '../thumbnail-jpeg.ts';
import { type Fleet, type StoredPartner, startFleet } from './fleet.ts';

const CALLS = ['getUserProfilePhotos', 'getFile', 'download'] as const;

const DONE = { batchItemFailures: [] };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

const failuresOf = async (remainingMs?: number) =>
  (await fleet.deployed.deliver('fetch', remainingMs)).response.batchItemFailures.length;

/** Whose photo is another one at Telegram now, and is asked for: the old one stands until the new one is stored. */
async function changed(): Promise<{ before: StoredPartner; newPhotoId: string }> {
  const before = await fleet.storedPartner();
  const { photos } = await changePhoto(fleet.apiRoot, Number(before.userId));
  await fleet.ask(before);
  return { before, newPhotoId: photos[0]?.bigUniqueId ?? '' };
}

/** What a partner has: the pointer, and how many of each photo's pictures are in the bucket. */
async function shownOf({ before, newPhotoId }: Awaited<ReturnType<typeof changed>>) {
  const { photo, checkedAtMs } = (await fleet.stored(before)) ?? {};
  return {
    photoId: photo?.photoId,
    isChecked: checkedAtMs !== before.checkedAtMs,
    old: await fleet.objectsOf(before, before.photo.photoId),
    new: await fleet.objectsOf(before, newPhotoId),
  };
}

type Shown = Awaited<ReturnType<typeof shownOf>>;

const untouched = ({ before }: { before: StoredPartner }): Shown => ({
  photoId: before.photo.photoId,
  isChecked: false,
  old: SIZES.length,
  new: 0,
});

const replaced = ({ newPhotoId }: { newPhotoId: string }): Shown => ({
  photoId: newPhotoId,
  isChecked: true,
  old: 0,
  new: SIZES.length,
});

/** Comes back while such a call waits for its answer. */
async function untilInFlight(call: CallName): Promise<void> {
  while ((await readCounters(fleet.apiRoot)).calls[call].inFlight === 0);
}

/** Does something while the next such call is under way. */
async function during(call: CallName, meanwhile: () => Promise<unknown>): Promise<void> {
  await setLatency(fleet.apiRoot, { [call]: 500 });
  const delivered = fleet.deployed.deliver('fetch');
  await untilInFlight(call);
  await setLatency(fleet.apiRoot, {});
  await meanwhile();
  await delivered;
}

/** The classes of the errors that were logged. */
const errorsIn = (log: string): string[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).error?.name)
    .filter(Boolean);

// Before all others: the secret is remembered for minutes of a clock that no test moves.
describe('fault 39: a token that is rotated while jobs are in flight', () => {
  // Whatever looks for the first one finds these, too.
  const ROTATED = CALLS.map((call) => `${TOKEN}-${call}`);
  afterEach(() => fleet.deployed.putBotToken(TOKEN));

  test('before any of a fetch’s calls: it fails as transient, and succeeds with the new one', async () => {
    for (const [n, call] of CALLS.entries()) {
      const photos = await changed();
      const [token = ''] = ROTATED.slice(n);
      const before = CALLS[n - 1];
      const rotate = async () => {
        await rotateToken(fleet.apiRoot, token);
        fleet.deployed.putBotToken(token);
      };
      if (!before) await rotate();
      fleet.deployed.takeLog();

      if (before) await during(before, rotate);
      else await fleet.deployed.deliver('fetch');

      expect(errorsIn(fleet.deployed.takeLog()), call).toEqual(['TelegramUnauthorized']);
      expect(await shownOf(photos)).toEqual(untouched(photos));
      expect(await receivesAfterPause()).toEqual(['1']);
      expect(await shownOf(photos)).toEqual(replaced(photos));
    }
  });

  test('uses up no receive, though its owner takes a quarter of an hour for the secret', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    const [token = ''] = ROTATED;
    await rotateToken(fleet.apiRoot, token);

    for (let minutes = 0; minutes < 15; minutes++) {
      await fleet.deployed.deliver('fetch');
      fleet.pass(61_000);
    }
    fleet.deployed.putBotToken(token);

    expect(await receivesAfterPause()).toEqual(['1']);
    expect(await fleet.stored(partner)).toHaveProperty('photo');
    expect(await fleet.calls()).toEqual({ lists: 16, files: 1, downloads: 1 });
  });

  /** Lets the pause end; how often each message had been received when its job was done. */
  async function receivesAfterPause(): Promise<unknown[]> {
    fleet.pass(
      Math.max(0, (await fleet.deployed.world.budget.pausedUntilMs()) - Date.now()) + 1_000,
    );
    const { event, response } = await fleet.deployed.deliver('fetch');
    expect(response).toEqual(DONE);
    return event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount);
  }
});

describe('fault 16: a file that is temporarily unavailable', () => {
  const unavailable = {
    call: 'getFile',
    effect: 'error',
    status: 400,
    description: 'Bad Request: wrong file_id or the file is temporarily unavailable',
  } as const;

  test('is asked for with a fresh id each time, and the stored photo stays meanwhile', async () => {
    const photos = await changed();
    const [before, deadBefore] = [await fleet.calls(), await fleet.deadLetters()];
    await fleet.fault({ ...unavailable, times: 3 });

    expect(await failuresOf()).toBe(1);
    expect(await shownOf(photos)).toEqual(untouched(photos));
    await fleet.settle();

    expect(await shownOf(photos)).toEqual(replaced(photos));
    const { lists, files, downloads } = await fleet.calls();
    expect([lists - before.lists, files - before.files]).toEqual([4, 4]);
    expect(downloads - before.downloads).toBe(1);
    expect(await fleet.deadLetters()).toBe(deadBefore);
  });

  test('for good is given up after bounded tries, and is never taken for no photo', async () => {
    const photos = await changed();
    const [before, deadBefore] = [await fleet.calls(), await fleet.deadLetters()];
    await fleet.fault({ ...unavailable, times: null });

    await fleet.settle();

    expect(await shownOf(photos)).toEqual(untouched(photos));
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

    await during('getFile', async () => {
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

    expect(await failuresOf()).toBe(0);

    expect(await fleet.calls()).toEqual({ lists: 1, files: 2, downloads: 1 });
    expect(await fleet.stored(partner)).toHaveProperty('photo');
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

    expect(await failuresOf()).toBe(CALLS.length);

    const log = fleet.deployed.takeLog();
    expect(errorsIn(log)).toEqual(CALLS.map(() => 'TelegramTransient'));
    expect(log).not.toMatch(/<html|Bad Gateway|AgACAg|file_id|file_path|"ok"/);
    for (const partner of partners) expect(await fleet.stored(partner)).not.toHaveProperty('photo');
    await fleet.settle();
    for (const partner of partners) expect(await fleet.stored(partner)).toHaveProperty('photo');
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

    expect(await failuresOf(REMAINING_MS)).toBe(CALLS.length);

    expect((await readCounters(fleet.apiRoot)).inFlight).toBe(0);
    for (const { avatarId } of partners) {
      const nowMs = Date.now();
      const request = { owner: 'next', nowMs, untilMs: nowMs, checkedBeforeMs: nowMs };
      const lease = await fleet.deployed.world.table.acquireLease(avatarId, request);
      expect(lease).toMatchObject({ kind: 'held' });
    }
    await fleet.settle();
    for (const partner of partners) expect(await fleet.stored(partner)).toHaveProperty('photo');
  });

  test('leaves a lease that ends by itself where it cannot be released', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault({ call: 'getFile', effect: 'hang' });
    const { dynamodb } = fleet.deployed.wires;
    const delivered = fleet.deployed.deliver('fetch', REMAINING_MS);
    await untilInFlight('getFile');
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

    expect(await fleet.stored(partner)).toHaveProperty('photo');
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

  expect(await failuresOf()).toBe(paths.length);

  expect(await fleet.calls()).toMatchObject({ files: paths.length, downloads: 0 });
  expect(elsewhere.requests).toEqual([]);
  const log = fleet.deployed.takeLog();
  expect(errorsIn(log)).toEqual(paths.map(() => 'TelegramTransient'));
  expect(log).not.toMatch(/file_1|passwd|var\/lib|x-header|photos\//);
  expect(log).not.toContain(new URL(elsewhere.url).host);
  await fleet.settle();
  for (const partner of partners) expect(await fleet.stored(partner)).toHaveProperty('photo');
});

describe('fault 22: a link that is over', () => {
  const over = { call: 'download', effect: 'error', status: 404 } as const;

  test('is replaced by one new getFile', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault(over);

    expect(await failuresOf()).toBe(0);

    expect(await fleet.calls()).toEqual({ lists: 1, files: 2, downloads: 2 });
    expect(await fleet.stored(partner)).toHaveProperty('photo');
  });

  test('is not replaced a second time, but later', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault({ ...over, times: 2 });

    expect(await failuresOf()).toBe(1);

    expect(await fleet.calls()).toEqual({ lists: 1, files: 2, downloads: 2 });
    await fleet.settle();
    expect(await fleet.stored(partner)).toHaveProperty('photo');
  });

  test('is not replaced into a pause that another worker was told of meanwhile', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault(over);

    await during('download', async () => {
      await fleet.deployed.world.budget.pause('throttled', Date.now() + 35_000, Date.now());
    });

    expect(await fleet.calls()).toEqual({ lists: 1, files: 1, downloads: 1 });
    await fleet.settle();
    expect(await fleet.stored(partner)).toHaveProperty('photo');
  });
});

describe('fault 23: a download', () => {
  const WITHOUT_LENGTH = {
    call: 'getFile',
    effect: 'merge',
    result: { file_size: null },
  } as const;

  test.each<[string, FaultEffect, boolean]>([
    ['that is shorter than Telegram said', { effect: 'short' }, true],
    ['that is cut', { effect: 'cut' }, true],
    ['that is empty', { effect: 'empty' }, true],
    ['that is half a JPEG of a length that nobody said', { effect: 'short' }, false],
    ['that is empty and of a length that nobody said', { effect: 'empty' }, false],
  ])('%s is not committed; the old photo is kept until it is whole', async (_, effect, isSaid) => {
    const photos = await changed();
    if (!isSaid) await fleet.fault(WITHOUT_LENGTH);
    await fleet.fault({ call: 'download', ...effect });

    expect(await failuresOf()).toBe(1);
    expect(await shownOf(photos)).toEqual(untouched(photos));
    await fleet.settle();

    expect(await shownOf(photos)).toEqual(replaced(photos));
  });

  test('that is cut behind the thumbnail in its header is not taken for a photo that can never be shown', async () => {
    const partner = await fleet.newPartner();
    const { jpeg } = await jpegWithThumbnail();
    await setPhoto(fleet.apiRoot, Number(partner.userId), jpeg);
    await fleet.ask(partner);
    await fleet.fault(WITHOUT_LENGTH);
    await fleet.fault({ call: 'download', effect: 'short' });

    expect(await failuresOf()).toBe(1);
    expect(await fleet.stored(partner)).not.toHaveProperty('checkedAtMs');
    await fleet.settle();

    expect(await fleet.stored(partner)).toHaveProperty('photo');
  });
});

describe('fault 24: a download over the cap', () => {
  const MEGABYTE = 1024 * 1024;
  const CAP_BYTES = 4 * MEGABYTE;
  // What the systems on both sides take before they make the sender wait.
  const SOCKET_BYTES = 16 * MEGABYTE;

  test('without an end is left, and asked for no more: the old photo is kept', async () => {
    const photos = await changed();
    await fleet.fault({ call: 'download', effect: 'endless' });

    expect(await fleet.deployed.deliver('fetch')).toMatchObject({ response: DONE });

    expect(await shownOf(photos)).toEqual({ ...untouched(photos), isChecked: true });
    await expect.poll(async () => (await readCounters(fleet.apiRoot)).inFlight).toBe(0);
    expect(await fleet.waiting(fleet.deployed.world.resources.queues.fetch.url)).toBe(0);
  });

  test('whose length says so is left, too', async () => {
    const partner = await fleet.newPartner();
    await setPhoto(fleet.apiRoot, Number(partner.userId), Buffer.alloc(CAP_BYTES + 1, 'x'));
    await fleet.ask(partner);

    expect(await failuresOf()).toBe(0);

    const stored = await fleet.stored(partner);
    expect(stored).toHaveProperty('checkedAtMs');
    expect(stored).not.toHaveProperty('photo');
  });

  test.each([
    ['nothing', ''],
    ['a gigabyte', `content-length: ${1024 * MEGABYTE}\r\n`],
    ['chunks', 'transfer-encoding: chunked\r\n'],
  ])('is not read further, though its header says %s', async (_, header) => {
    const server = await endlessServer(header);
    const botApi = telegram(server.url, { read: async () => TOKEN, forget: () => {} });
    const { signal } = new AbortController();
    const file = { photoId: 'p', fileId: 'f', path: 'photos/file_1.jpg' };

    await expect(botApi.download(file, signal)).rejects.toMatchObject({ name: 'PhotoRejected' });

    expect(await server.sentBytes).toBeLessThan(CAP_BYTES + SOCKET_BYTES);
  });

  /** Sends until the client goes away, but for a quarter of a gigabyte: a client without a cap must end, too. */
  async function endlessServer(header: string) {
    const chunk = Buffer.alloc(MEGABYTE, 'x');
    const framed = header.includes('chunked')
      ? Buffer.concat([Buffer.from(`${MEGABYTE.toString(16)}\r\n`), chunk, Buffer.from('\r\n')])
      : chunk;
    const sent = Promise.withResolvers<number>();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('close', () => sent.resolve(socket.bytesWritten - socket.writableLength));
      socket.once('data', async () => {
        socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n`);
        for (let megabytes = 0; megabytes < 256 && !socket.destroyed; megabytes++) {
          if (!socket.write(framed)) await once(socket, 'drain').catch(() => {});
        }
        socket.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    return { url: `http://127.0.0.1:${port}`, sentBytes: sent.promise };
  }
});

test.each(CALLS)(
  'fault 25: a redirect of %s is refused, and its target is not asked',
  async (call) => {
    const elsewhere = await testServer((_, response) => response.end());
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault({ call, effect: 'redirect', location: `${elsewhere.url}/bot${TOKEN}/x.jpg` });

    expect(await failuresOf()).toBe(1);

    expect(elsewhere.requests).toEqual([]);
    expect(fleet.deployed.takeLog()).not.toContain(new URL(elsewhere.url).host);
    await fleet.settle();
    expect(await fleet.stored(partner)).toHaveProperty('photo');
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

      await during(call, async () => {
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
