import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { photoReader, photoWriter } from '../../adapters/photo-bucket.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { photoKey } from '../../core/avatar-url.ts';
import type { PhotoBucket } from '../../core/ports.ts';
import { SIZES } from '../../core/sizes.ts';
import { awsClients } from '../../local/aws.ts';
import { startWire, type Wire } from '../wire.ts';
import { startWorld, type World } from '../world.ts';

const BYTES = Buffer.from([0, 1, 254, 255, 13, 10, 0]);
const XML = { 'content-type': 'application/xml' };
const NOT_DELETED =
  '<?xml version="1.0"?><DeleteResult><Error><Key>k</Key><Code>InternalError</Code></Error></DeleteResult>';

let world: World;
let wire: Wire;
let bucketOverWire: PhotoBucket;
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.s3Url);
  const { s3 } = awsClients({ ...world.endpoints, s3Url: wire.url });
  const { bucketName } = world.resources;
  bucketOverWire = { ...photoReader(s3, bucketName), ...photoWriter(s3, bucketName) };
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(() => {
  wire.untouched();
  userId += 1;
});

const version = (photoId = 'AQADa_b-c') =>
  ({ avatarId: avatarIdOf('k', String(userId)), photoId, size: 150 }) as const;
const failing = (status: number, code: string) => async () => ({
  status,
  headers: XML,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`,
});

/** A hundred at the same time, so that the emulator is not asked for a thousand at once. */
async function inTurns<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += 100) {
    await Promise.all(all.slice(from, from + 100).map(act));
  }
}

async function storedKeys(avatarId: string): Promise<string[]> {
  const { Contents = [] } = await world.clients.s3.send(
    new ListObjectsV2Command({
      Bucket: world.resources.bucketName,
      Prefix: `avatars/${avatarId}/`,
    }),
  );
  return Contents.map(({ Key = '' }) => Key).sort();
}

test('gives back the bytes that were put', async () => {
  await world.bucket.put(version(), BYTES);

  expect(Buffer.from((await world.bucket.get(version())) ?? [])).toEqual(BYTES);
});

test('stores a picture under its public path, as WebP that a browser keeps for ever', async () => {
  await world.bucket.put(version(), BYTES);

  const { bucketName } = world.resources;
  const head = await world.clients.s3.send(
    new HeadObjectCommand({ Bucket: bucketName, Key: photoKey(version()) }),
  );
  expect(head).toMatchObject({
    ContentType: 'image/webp',
    CacheControl: 'public, max-age=31536000, s-maxage=604800, immutable',
    ContentLength: BYTES.length,
  });
});

test('has nothing under a key that was never put', async () => {
  expect(await world.bucket.get(version())).toBeUndefined();
});

test('has nothing where S3 says 403, as it does to those who may not list', async () => {
  wire.intercept(failing(403, 'AccessDenied'));

  expect(await bucketOverWire.get(version())).toBeUndefined();
});

test('passes any other error on', async () => {
  wire.intercept(failing(503, 'SlowDown'));

  const results = await Promise.allSettled([
    bucketOverWire.get(version()),
    bucketOverWire.put(version(), BYTES),
    bucketOverWire.remove(version().avatarId, 'old'),
    bucketOverWire.removeAll(version().avatarId),
  ]);

  const slowDown = { status: 'rejected', reason: expect.objectContaining({ name: 'SlowDown' }) };
  expect(results).toEqual([slowDown, slowDown, slowDown, slowDown]);
});

test('puts again where S3 answers 503 at first', async () => {
  const refusals = [failing(503, 'SlowDown')];
  wire.intercept(async ({ forward }) => (await refusals.shift()?.()) ?? forward());

  await bucketOverWire.put(version(), BYTES);

  expect(wire.seen).toHaveLength(2);
  expect(Buffer.from((await world.bucket.get(version())) ?? [])).toEqual(BYTES);
});

test('removes all sizes of a photo and nothing else', async () => {
  for (const size of SIZES) {
    await world.bucket.put({ ...version('old'), size }, BYTES);
    await world.bucket.put({ ...version('new'), size }, BYTES);
  }

  await world.bucket.remove(version().avatarId, 'old');

  const expected = SIZES.map((size) => photoKey({ ...version('new'), size }));
  expect(await storedKeys(version().avatarId)).toEqual(expected.sort());
});

test('removes what is not there without complaint', async () => {
  await world.bucket.remove(version().avatarId, 'never');
});

test('tells of objects that S3 could not delete', async () => {
  wire.intercept(async () => ({ status: 200, headers: XML, body: NOT_DELETED }));

  await expect(bucketOverWire.remove(version().avatarId, 'old')).rejects.toThrow('InternalError');
});

describe('removing all of a partner', () => {
  const another = avatarIdOf('another', '1');

  test('deletes every photo in every size, and nobody else’s, and counts what was there', async () => {
    const { avatarId } = version();
    await world.bucket.put({ ...version(), avatarId: another }, BYTES);
    for (const size of SIZES) await world.bucket.put({ ...version('old'), size }, BYTES);
    await world.bucket.put(version('new'), BYTES);

    expect(await world.bucket.removeAll(avatarId)).toBe(SIZES.length + 1);
    expect(await storedKeys(avatarId)).toEqual([]);
    expect(await storedKeys(another)).toHaveLength(1);
  });

  test('of whom nothing is stored counts none, and deletes nothing', async () => {
    expect(await bucketOverWire.removeAll(version().avatarId)).toBe(0);
    expect(wire.seen.map(({ operation }) => operation.split(' ')[0])).toEqual(['GET']);
  });

  test('goes on to the last page', async () => {
    const { avatarId } = version();
    const photoIds = Array.from({ length: 1_003 }, (_, n) => `photo-${n}`);
    await inTurns(photoIds, (photoId) => world.bucket.put(version(photoId), BYTES));

    expect(await bucketOverWire.removeAll(avatarId)).toBe(photoIds.length);
    expect(await storedKeys(avatarId)).toEqual([]);
    expect(wire.seen.map(({ operation }) => operation.split(' ')[0])).toEqual([
      ...['GET', 'POST'],
      ...['GET', 'POST'],
    ]);
  });

  test('tells of objects that S3 could not delete', async () => {
    await world.bucket.put(version(), BYTES);
    wire.intercept(async ({ operation, forward }) =>
      operation.startsWith('POST') ? { status: 200, headers: XML, body: NOT_DELETED } : forward(),
    );

    await expect(bucketOverWire.removeAll(version().avatarId)).rejects.toThrow('InternalError');
  });
});

test('fails rather than give a part of a picture', async () => {
  await world.bucket.put(version(), Buffer.alloc(1000));
  wire.intercept(async ({ forward }) => {
    const answer = await forward();
    const headers = { ...answer.headers, 'content-length': '1000' };
    return { ...answer, headers, body: answer.body.slice(0, 500) };
  });

  await expect(bucketOverWire.get(version())).rejects.toThrow();
});
