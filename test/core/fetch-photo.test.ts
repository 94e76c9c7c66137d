import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { movedPhotos } from '../../adapters/moved-photos.ts';
import { telegram } from '../../adapters/telegram.ts';
import { SETTLE_MS } from '../../core/erasure.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import { type Attempt, type FetchPorts, fetchPhoto } from '../../core/fetch-photo.ts';
import { CLAIM_MS, type Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import type { MovedPhoto, Telegram } from '../../core/ports.ts';
import { renderWebp } from '../../core/render-webp.ts';
import { SIZES } from '../../core/sizes.ts';
import { awsClients } from '../../local/aws.ts';
import {
  addFault,
  changePhoto,
  clearFaults,
  currentPhoto,
  deletePhoto,
  hidePhotos,
  readCounters,
  resetCounters,
  setPhoto,
  unhidePhotos,
} from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import { type BotApi, startBotApi } from '../../local/bot-api/server.ts';
import { likeness } from '../likeness.ts';
import { startWire, type Wire } from '../wire.ts';
import { NOW, type Stores, startWorld, storesOf, testClock, type World } from '../world.ts';

const TOKEN = '123456:fetch-photo';
const LEASE_MS = 25_000;
const NEXT_DAY = NOW + 24 * 60 * 60 * 1000;

let world: World;
let botApi: BotApi;
let bot: Telegram;
let wire: Wire;
let overWire: Stores;
/** What was done to bucket and table, in order. */
let done: string[];
let userId = 1;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.s3Url);
  overWire = storesOf(awsClients({ ...world.endpoints, s3Url: wire.url }), world.resources);
  botApi = await startBotApi({ token: TOKEN });
  const token = { read: async () => TOKEN, forget: () => {} };
  bot = telegram(botApi.apiRoot, token);
  return async () => {
    await botApi.close();
    await wire.stop();
    await world.stop();
  };
});
beforeEach(async () => {
  userId += 10;
  done = [];
  wire.untouched();
  await clearFaults(botApi.apiRoot);
  await resetCounters(botApi.apiRoot);
});

/** The real ports, which say what is done to them. */
function portsOf({ table, bucket }: Stores = world): FetchPorts {
  return {
    telegram: bot,
    render: renderWebp,
    clock: testClock(),
    eraseQueue: {
      send: async (job, delaySeconds = 0) => {
        done.push(`${job.kind} in ${delaySeconds} s`);
      },
    },
    bucket: {
      ...bucket,
      put: async (version, webp) => {
        await bucket.put(version, webp);
        done.push('put');
      },
      remove: async (avatarId, photoId) => {
        await bucket.remove(avatarId, photoId);
        done.push(`remove ${photoId}`);
      },
    },
    table: {
      ...table,
      replacePhoto: async (lease, photo, nowMs) => {
        done.push(`replace by ${photo?.photoId}`);
        return table.replacePhoto(lease, photo, nowMs);
      },
      commit: async (lease, photo, checkedAtMs, nowMs) => {
        done.push(`commit ${photo?.photoId}`);
        return table.commit(lease, photo, checkedAtMs, nowMs);
      },
    },
  };
}

const attemptAt = (nowMs: number, owner = 'worker'): Attempt => ({
  owner,
  nowMs,
  leaseUntilMs: nowMs + LEASE_MS,
  signal: new AbortController().signal,
  receives: 1,
});

/** Works off a job of that moment. */
function fetchAt(
  nowMs: number,
  { avatarId }: Partner,
  job: Partial<FetchJob> = {},
  ports = portsOf(),
) {
  return fetchPhoto(ports, { avatarId, checkedBeforeMs: nowMs, ...job }, attemptAt(nowMs));
}

/** Works off a job and the second look that it asks for. */
async function forgetAt(nowMs: number, partner: Partner, ports = portsOf()) {
  const first = await fetchAt(nowMs, partner, {}, ports);
  if (first.kind !== 'missing') throw new Error(`not missing but ${first.kind}`);
  return fetchAt(nowMs, partner, { missingPhotoId: first.photoId }, ports);
}

/** A partner whose photo was stored at `NOW`. */
async function stored(): Promise<Partner & { photoId: string }> {
  const partner = await world.join(userId);
  await fetchAt(NOW, partner);
  const after = await known(partner);
  done = [];
  await resetCounters(botApi.apiRoot);
  return { ...after, photoId: after.photo?.photoId ?? expect.fail('nothing stored') };
}

async function known({ avatarId }: Partner): Promise<Partner> {
  return (await world.table.get(avatarId)) ?? expect.fail('no such partner');
}

/** What the index of changes has of a partner. */
async function changeOf({ avatarId }: Partner): Promise<MovedPhoto | undefined> {
  const moved = movedPhotos(world.clients.dynamodb, world.resources.tableName);
  return (await moved.after(0, 1_000)).find((one) => one.avatarId === avatarId);
}

const storedSizes = async ({ avatarId }: Partner, photoId = '') => {
  const found = await Promise.all(
    SIZES.map((size) => world.bucket.get({ avatarId, photoId, size })),
  );
  return found.filter((webp) => webp !== undefined);
};

/** Calls to Telegram: lists, openings, downloads. */
async function calls(): Promise<number[]> {
  const { getUserProfilePhotos, getFile, download } = (await readCounters(botApi.apiRoot)).calls;
  return [getUserProfilePhotos.total, getFile.total, download.total];
}

const fault = (injected: Fault) => addFault(botApi.apiRoot, injected);

describe('a first photo', () => {
  test('is stored in all sizes before the pointer names it', async () => {
    const partner = await world.join(userId);

    const outcome = await fetchAt(NOW, partner);

    const { photo, checkedAtMs } = await known(partner);
    expect(outcome).toEqual({ kind: 'stored' });
    expect(done).toEqual([...SIZES.map(() => 'put'), `commit ${photo?.photoId}`]);
    expect(checkedAtMs).toBe(NOW);
    expect(await calls()).toEqual([1, 1, 1]);
  });

  test('costs two writes of the table, and no read', async () => {
    const partner = await world.join(userId);
    const ports = portsOf();
    const get = () => Promise.reject(new Error('a read'));

    const outcome = await fetchAt(NOW, partner, {}, { ...ports, table: { ...ports.table, get } });

    expect(outcome).toEqual({ kind: 'stored' });
  });

  test('is told as changed at the moment at which the pointer moves, not at which the job began', async () => {
    const partner = await world.join(userId);
    const ports = portsOf();
    const clock = testClock();
    const render: FetchPorts['render'] = (original) => {
      clock.advance(9_000);
      return ports.render(original);
    };

    await fetchAt(NOW, partner, {}, { ...ports, clock, render });

    expect(await changeOf(partner)).toMatchObject({ changedAtMs: NOW + 9_000 });
  });

  test('is the one that Telegram shows, as squares of WebP, with its inline placeholder', async () => {
    const { avatarId, photoId, photo } = await stored();

    const original = await currentPhoto(botApi.apiRoot, userId);
    for (const size of SIZES) {
      const webp = await world.bucket.get({ avatarId, photoId, size });
      const metadata = await sharp(webp).metadata();
      expect(metadata).toMatchObject({ format: 'webp', width: size, height: size });
      expect(await likeness(webp, original)).toBeGreaterThan(0.97);
    }
    expect(photo?.lqip).toMatch(/^data:image\/webp;base64,/);
  });

  test('has the id of its widest size, whatever order Telegram lists them in', async () => {
    const { photos } = await setPhoto(botApi.apiRoot, userId, 'astronaut-wide');

    const { photoId } = await stored();

    expect(photoId).toBe(photos[0]?.bigUniqueId);
  });

  test('that cannot be stored is given up when no write is under way any more', async () => {
    const partner = await world.join(userId);
    const ports = portsOf();
    const put: FetchPorts['bucket']['put'] = async (version, webp) => {
      if (version.size === 64) throw new Error('no');
      await new Promise((wake) => setTimeout(wake, 50));
      await ports.bucket.put(version, webp);
    };

    const failed = fetchAt(NOW, partner, {}, { ...ports, bucket: { ...ports.bucket, put } });

    await expect(failed).rejects.toThrow('no');
    expect(done).toEqual(['put', 'put', 'put']);
  });

  test('is not pointed at where one size cannot be stored; the job may come again', async () => {
    const partner = await world.join(userId);
    wire.intercept(async ({ operation, forward }) =>
      operation.includes('300.webp')
        ? { status: 503, headers: {}, body: '<Error><Code>SlowDown</Code></Error>' }
        : forward(),
    );

    const failed = fetchAt(NOW, partner, {}, portsOf(overWire));

    await expect(failed).rejects.toMatchObject({ name: 'SlowDown' });
    const after = await known(partner);
    expect(after).not.toHaveProperty('photo');
    expect(after).not.toHaveProperty('checkedAtMs');
    wire.untouched();
    expect(await fetchAt(NOW, partner)).toEqual({ kind: 'stored' });
  });
});

describe('a photo that is stored', () => {
  test('and still the same costs one list, and counts as checked', async () => {
    const partner = await stored();

    const outcome = await fetchAt(NEXT_DAY, partner);

    expect(outcome).toEqual({ kind: 'unchanged' });
    expect(await calls()).toEqual([1, 0, 0]);
    expect(done).toEqual([`commit ${partner.photoId}`]);
    expect(await known(partner)).toMatchObject({ photo: partner.photo, checkedAtMs: NEXT_DAY });
  });

  test('and changed is replaced: new objects, new pointer, then the old objects go', async () => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);

    const outcome = await fetchAt(NEXT_DAY, partner);

    const { photo } = await known(partner);
    expect(outcome).toEqual({ kind: 'refreshed' });
    expect(photo?.photoId).not.toBe(partner.photoId);
    expect(done).toEqual([
      ...SIZES.map(() => 'put'),
      `replace by ${photo?.photoId}`,
      `remove ${partner.photoId}`,
      `commit ${photo?.photoId}`,
    ]);
    expect(await storedSizes(partner, photo?.photoId)).toHaveLength(SIZES.length);
    expect(await storedSizes(partner, partner.photoId)).toEqual([]);
  });

  test.each([
    ['deleted', deletePhoto],
    ['hidden', hidePhotos],
  ])('and now %s is forgotten with its objects, and by the edge', async (_, change) => {
    const partner = await stored();
    await change(botApi.apiRoot, userId);

    const outcome = await forgetAt(NEXT_DAY, partner);

    const after = await known(partner);
    expect(outcome).toEqual({ kind: 'gone' });
    expect(after).not.toHaveProperty('photo');
    expect(after).not.toHaveProperty('replacedPhotoId');
    expect(after.checkedAtMs).toBe(NEXT_DAY);
    expect(await storedSizes(partner, partner.photoId)).toEqual([]);
    expect(done).toEqual([
      'replace by undefined',
      `remove ${partner.photoId}`,
      'evict in 0 s',
      `evict in ${SETTLE_MS / 1000} s`,
      'commit undefined',
    ]);
  });

  test('and not shown for a moment stays, and is looked at again by a viewer of nobody', async () => {
    const partner = await stored();
    await hidePhotos(botApi.apiRoot, userId);

    const outcome = await fetchAt(NEXT_DAY, partner);

    expect(outcome).toEqual({ kind: 'missing', photoId: partner.photoId });
    expect(await storedSizes(partner)).toEqual([]);
    expect(await known(partner)).toMatchObject({
      photo: partner.photo,
      checkedAtMs: partner.checkedAtMs,
      claimedUntilMs: NOW + 5_000 + CLAIM_MS,
    });
    expect(done).toEqual([]);
    expect(await calls()).toEqual([1, 0, 0]);
  });

  test('and shown again at the second look is as it was', async () => {
    const partner = await stored();
    await hidePhotos(botApi.apiRoot, userId);
    await fetchAt(NEXT_DAY, partner);
    await unhidePhotos(botApi.apiRoot, userId);

    const outcome = await fetchAt(NEXT_DAY, partner, { missingPhotoId: partner.photoId });

    expect(outcome).toEqual({ kind: 'unchanged' });
    expect((await known(partner)).photo).toEqual(partner.photo);
  });

  test('and missing since a look at another photo is looked at again', async () => {
    const partner = await stored();
    await hidePhotos(botApi.apiRoot, userId);

    const outcome = await fetchAt(NEXT_DAY, partner, { missingPhotoId: 'AQADbefore' });

    expect(outcome.kind).toBe('missing');
  });

  test('and changed is not evicted: its time at the edge is bounded, and evictions are paid for', async () => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);

    await fetchAt(NEXT_DAY, partner);

    expect(done.filter((step) => step.startsWith('evict'))).toEqual([]);
  });

  test('and changed is told as changed once, with the photo that is there now', async () => {
    const partner = await stored();
    const ports = portsOf();
    const clock = testClock();
    clock.advance(1_000);
    const replacePhoto: typeof ports.table.replacePhoto = async (...given) => {
      const done = await ports.table.replacePhoto(...given);
      clock.advance(1_000);
      return done;
    };
    await changePhoto(botApi.apiRoot, userId);

    await fetchAt(
      NEXT_DAY,
      partner,
      {},
      { ...ports, clock, table: { ...ports.table, replacePhoto } },
    );

    const { photo } = await known(partner);
    expect(await changeOf(partner)).toMatchObject({
      photoId: photo?.photoId,
      changedAtMs: NOW + 1_000,
    });
  });

  test('and gone is told as changed to none', async () => {
    const partner = await stored();
    const ports = portsOf();
    const clock = testClock();
    clock.advance(1_000);
    await hidePhotos(botApi.apiRoot, userId);

    await forgetAt(NEXT_DAY, partner, { ...ports, clock });

    const { avatarId } = partner;
    expect(await changeOf(partner)).toEqual({ avatarId, changedAtMs: NOW + 1_000 });
    await unhidePhotos(botApi.apiRoot, userId);
  });

  test('and comes back after another one has all its objects', async () => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);
    await fetchAt(NOW + 1, partner);
    await deletePhoto(botApi.apiRoot, userId);

    await fetchAt(NOW + 2, partner);

    expect((await known(partner)).photo).toEqual(partner.photo);
    expect(await storedSizes(partner, partner.photoId)).toHaveLength(SIZES.length);
  });

  test('and lost from the bucket is stored again though it is the same', async () => {
    const partner = await stored();
    await world.bucket.remove(partner.avatarId, partner.photoId);

    const outcome = await fetchAt(NEXT_DAY, partner, { lostPhotoId: partner.photoId });

    expect(outcome).toEqual({ kind: 'refreshed' });
    expect(await storedSizes(partner, partner.photoId)).toHaveLength(SIZES.length);
    expect((await known(partner)).photo).toEqual(partner.photo);
  });

  test('and lost, but replaced since, is not fetched again', async () => {
    const partner = await stored();

    const outcome = await fetchAt(NEXT_DAY, partner, { lostPhotoId: 'AQADbefore' });

    expect(outcome).toEqual({ kind: 'unchanged' });
  });

  test('leaves no objects behind where a worker died before it deleted them', async () => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);
    const dying = portsOf();
    const dead = { ...dying.bucket, remove: () => Promise.reject(new Error('dead')) };
    await expect(fetchAt(NOW + 1, partner, {}, { ...dying, bucket: dead })).rejects.toThrow('dead');

    const outcome = await fetchAt(NOW + 1, partner);

    expect(outcome).toEqual({ kind: 'unchanged' });
    expect(await storedSizes(partner, partner.photoId)).toEqual([]);
    expect(await known(partner)).not.toHaveProperty('replacedPhotoId');
  });
});

describe('a partner who is erased while the photo is fetched', () => {
  async function erase({ avatarId, joinedAtMs }: Partner): Promise<void> {
    const times = { joinedAtMs, erasedAtMs: NOW, expiresAtMs: NEXT_DAY * 2 };
    await world.erasures.entomb(avatarId, { erasureId: 'e', ...times });
    await world.bucket.removeAll(avatarId);
  }

  /** The ports of a worker in whose fetch that happens, before the step of that name. */
  function erasedBefore(step: 'download' | 'commit', partner: Partner): FetchPorts {
    const ports = portsOf();
    const afterIt = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
      return async (...args: A) => {
        await erase(partner);
        return act(...args);
      };
    };
    return step === 'download'
      ? { ...ports, telegram: { ...bot, download: afterIt(bot.download) } }
      : { ...ports, table: { ...ports.table, commit: afterIt(ports.table.commit) } };
  }

  test.each(['download', 'commit'] as const)('before the %s leaves nothing', async (step) => {
    const partner = await world.join(userId);

    const outcome = await fetchAt(NOW, partner, {}, erasedBefore(step, partner));

    expect(outcome).toEqual({ kind: 'superseded' });
    expect(await world.table.get(partner.avatarId)).toBeUndefined();
    expect(await world.bucket.removeAll(partner.avatarId)).toBe(0);
  });

  test('with a photo before it leaves nothing of either', async () => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);

    const outcome = await fetchAt(NEXT_DAY, partner, {}, erasedBefore('download', partner));

    expect(outcome).toEqual({ kind: 'superseded' });
    expect(await world.bucket.removeAll(partner.avatarId)).toBe(0);
  });

  test('is not asked for by a message that comes later', async () => {
    const partner = await stored();
    await erase(partner);

    const outcome = await fetchAt(NEXT_DAY, partner);

    expect(outcome).toEqual({ kind: 'unknown' });
    expect(await calls()).toEqual([0, 0, 0]);
  });
});

describe('a leftover', () => {
  test('of a photo that is gone is evicted by the next worker, where one died before it did', async () => {
    const partner = await stored();
    await hidePhotos(botApi.apiRoot, userId);
    const dying = {
      ...portsOf(),
      eraseQueue: { send: () => Promise.reject(new Error('died')) },
    };
    await expect(forgetAt(NEXT_DAY, partner, dying)).rejects.toThrow('died');
    done = [];

    const outcome = await fetchAt(NEXT_DAY + LEASE_MS, partner);

    expect(outcome).toEqual({ kind: 'none' });
    expect(done).toContain('evict in 0 s');
    expect(await known(partner)).not.toHaveProperty('replacedPhotoId');
  });

  test('that is the current photo all the same is kept', async () => {
    const partner = await stored();
    const { avatarId, photo } = partner;
    const request = { nowMs: NOW, untilMs: NOW + 1, checkedBeforeMs: NOW + 1 };
    const lease = await world.table.acquireLease(avatarId, { owner: 'dead', ...request });
    await world.table.replacePhoto(lease as Lease, photo, NOW);

    const outcome = await fetchAt(NEXT_DAY, partner);

    expect(outcome).toEqual({ kind: 'unchanged' });
    expect(await storedSizes(partner, partner.photoId)).toHaveLength(SIZES.length);
  });
});

describe('a file_id that a backend knows', () => {
  async function fileIdOf(user: number): Promise<string> {
    const listed = await bot.currentPhoto(String(user), new AbortController().signal);
    await resetCounters(botApi.apiRoot);
    return listed?.fileId ?? expect.fail('no photo');
  }

  test('saves the list', async () => {
    const partner = await world.join(userId);
    const photoFileId = await fileIdOf(userId);

    const outcome = await fetchAt(NOW, partner, { photoFileId });

    expect(outcome).toEqual({ kind: 'stored' });
    expect(await calls()).toEqual([0, 1, 1]);
  });

  test('of the photo that is stored costs no more than any look', async () => {
    const partner = await stored();
    const photoFileId = await fileIdOf(userId);

    const outcome = await fetchAt(NEXT_DAY, partner, { photoFileId });

    expect(outcome).toEqual({ kind: 'unchanged' });
    expect(await calls()).toEqual([1, 0, 0]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['changed', () => changePhoto(botApi.apiRoot, userId)],
    ['hidden', () => hidePhotos(botApi.apiRoot, userId)],
  ])('does not bring a photo back that was %s since', async (_, happens) => {
    const partner = await stored();
    const photoFileId = await fileIdOf(userId);
    await happens();
    await fetchAt(NEXT_DAY, partner, { missingPhotoId: partner.photoId });
    const { photo } = await known(partner);
    expect(photo?.photoId).not.toBe(partner.photoId);

    await fetchAt(NEXT_DAY + 1, partner, { photoFileId });

    expect((await known(partner)).photo).toEqual(photo);
  });

  test('and is not good any more is no harm: the photos are listed', async () => {
    const partner = await world.join(userId);
    const photoFileId = await fileIdOf(userId);
    await deletePhoto(botApi.apiRoot, userId);
    const { photos } = await setPhoto(botApi.apiRoot, userId, 'coffee');

    const outcome = await fetchAt(NOW, partner, { photoFileId });

    expect(outcome).toEqual({ kind: 'stored' });
    expect((await known(partner)).photo?.photoId).toBe(photos[0]?.bigUniqueId);
    expect(await calls()).toEqual([1, 2, 1]);
  });

  test('of a file that is too big is no harm either', async () => {
    const partner = await world.join(userId);
    const description = 'Bad Request: file is too big';
    await fault({ call: 'getFile', effect: 'error', status: 400, description });

    const outcome = await fetchAt(NOW, partner, { photoFileId: 'AgACvideo' });

    expect(outcome).toEqual({ kind: 'stored' });
  });

  test('that turns out to be no photo is no harm: the one that is listed is stored', async () => {
    const document = userId + 1;
    await setPhoto(botApi.apiRoot, document, new TextEncoder().encode('%PDF-1.7 not a photo'));
    const partner = await world.join(userId);
    const photoFileId = await fileIdOf(document);

    const outcome = await fetchAt(NOW, partner, { photoFileId });

    expect(outcome).toEqual({ kind: 'stored' });
    const listed = await bot.currentPhoto(partner.userId, new AbortController().signal);
    expect((await known(partner)).photo?.photoId).toBe(listed?.photoId);
  });
});

describe('a photo that changes while it is fetched', () => {
  test('is listed again, and stored under its own id', async () => {
    const partner = await world.join(userId);
    await setPhoto(botApi.apiRoot, userId, 'cat');
    let lists = 0;
    const changing: Telegram = {
      ...bot,
      currentPhoto: async (id, signal) => {
        const listed = await bot.currentPhoto(id, signal);
        lists += 1;
        if (lists === 1) await deletePhoto(botApi.apiRoot, userId);
        return listed;
      },
    };

    const outcome = await fetchAt(NOW, partner, {}, { ...portsOf(), telegram: changing });

    expect(outcome).toEqual({ kind: 'stored' });
    const { photoId = '' } = (await known(partner)).photo ?? {};
    const { photos } = await unhidePhotos(botApi.apiRoot, userId);
    expect(photoId).toBe(photos[0]?.bigUniqueId);
    const webp = await world.bucket.get({ avatarId: partner.avatarId, photoId, size: 512 });
    const shown = await currentPhoto(botApi.apiRoot, userId);
    expect(await likeness(webp, shown)).toBeGreaterThan(0.97);
    expect(lists).toBe(2);
  });

  test('to none is forgotten', async () => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);
    const hiding: Telegram = {
      ...bot,
      openFile: async (fileId, signal) => {
        await hidePhotos(botApi.apiRoot, userId);
        return bot.openFile(fileId, signal);
      },
    };

    const ports = { ...portsOf(), telegram: hiding };
    const first = await fetchAt(NEXT_DAY, partner, {}, ports);
    const second = await fetchAt(NEXT_DAY, partner, { missingPhotoId: partner.photoId }, ports);

    expect([first.kind, second.kind]).toEqual(['missing', 'gone']);
  });
});

describe('a photo that can never be shown', () => {
  const garbage = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');

  test('is an answer: the photo before it stays, and nobody asks again until it is due', async () => {
    const partner = await stored();
    await setPhoto(botApi.apiRoot, userId, garbage);

    const outcome = await fetchAt(NEXT_DAY, partner);
    const again = await fetchAt(NEXT_DAY, partner);

    expect(outcome).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('decoded') });
    expect(again).toEqual({ kind: 'fresh' });
    expect(await known(partner)).toMatchObject({ photo: partner.photo, checkedAtMs: NEXT_DAY });
    expect(await storedSizes(partner, partner.photoId)).toHaveLength(SIZES.length);
    expect(await calls()).toEqual([1, 1, 1]);
  });

  test('leaves a partner who has none without one', async () => {
    const partner = await world.join(userId);
    await setPhoto(botApi.apiRoot, userId, garbage);

    const outcome = await fetchAt(NOW, partner);

    expect(outcome).toMatchObject({ kind: 'rejected' });
    expect(await known(partner)).toMatchObject({ checkedAtMs: NOW });
    expect(await known(partner)).not.toHaveProperty('photo');
  });

  test('leaves no pointer to a photo one of whose objects is lost, nor the others', async () => {
    const partner = await stored();
    const Key = `avatars/${partner.avatarId}/${partner.photoId}/150.webp`;
    const { clients, resources } = world;
    await clients.s3.send(new DeleteObjectCommand({ Bucket: resources.bucketName, Key }));
    await setPhoto(botApi.apiRoot, userId, garbage);

    const outcome = await fetchAt(NEXT_DAY, partner, { lostPhotoId: partner.photoId });

    expect(outcome).toMatchObject({ kind: 'rejected' });
    expect((await known(partner)).photo).toBeUndefined();
    expect(await storedSizes(partner, partner.photoId)).toEqual([]);
    expect(done.filter((step) => step.startsWith('evict'))).toHaveLength(2);
  });
});

describe('an error of Telegram', () => {
  test.each<[string, Fault, string, number]>([
    ['429', { call: 'getFile', effect: 'error', status: 429, retryAfter: 35 }, 'Throttled', 35],
    ['401', { call: 'getUserProfilePhotos', effect: 'error', status: 401 }, 'Unauthorized', 60],
    ['502', { call: 'getUserProfilePhotos', effect: 'html', status: 502 }, 'Transient', 2],
    ['a short download', { call: 'download', effect: 'short' }, 'Transient', 2],
    [
      'a file that stays unavailable',
      {
        call: 'getFile',
        effect: 'error',
        status: 400,
        description: 'Bad Request: wrong file_id or the file is temporarily unavailable',
        times: null,
      },
      'FileGone',
      2,
    ],
  ])('(%s) passes through, and the lease is free at once', async (_, injected, name, seconds) => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);
    await fault(injected);

    const failed = fetchAt(NEXT_DAY, partner);

    await expect(failed).rejects.toMatchObject({ name: `Telegram${name}` });
    const after = await known(partner);
    expect(after).toMatchObject({ photo: partner.photo, checkedAtMs: NOW });
    // The clock of the ports stands at NOW.
    expect(after.claimedUntilMs).toBe(NOW + seconds * 1000 + CLAIM_MS);
    await clearFaults(botApi.apiRoot);
    expect(await fetchAt(NEXT_DAY, partner)).toEqual({ kind: 'refreshed' });
  });

  test('"temporarily unavailable" is answered by a fresh file_id, once', async () => {
    const partner = await world.join(userId);
    const description = 'Bad Request: wrong file_id or the file is temporarily unavailable';
    await fault({ call: 'getFile', effect: 'error', status: 400, description });

    expect(await fetchAt(NOW, partner)).toEqual({ kind: 'stored' });
    expect(await calls()).toEqual([2, 2, 1]);
  });

  test('is told even where the lease cannot be released', async () => {
    const partner = await world.join(userId);
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 502 });
    const ports = portsOf();
    const release = () => Promise.reject(new Error('no table'));

    const failed = fetchAt(NOW, partner, {}, { ...ports, table: { ...ports.table, release } });

    await expect(failed).rejects.toMatchObject({ name: 'TelegramTransient' });
  });
});

describe('a worker who is taken over', () => {
  /** Telegram, so slow that another worker takes the lease over during the download. */
  function slowTelegram(partner: Partner, during: (lease: Lease) => Promise<unknown>): Telegram {
    return {
      ...bot,
      download: async (file, signal) => {
        const nowMs = NEXT_DAY + LEASE_MS;
        const request = { nowMs, untilMs: nowMs + LEASE_MS, checkedBeforeMs: nowMs };
        const lease = await world.table.acquireLease(partner.avatarId, {
          owner: 'quick',
          ...request,
        });
        await during(lease as Lease);
        return bot.download(file, signal);
      },
    };
  }

  test('commits nothing, and deletes nothing that is in use', async () => {
    const partner = await stored();
    await changePhoto(botApi.apiRoot, userId);
    const telegram = slowTelegram(partner, (lease) =>
      world.table.commit(lease, partner.photo, NEXT_DAY + LEASE_MS, NEXT_DAY + LEASE_MS),
    );

    const outcome = await fetchAt(NEXT_DAY, partner, {}, { ...portsOf(), telegram });

    expect(outcome).toEqual({ kind: 'superseded' });
    const after = await known(partner);
    expect(after).toMatchObject({ photo: partner.photo, checkedAtMs: NEXT_DAY + LEASE_MS });
    expect(await storedSizes(partner, partner.photoId)).toHaveLength(SIZES.length);
  });

  test('by one who stored the same photo deletes none of its objects', async () => {
    const partner = await world.join(userId);
    const telegram = slowTelegram(partner, async (lease) => {
      const listed = await bot.currentPhoto(String(userId), new AbortController().signal);
      const photo = { photoId: listed?.photoId ?? '', lqip: 'l' };
      await world.table.commit(lease, photo, NEXT_DAY + LEASE_MS, NEXT_DAY + LEASE_MS);
    });

    const outcome = await fetchAt(NEXT_DAY, partner, {}, { ...portsOf(), telegram });

    expect(outcome).toEqual({ kind: 'superseded' });
    const { photo } = await known(partner);
    expect(await storedSizes(partner, photo?.photoId)).toHaveLength(SIZES.length);
  });

  test('with a first photo commits nothing either', async () => {
    const partner = await world.join(userId);
    const telegram = slowTelegram(partner, (lease) =>
      world.table.commit(lease, undefined, NEXT_DAY + LEASE_MS, NEXT_DAY + LEASE_MS),
    );

    const outcome = await fetchAt(NEXT_DAY, partner, {}, { ...portsOf(), telegram });

    expect(outcome).toEqual({ kind: 'superseded' });
    expect((await known(partner)).photo).toBeUndefined();
  });

  test('with a photo that cannot be shown says nothing of it', async () => {
    const partner = await stored();
    await setPhoto(botApi.apiRoot, userId, Buffer.from('no picture'));
    const telegram = slowTelegram(partner, (lease) =>
      world.table.commit(lease, partner.photo, NEXT_DAY + LEASE_MS, NEXT_DAY + LEASE_MS),
    );

    const outcome = await fetchAt(NEXT_DAY, partner, {}, { ...portsOf(), telegram });

    expect(outcome).toEqual({ kind: 'superseded' });
  });

  test('and then fails does not free the lease of the other', async () => {
    const partner = await world.join(userId);
    await fault({ call: 'download', effect: 'error', status: 500 });
    const telegram = slowTelegram(partner, async () => {});

    const failed = fetchAt(NEXT_DAY, partner, {}, { ...portsOf(), telegram });

    await expect(failed).rejects.toThrow();
    expect(await fetchAt(NEXT_DAY + LEASE_MS, partner)).toEqual({
      kind: 'busy',
      untilMs: NEXT_DAY + 2 * LEASE_MS,
    });
  });
});

describe('a photo that an attempt stored which died before the commit', () => {
  /** A partner whose photo was stored by a worker who is gone; where its lease is over, and the id of the photo. */
  async function leftBehind(): Promise<{ partner: Partner; photoId: string }> {
    const partner = await world.join(userId);
    const ports = portsOf();
    const commit = () => Promise.reject(new Error('dead'));
    const release = async () => {};
    const dying = fetchAt(
      NOW,
      partner,
      {},
      { ...ports, table: { ...ports.table, commit, release } },
    );
    await expect(dying).rejects.toThrow('dead');
    const listed = await bot.currentPhoto(String(userId), new AbortController().signal);
    await resetCounters(botApi.apiRoot);
    return { partner, photoId: listed?.photoId ?? expect.fail('no photo') };
  }

  const again = (
    partner: Partner,
    receives: number,
    ports = portsOf(),
    job: Partial<FetchJob> = {},
  ) =>
    fetchPhoto(
      ports,
      { avatarId: partner.avatarId, checkedBeforeMs: NOW, ...job },
      { ...attemptAt(NOW + LEASE_MS, 'second'), receives },
    );

  test('is found by the next one: no file, no download, the same picture inline', async () => {
    const { partner, photoId } = await leftBehind();

    expect(await again(partner, 2)).toEqual({ kind: 'stored' });

    const { calls } = await readCounters(botApi.apiRoot);
    expect([calls.getFile.total, calls.download.total]).toEqual([0, 0]);
    const { photo } = await known(partner);
    expect(photo?.photoId).toBe(photoId);
    const original = await currentPhoto(botApi.apiRoot, userId);
    const inline = Buffer.from(photo?.lqip.split(',')[1] ?? '', 'base64');
    // Sixteen pixels of low quality: colours, not detail.
    expect(await likeness(inline, original)).toBeGreaterThan(0.8);
  });

  test('is found by the file_id that a backend named, too', async () => {
    const { partner, photoId } = await leftBehind();
    const listed = await bot.currentPhoto(String(userId), new AbortController().signal);
    await resetCounters(botApi.apiRoot);
    const hint = { photoFileId: listed?.fileId ?? expect.fail('no photo') };

    expect(await again(partner, 2, portsOf(), hint)).toEqual({ kind: 'stored' });

    expect(await calls()).toEqual([0, 1, 0]);
    expect((await known(partner)).photo?.photoId).toBe(photoId);
  });

  test('has its inline picture from the largest one', async () => {
    const { partner } = await leftBehind();
    const ports = portsOf();
    const widths: number[] = [];
    const render: FetchPorts['render'] = async (webp) => {
      widths.push((await sharp(webp).metadata()).width);
      return ports.render(webp);
    };

    await again(partner, 2, { ...ports, render });

    expect(widths).toEqual([Math.max(...SIZES)]);
  });

  test('is fetched again where one of its pictures is missing', async () => {
    const { partner, photoId } = await leftBehind();
    const Key = `avatars/${partner.avatarId}/${photoId}/150.webp`;
    const { clients, resources } = world;
    await clients.s3.send(new DeleteObjectCommand({ Bucket: resources.bucketName, Key }));

    expect(await again(partner, 2)).toEqual({ kind: 'stored' });

    expect((await readCounters(botApi.apiRoot)).calls.download.total).toBe(1);
    expect(await storedSizes(partner, photoId)).toHaveLength(SIZES.length);
  });

  test('is found by its file_id, too, where a backend named one', async () => {
    const { partner, photoId } = await leftBehind();
    const listed = await bot.currentPhoto(String(userId), new AbortController().signal);
    await resetCounters(botApi.apiRoot);

    const hint = { photoFileId: listed?.fileId ?? '' };
    const outcome = await again(partner, 2, portsOf(), hint);

    expect(outcome).toEqual({ kind: 'stored' });
    expect(await calls()).toEqual([0, 1, 0]);
    expect((await known(partner)).photo?.photoId).toBe(photoId);
  });

  test('is fetched again where its largest picture is damaged', async () => {
    const { partner, photoId } = await leftBehind();
    const version = { avatarId: partner.avatarId, photoId, size: 512 } as const;
    const whole = (await world.bucket.get(version)) ?? expect.fail('not there');
    await world.bucket.put(version, whole.slice(0, 20));

    expect(await again(partner, 2)).toEqual({ kind: 'stored' });

    expect((await readCounters(botApi.apiRoot)).calls.download.total).toBe(1);
    expect(await world.bucket.get(version)).toEqual(whole);
  });

  test('is not given up for a failure that says nothing of it', async () => {
    const { partner } = await leftBehind();
    const render = () => Promise.reject(new Error('out of memory'));

    await expect(again(partner, 2, { ...portsOf(), render })).rejects.toThrow('out of memory');

    expect((await readCounters(botApi.apiRoot)).calls.download.total).toBe(0);
  });

  test('is not looked for by a first attempt, which would pay for it each time', async () => {
    const { partner } = await leftBehind();

    expect(await again(partner, 1)).toEqual({ kind: 'stored' });

    expect((await readCounters(botApi.apiRoot)).calls.download.total).toBe(1);
  });
});

describe('a job', () => {
  test('that comes twice is done once', async () => {
    const partner = await stored();

    expect(await fetchAt(NOW, partner)).toEqual({ kind: 'fresh' });
    expect(await calls()).toEqual([0, 0, 0]);
  });

  test('that comes twice at the same time is done once, and the other one waits', async () => {
    const { avatarId } = await world.join(userId);
    const job = { avatarId, checkedBeforeMs: NOW };

    const outcomes = await Promise.all(
      ['a', 'b'].map((owner) => fetchPhoto(portsOf(), job, attemptAt(NOW, owner))),
    );

    const busy = { kind: 'busy', untilMs: NOW + LEASE_MS };
    expect(outcomes).toEqual(expect.arrayContaining([{ kind: 'stored' }, busy]));
    expect(await calls()).toEqual([1, 1, 1]);
  });

  test('of a holder who died is done after the lease, not before', async () => {
    const partner = await world.join(userId);
    const request = { nowMs: NOW, untilMs: NOW + LEASE_MS, checkedBeforeMs: NOW };
    await world.table.acquireLease(partner.avatarId, { owner: 'dead', ...request });

    const early = await fetchAt(NOW + LEASE_MS - 1, partner);
    const callsBefore = await calls();
    const late = await fetchAt(NOW + LEASE_MS, partner);

    expect([early.kind, late.kind]).toEqual(['busy', 'stored']);
    expect(callsBefore).toEqual([0, 0, 0]);
  });

  test('for nobody is over without a word to Telegram', async () => {
    const nobody = { avatarId: 'a'.repeat(26) } as Partner;

    expect(await fetchAt(NOW, nobody)).toEqual({ kind: 'unknown' });
    expect(await calls()).toEqual([0, 0, 0]);
  });

  test('for a user without a photo is done with that', async () => {
    const partner = await world.join(userId + 9);

    expect(await fetchAt(NOW, partner)).toEqual({ kind: 'none' });
    expect(await known(partner)).toMatchObject({ checkedAtMs: NOW });
    expect(await calls()).toEqual([1, 0, 0]);
  });
});

test('a hint that is worked off late does not hide the news that came after it', async () => {
  const partner = await world.join(userId);
  const { signal } = new AbortController();
  const first = await bot.currentPhoto(String(userId), signal);
  await changePhoto(botApi.apiRoot, userId);
  const second = await bot.currentPhoto(String(userId), signal);
  const late = attemptAt(NOW + 5_000, 'late');

  const hint = { checkedBeforeMs: NOW + 1_000, photoFileId: first?.fileId ?? '' };
  await fetchPhoto(portsOf(), { avatarId: partner.avatarId, ...hint }, late);
  const outcome = await fetchPhoto(
    portsOf(),
    { avatarId: partner.avatarId, checkedBeforeMs: NOW + 2_000 },
    attemptAt(NOW + 6_000, 'next'),
  );

  expect(outcome).toEqual({ kind: 'refreshed' });
  expect((await known(partner)).photo?.photoId).toBe(second?.photoId);
});
