import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { storedPictures } from '../../adapters/photo-listing.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { startWorld } from '../world.ts';

const avatarId = avatarIdOf('k', '42');
const other = avatarIdOf('k', '43');

test('lists the pictures of one partner, of every photo, and nothing else', async () => {
  const { bucket, clients, resources, stop } = await startWorld();
  const webp = Buffer.from('1234567');
  await bucket.put({ avatarId, photoId: 'AQADnew', size: 64 }, webp);
  await bucket.put({ avatarId, photoId: 'AQADold', size: 512 }, webp);
  await bucket.put({ avatarId: other, photoId: 'AQADnew', size: 64 }, webp);
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: resources.bucketName,
      Key: `avatars/${avatarId}/notes`,
      Body: 'no',
    }),
  );

  const pictures = await storedPictures(clients.s3, resources.bucketName, avatarId);

  await stop();
  expect(pictures).toEqual([
    { avatarId, photoId: 'AQADnew', size: 64, bytes: 7, storedAtMs: expect.any(Number) },
    { avatarId, photoId: 'AQADold', size: 512, bytes: 7, storedAtMs: expect.any(Number) },
  ]);
  expect(pictures[0]?.storedAtMs).toBeGreaterThan(Date.now() - 60_000);
});
