// The browser client's files in the bucket, where the edge finds those of earlier releases, too.

import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { CLIENT_PREFIX } from '../core/topology.ts';

/** How a file is cached whose name has its hash: for ever. */
export const HASHED_CACHE_CONTROL = 'public, max-age=31536000, immutable';

/** A file whose name has its hash; so the same name always has the same bytes. */
export interface HashedFile {
  readonly hashed: string;
  readonly type: string;
  readonly body: string;
}

// Somebody waits for the file, who does not need it to be stored.
const STORED_WITHIN_MS = 2_000;

/** Stores a file under the path by which it is asked for; throws S3's error, or one that it took two seconds. */
export async function storeClientFile(
  client: S3Client,
  bucketName: string,
  { hashed, type, body }: HashedFile,
): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: bucketName,
    Key: `${CLIENT_PREFIX}${hashed}`,
    Body: Buffer.from(body),
    ContentType: type,
    CacheControl: HASHED_CACHE_CONTROL,
  });
  await client.send(command, { abortSignal: AbortSignal.timeout(STORED_WITHIN_MS) });
}
