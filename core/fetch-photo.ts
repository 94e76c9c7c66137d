// The worker's part of a photo's journey: lease → Telegram → render → bucket → commit.
// The pointer never names an object that is not stored, and only the holder of the lease moves it.

import { PhotoRejected, TelegramFileGone } from './errors.ts';
import type { FetchJob } from './fetch-job.ts';
import type { Lease, LeaseRefusal } from './lease.ts';
import type { PartnerTable, PhotoBucket, Telegram, TelegramFile } from './ports.ts';
import type { RenderedPhoto } from './render-webp.ts';

/** What came of a job. `superseded`: another worker took the lease over, and its result stands. */
export type FetchOutcome =
  | LeaseRefusal
  | { readonly kind: 'stored' | 'unchanged' | 'none' | 'superseded' }
  | { readonly kind: 'rejected'; readonly reason: string };

/** What a fetch needs of the outside; `render` is renderWebp. */
export interface FetchPorts {
  readonly table: PartnerTable;
  readonly bucket: PhotoBucket;
  readonly telegram: Telegram;
  readonly render: (original: Uint8Array) => Promise<RenderedPhoto>;
}

/** One attempt of one worker: its unique owner id, the time, the lease's end, and the signal that ends it. */
export interface Attempt {
  readonly owner: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  readonly signal: AbortSignal;
}

/**
 * Fetches, renders and stores one partner's photo. Throws the Telegram errors of ports.ts and whatever
 * the table or bucket throw; the lease is released then, so that the message may simply come again.
 */
export async function fetchPhoto(
  ports: FetchPorts,
  job: FetchJob,
  attempt: Attempt,
): Promise<FetchOutcome> {
  const lease = await ports.table.acquireLease(job.avatarId, {
    owner: attempt.owner,
    nowMs: attempt.nowMs,
    untilMs: attempt.leaseUntilMs,
    checkedBeforeMs: job.checkedBeforeMs,
  });
  if (lease.kind !== 'held') return lease;
  try {
    return await fetchUnderLease(ports, job, attempt, lease);
  } catch (error) {
    if (error instanceof PhotoRejected) return commitRejected(ports, attempt, lease, error);
    await releaseQuietly(ports, lease);
    throw error;
  }
}

async function fetchUnderLease(
  ports: FetchPorts,
  job: FetchJob,
  { nowMs, signal }: Attempt,
  lease: Lease,
): Promise<FetchOutcome> {
  const { avatarId, userId, photo: previous } = lease.partner;
  const file = await findFile(
    ports.telegram,
    userId,
    job.photoFileId,
    keptPhotoId(lease, job),
    signal,
  );
  if (file === 'kept') return commit(ports, lease, previous, nowMs, 'unchanged');
  if (!file) return commit(ports, lease, undefined, nowMs, 'none');

  const original = await ports.telegram.download(file, signal);
  const { webpBySize, lqip } = await ports.render(original);
  const { photoId } = file;
  await Promise.all(
    [...webpBySize].map(([size, webp]) => ports.bucket.put({ avatarId, photoId, size }, webp)),
  );
  return commit(ports, lease, { photoId, lqip }, nowMs, 'stored');
}

/** The photo that needs no download because its objects are there. */
function keptPhotoId(lease: Lease, job: FetchJob): string | undefined {
  const photoId = lease.partner.photo?.photoId;
  return photoId === job.lostPhotoId ? undefined : photoId;
}

/** The file to download, `kept` if the photo is the one that is stored, `undefined` for no photo. */
async function findFile(
  telegram: Telegram,
  userId: string,
  hintedFileId: string | undefined,
  keptId: string | undefined,
  signal: AbortSignal,
): Promise<TelegramFile | 'kept' | undefined> {
  const hinted = hintedFileId && (await openIfThere(telegram, hintedFileId, signal));
  if (hinted) return hinted.photoId === keptId ? 'kept' : hinted;

  const listed = await telegram.currentPhoto(userId, signal);
  if (!listed) return undefined;
  if (listed.photoId === keptId) return 'kept';
  const opened = await openIfThere(telegram, listed.fileId, signal);
  if (opened) return { ...opened, photoId: listed.photoId };

  // The photo changed between the two calls: what is listed now has a file.
  const again = await telegram.currentPhoto(userId, signal);
  return again && { ...(await telegram.openFile(again.fileId, signal)), photoId: again.photoId };
}

async function openIfThere(
  telegram: Telegram,
  fileId: string,
  signal: AbortSignal,
): Promise<TelegramFile | undefined> {
  try {
    return await telegram.openFile(fileId, signal);
  } catch (error) {
    if (error instanceof TelegramFileGone) return undefined;
    throw error;
  }
}

async function commit(
  { table, bucket }: FetchPorts,
  lease: Lease,
  photo: Lease['partner']['photo'],
  nowMs: number,
  kind: 'stored' | 'unchanged' | 'none',
): Promise<FetchOutcome> {
  if (!(await table.commit(lease, photo, nowMs))) return { kind: 'superseded' };
  const previous = lease.partner.photo;
  if (previous && previous.photoId !== photo?.photoId) {
    await bucket.remove(lease.partner.avatarId, previous.photoId);
  }
  return { kind };
}

/** A photo that can never be shown is an answer: what was stored before stays, and nobody asks again until it is due. */
async function commitRejected(
  { table }: FetchPorts,
  { nowMs }: Attempt,
  lease: Lease,
  { message }: PhotoRejected,
): Promise<FetchOutcome> {
  const committed = await table.commit(lease, lease.partner.photo, nowMs);
  return committed ? { kind: 'rejected', reason: message } : { kind: 'superseded' };
}

/** The error that ends the fetch is the one to tell of; a lease that could not be released ends by itself. */
async function releaseQuietly({ table }: FetchPorts, lease: Lease): Promise<void> {
  await table.release(lease).catch(() => undefined);
}
