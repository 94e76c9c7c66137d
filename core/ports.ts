// What the rules need of the outside. One adapter each; errors are those of errors.ts or pass through.

import type { PhotoVersion } from './avatar-url.ts';
import type { FetchJob } from './fetch-job.ts';
import type { Lease, LeaseRefusal } from './lease.ts';
import type { Partner, Photo, Profile } from './partner.ts';

/** The partners' items; every method but `get` is one write on one item, conditional but for `register`. */
export interface PartnerTable {
  get(avatarId: string): Promise<Partner | undefined>;
  /**
   * Creates the partner or updates its profile, and takes the claim if there is none, not even one that
   * ran out; keeps `joinedAtMs`, the photo and the lease.
   */
  register(
    avatarId: string,
    profile: Profile,
    nowMs: number,
    claimUntilMs: number,
  ): Promise<Partner>;
  /** Takes the right to enqueue a fetch; false if it is taken or a fetch runs. */
  claim(avatarId: string, nowMs: number, untilMs: number): Promise<boolean>;
  /** Gives a claim back that ends at `untilMs`, if it is still this one. */
  unclaim(avatarId: string, untilMs: number): Promise<void>;
  acquireLease(
    avatarId: string,
    request: { owner: string; nowMs: number; untilMs: number; checkedBeforeMs: number },
  ): Promise<Lease | LeaseRefusal>;
  /** Moves the pointer and remembers what it replaced, under the lease; false if that is no longer this worker's. */
  replacePhoto(lease: Lease, photo: Photo | undefined): Promise<boolean>;
  /** Writes what Telegram said, ends the lease and the claim; false if the lease is no longer this worker's. */
  commit(lease: Lease, photo: Photo | undefined, checkedAtMs: number): Promise<boolean>;
  /**
   * Ends the lease without a result, if it is still this worker's, and takes the claim until the message
   * is back: viewers of a photo that cannot be had must not ask for it at every turn.
   */
  release(lease: Lease, claimUntilMs: number): Promise<void>;
}

/** The stored pictures; a key's bytes never differ, so writing one twice is harmless. */
export interface PhotoBucket {
  get(version: PhotoVersion): Promise<Uint8Array | undefined>;
  put(version: PhotoVersion, webp: Uint8Array): Promise<void>;
  /** Deletes all sizes of one photo. */
  remove(avatarId: string, photoId: string): Promise<void>;
}

/** The queue of fetches. */
export interface FetchQueue {
  send(job: FetchJob, delaySeconds?: number): Promise<void>;
}

/** A photo as `getUserProfilePhotos` lists it. */
export interface ListedPhoto {
  readonly photoId: string;
  readonly fileId: string;
}

/** A file that is ready for download; `path` is checked, `sizeBytes` is what Telegram says if it does. */
export interface TelegramFile {
  readonly photoId: string;
  readonly fileId: string;
  readonly path: string;
  readonly sizeBytes?: number;
}

/**
 * The Bot API. All methods throw TelegramTransient, TelegramThrottled and TelegramUnauthorized,
 * and stop at the signal.
 */
export interface Telegram {
  /** The current photo in its largest size; `undefined` for none, hidden or an unknown user. */
  currentPhoto(userId: string, signal: AbortSignal): Promise<ListedPhoto | undefined>;
  /** Throws TelegramFileGone for a file_id that is not good any more, PhotoRejected for one that never can be. */
  openFile(fileId: string, signal: AbortSignal): Promise<TelegramFile>;
  /** The bytes; an expired link is opened once more. Throws PhotoRejected over the size cap. */
  download(file: TelegramFile, signal: AbortSignal): Promise<Uint8Array>;
}

/** Time as the rules see it. */
export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}
