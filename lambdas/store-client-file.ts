// Loaded with the first file that is stored: S3's client is the larger part of serve-client, which starts without it.

import { type HashedFile, storeClientFile } from '../adapters/client-bucket.ts';
import { s3Client } from './clients.ts';

const client = s3Client();

/** Stores a file in this bucket; see `storeClientFile`. */
export const store = (bucketName: string, file: HashedFile): Promise<void> =>
  storeClientFile(client, bucketName, file);
