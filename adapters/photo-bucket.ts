// The stored pictures in S3, under keys that are their public paths.

import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { photoKey } from '../core/avatar-url.ts';
import type { PhotoBucket } from '../core/ports.ts';
import { SIZES } from '../core/sizes.ts';
import { PHOTOS_PREFIX } from '../core/topology.ts';

/**
 * How a picture under a versioned path is cached: for ever by browsers, whose copy can't go wrong; for a
 * week by the edge, so that a deleted photo leaves it without a paid invalidation.
 */
export const VERSIONED_CACHE_CONTROL = 'public, max-age=31536000, s-maxage=604800, immutable';

// Without the right to list, S3 says 403 for a key that is not there.
const NOT_THERE = new Set(['NoSuchKey', 'NotFound', 'AccessDenied']);

/** The reading side of the photo bucket. */
export function photoReader(client: S3Client, bucketName: string): Pick<PhotoBucket, 'get'> {
  return {
    async get(version) {
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucketName, Key: photoKey(version) }),
        );
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof S3ServiceException && NOT_THERE.has(error.name)) return undefined;
        throw error;
      }
    },
  };
}

/** The writing side of the photo bucket; apart, so that serve-photo's bundle has nothing of it. */
export function photoWriter(
  client: S3Client,
  bucketName: string,
): Pick<PhotoBucket, 'put' | 'remove' | 'removeAll'> {
  return {
    async put(version, webp) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucketName,
          Key: photoKey(version),
          Body: webp,
          ContentType: 'image/webp',
          CacheControl: VERSIONED_CACHE_CONTROL,
        }),
      );
    },

    async remove(avatarId, photoId) {
      const keys = SIZES.map((size) => photoKey({ avatarId, photoId, size }));
      await deleteObjects(client, bucketName, keys);
    },

    async removeAll(avatarId) {
      let removed = 0;
      // A page has a thousand keys at most, which is also what S3 deletes in one call.
      const pages = paginateListObjectsV2(
        { client },
        { Bucket: bucketName, Prefix: `${PHOTOS_PREFIX}${avatarId}/` },
      );
      for await (const { Contents = [] } of pages) {
        const keys = Contents.flatMap(({ Key }) => Key ?? []);
        if (keys.length > 0) await deleteObjects(client, bucketName, keys);
        removed += keys.length;
      }
      return removed;
    },
  };
}

/** Deletes a thousand at most. Throws where S3 refuses some, which it does inside a 200. */
async function deleteObjects(
  client: S3Client,
  bucketName: string,
  keys: readonly string[],
): Promise<void> {
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({
      Bucket: bucketName,
      Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
    }),
  );
  const [first] = Errors;
  if (first) throw new Error(`${Errors.length} objects were not deleted: ${first.Code}`);
}
