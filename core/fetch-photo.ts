// The worker's part of a photo's journey: lease → Telegram → render → bucket → commit.
// The pointer never names an object that is not stored, and only the holder of the lease moves it.

import { downloadPhoto } from './download-photo.ts';
import { PhotoRejected } from './errors.ts';
import type { FetchJob } from './fetch-job.ts';
import { retryAfterError, SECOND_LOOK_SECONDS } from './fetch-retry.ts';
import { findFile } from './find-file.ts';
import { CLAIM_MS, type Lease, type LeaseRefusal } from './lease.ts';
import type { Photo } from './partner.ts';
import {
  photoLeftBehind,
  putAll,
  removeIfErased,
  removeLeftover,
  removeReplaced,
} from './photo-objects.ts';
import type {
  Clock,
  EraseQueue,
  PartnerTable,
  PhotoBucket,
  Telegram,
  TelegramFile,
} from './ports.ts';
import type { RenderedPhoto } from './render-webp.ts';

/**
 * What came of a job. `refreshed`: another photo was stored before, or this one's objects were lost. `gone`: it was
 * stored, and is not any more. `missing`: Telegram did not show the stored photo, which one more look has to confirm.
 * `superseded`: another worker took the lease over, or the partner was erased, and that stands.
 */
export type FetchOutcome =
  | LeaseRefusal
  | { readonly kind: Settled | 'superseded' }
  | { readonly kind: 'missing'; readonly photoId: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/** What a fetch left behind it. */
type Settled = 'stored' | 'refreshed' | 'unchanged' | 'gone' | 'none';

/** What a fetch needs of the outside; `render` is renderWebp. */
export interface FetchPorts {
  readonly table: PartnerTable;
  readonly bucket: Pick<PhotoBucket, 'get' | 'put' | 'remove'>;
  readonly telegram: Telegram;
  readonly eraseQueue: EraseQueue;
  readonly render: (original: Uint8Array) => Promise<RenderedPhoto>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/**
 * One attempt of one worker: its unique owner id, when it began, the lease's end, the signal that ends it,
 * and how often its message was received, this time included.
 */
export interface Attempt {
  readonly owner: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  readonly signal: AbortSignal;
  readonly receives: number;
}

/**
 * Fetches, renders and stores one partner's photo. Throws the Telegram errors of errors.ts and whatever
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
  // What Telegram has shown since may be newer than a file_id that is still good: it is for a first photo only.
  const trusted = lease.partner.checkedAtMs === undefined ? job : withoutHint(job);
  try {
    return await fetchOrReject(ports, trusted, attempt, lease);
  } catch (error) {
    const { delaySeconds } = retryAfterError(error, attempt.receives, ports.clock.nowMs());
    await releaseQuietly(ports, lease, delaySeconds);
    throw error;
  }
}

async function fetchOrReject(
  ports: FetchPorts,
  job: FetchJob,
  attempt: Attempt,
  lease: Lease,
): Promise<FetchOutcome> {
  try {
    return await fetchUnderLease(ports, job, attempt, lease);
  } catch (error) {
    if (!(error instanceof PhotoRejected)) throw error;
    // A hint that turns out to be no photo says nothing of the photo that Telegram lists.
    if (job.photoFileId) return fetchOrReject(ports, withoutHint(job), attempt, lease);
    return commitRejected(ports, job, attempt, lease, error);
  }
}

function withoutHint({ photoFileId, ...job }: FetchJob): FetchJob {
  return job;
}

async function fetchUnderLease(
  ports: FetchPorts,
  job: FetchJob,
  { nowMs, signal, receives }: Attempt,
  lease: Lease,
): Promise<FetchOutcome> {
  const { avatarId, userId, photo: previous } = lease.partner;
  await removeLeftover(ports, lease);
  const storedPhoto = async (photoId: string) => {
    if (photoId === previous?.photoId && photoId !== job.lostPhotoId) return previous;
    return receives > 1 ? photoLeftBehind(ports, avatarId, photoId) : undefined;
  };
  const request = { userId, hintedFileId: job.photoFileId, storedPhoto };
  const found = await findFile(ports.telegram, request, signal);
  if (found === 'none') {
    const isConfirmed = !previous || previous.photoId === job.missingPhotoId;
    return isConfirmed
      ? commit(ports, lease, undefined, nowMs, previous ? 'gone' : 'none')
      : lookAgain(ports, lease, previous);
  }

  const photo = 'stored' in found ? found.stored : await store(ports, avatarId, found, signal);
  const changed = previous ? 'refreshed' : 'stored';
  const kind = photo === previous ? 'unchanged' : changed;
  // A hint tells what was current when the job was made: news that came since is to be looked at yet.
  const checkedAtMs = found.isHinted ? job.checkedBeforeMs : nowMs;
  const outcome = await commit(ports, lease, photo, checkedAtMs, kind);
  if (outcome.kind === 'superseded') await removeIfErased(ports, avatarId, photo.photoId);
  return outcome;
}

/** Downloads, renders and stores what is not stored yet. */
async function store(
  ports: FetchPorts,
  avatarId: string,
  file: TelegramFile,
  signal: AbortSignal,
): Promise<Photo> {
  const original = await downloadPhoto(ports.telegram, file, signal);
  const { webpBySize, lqip } = await ports.render(original);
  const { photoId } = file;
  await putAll(ports, avatarId, photoId, webpBySize);
  return { photoId, lqip };
}

/** Telegram says "none" for a photo that is hidden, and for a moment of its own trouble. */
async function lookAgain(
  ports: FetchPorts,
  lease: Lease,
  { photoId }: Photo,
): Promise<FetchOutcome> {
  await releaseQuietly(ports, lease, SECOND_LOOK_SECONDS);
  return { kind: 'missing', photoId };
}

/**
 * Moves the pointer, deletes what it replaced, and only then says that the job is done and gives the lease
 * up: a crash in between leaves a job that comes back, and nobody can store the old photo again meanwhile.
 */
async function commit(
  ports: FetchPorts,
  lease: Lease,
  photo: Photo | undefined,
  checkedAtMs: number,
  kind: Settled,
): Promise<FetchOutcome> {
  const { table, clock } = ports;
  const { avatarId, photo: previous } = lease.partner;
  if (previous && previous.photoId !== photo?.photoId) {
    if (!(await table.replacePhoto(lease, photo, clock.nowMs()))) return { kind: 'superseded' };
    await removeReplaced(ports, avatarId, previous.photoId, photo);
  }
  const isDone = await table.commit(lease, photo, checkedAtMs, clock.nowMs());
  return isDone ? { kind } : { kind: 'superseded' };
}

/**
 * A photo that can never be shown is an answer: what was stored before stays, unless its objects are what
 * was lost, and nobody asks again until it is due.
 */
async function commitRejected(
  ports: FetchPorts,
  { lostPhotoId }: FetchJob,
  { nowMs }: Attempt,
  lease: Lease,
  { message }: PhotoRejected,
): Promise<FetchOutcome> {
  const { photo } = lease.partner;
  const kept = photo?.photoId === lostPhotoId ? undefined : photo;
  const { kind } = await commit(ports, lease, kept, nowMs, 'none');
  return kind === 'superseded' ? { kind } : { kind: 'rejected', reason: message };
}

/** The error that ends the fetch is the one to tell of; a lease that could not be released ends by itself. */
async function releaseQuietly(
  { table, clock }: FetchPorts,
  lease: Lease,
  delaySeconds: number,
): Promise<void> {
  const claimUntilMs = clock.nowMs() + delaySeconds * 1000 + CLAIM_MS;
  await table.release(lease, claimUntilMs).catch(() => undefined);
}
