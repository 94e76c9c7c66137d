// All pictures of one partner that are in the bucket; for an operator, since no public function may list it.

import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { type PhotoVersion, parsePhotoVersion } from '../core/avatar-url.ts';
import { PHOTOS_PREFIX } from '../core/topology.ts';

/** A picture in the bucket. */
export interface StoredPicture extends PhotoVersion {
  readonly bytes: number;
  readonly storedAtMs: number;
}

/** The pictures under an avatarId, of whatever photo. */
export async function storedPictures(
  client: S3Client,
  bucketName: string,
  avatarId: string,
): Promise<StoredPicture[]> {
  const pictures: StoredPicture[] = [];
  const pages = paginateListObjectsV2(
    { client },
    { Bucket: bucketName, Prefix: `${PHOTOS_PREFIX}${avatarId}/` },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key = '', Size: bytes = 0, LastModified } of Contents) {
      const [, , photoId = '', file = ''] = Key.split('/');
      const version = parsePhotoVersion(avatarId, photoId, file);
      if (version) pictures.push({ ...version, bytes, storedAtMs: LastModified?.getTime() ?? 0 });
    }
  }
  return pictures;
}
