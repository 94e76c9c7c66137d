// A photo's objects in the bucket: all are written before the pointer names them, and none stays when it does not.

import { SETTLE_MS } from './erasure.ts';
import { PhotoRejected } from './errors.ts';
import type { Lease } from './lease.ts';
import type { Photo } from './partner.ts';
import type { EraseQueue, PartnerTable, PhotoBucket } from './ports.ts';
import type { RenderedPhoto } from './render-webp.ts';
import { SIZES } from './sizes.ts';

/** What the objects' comings and goings need of the outside. */
export interface ObjectPorts {
  readonly table: Pick<PartnerTable, 'get'>;
  readonly bucket: Pick<PhotoBucket, 'put' | 'remove'>;
  readonly eraseQueue: EraseQueue;
}

/** What looking for the objects of an attempt that died needs of the outside; `render` is renderWebp. */
export interface LeftBehindPorts {
  readonly bucket: Pick<PhotoBucket, 'get'>;
  readonly render: (webp: Uint8Array) => Promise<Pick<RenderedPhoto, 'lqip'>>;
}

/**
 * Writes all sizes. Throws the first error, but only when no write is under way any more: one that goes on while its
 * worker is frozen may end long after an erasure.
 */
export async function putAll(
  { bucket }: Pick<ObjectPorts, 'bucket'>,
  avatarId: string,
  photoId: string,
  webpBySize: RenderedPhoto['webpBySize'],
): Promise<void> {
  const writes = await Promise.allSettled(
    [...webpBySize].map(([size, webp]) => bucket.put({ avatarId, photoId, size }, webp)),
  );
  const failed = writes.find((write) => write.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * The photo whose objects were left in the bucket by an attempt that ended before the commit; `undefined` unless all
 * sizes are there. Only an attempt that is not the first looks: it costs a read of each size.
 */
export async function photoLeftBehind(
  { bucket, render }: LeftBehindPorts,
  avatarId: string,
  photoId: string,
): Promise<Photo | undefined> {
  const stored = await Promise.all(SIZES.map((size) => bucket.get({ avatarId, photoId, size })));
  const largest = stored.at(-1);
  if (!largest || stored.includes(undefined)) return undefined;
  try {
    const { lqip } = await render(largest);
    return { photoId, lqip };
  } catch (error) {
    // Says nothing of the photo at Telegram, which is downloaded then.
    if (error instanceof PhotoRejected) return undefined;
    throw error;
  }
}

/** Deletes what was stored for somebody who was erased meanwhile: beside a tombstone no object may be left. */
export async function removeIfErased(
  { table, bucket }: Pick<ObjectPorts, 'table' | 'bucket'>,
  avatarId: string,
  photoId: string,
): Promise<void> {
  if (!(await table.get(avatarId))) await bucket.remove(avatarId, photoId);
}

/** Deletes what a worker left behind that died between moving the pointer and deleting what it had pointed to. */
export async function removeLeftover(ports: ObjectPorts, { partner }: Lease): Promise<void> {
  const { avatarId, replacedPhotoId, photo } = partner;
  if (replacedPhotoId && replacedPhotoId !== photo?.photoId) {
    await removeReplaced(ports, avatarId, replacedPhotoId, photo);
  }
}

/**
 * Deletes what the pointer named before. Where nothing took its place, the edge has to forget it, too: at once,
 * and again when no answer can be under way that was begun before. A photo that merely changed stays in the
 * edge until its time is over: everybody is shown the new one's URL, and an invalidation is paid for.
 */
export async function removeReplaced(
  { bucket, eraseQueue }: ObjectPorts,
  avatarId: string,
  photoId: string,
  successor: Photo | undefined,
): Promise<void> {
  await bucket.remove(avatarId, photoId);
  if (successor) return;
  const job = { kind: 'evict', avatarId } as const;
  await Promise.all([eraseQueue.send(job), eraseQueue.send(job, SETTLE_MS / 1000)]);
}
