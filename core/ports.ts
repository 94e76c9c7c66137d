// What the rules need of the outside. One adapter each; errors are those of errors.ts or pass through.

import type { PhotoVersion } from './avatar-url.ts';
import type { EraseJob } from './erase-job.ts';
import type { Erasure, ErasureState, Tombstone } from './erasure.ts';
import type { FetchJob } from './fetch-job.ts';
import type { Lease, LeaseRefusal } from './lease.ts';
import type { Partner, Photo, Registration } from './partner.ts';
import type { Priority, Turn } from './telegram-budget.ts';

/** The partners' items; every method but `get` is one conditional write on one item. */
export interface PartnerTable {
  /** The partner; `undefined` for a stranger and for whoever was erased. */
  get(avatarId: string): Promise<Partner | undefined>;
  /**
   * Creates the partner or updates its profile, and takes the claim if there is none, not even one that
   * ran out; keeps `joinedAtMs`, the photo and the lease. `undefined`, with nothing written, for a partner
   * who was erased, unless `afterErasure` says that it came back by itself.
   */
  register(
    avatarId: string,
    registration: Registration,
    times: { nowMs: number; claimUntilMs: number },
    options: { afterErasure: boolean },
  ): Promise<Partner | undefined>;
  /** Takes the right to enqueue a fetch; false if it is taken or a fetch runs. */
  claim(avatarId: string, nowMs: number, untilMs: number): Promise<boolean>;
  /** Keeps a claim from ending before `untilMs`, for a message that waits so long. */
  extendClaim(avatarId: string, untilMs: number): Promise<void>;
  /** Gives a claim back that ends at `untilMs`, if it is still this one. */
  unclaim(avatarId: string, untilMs: number): Promise<void>;
  acquireLease(
    avatarId: string,
    request: { owner: string; nowMs: number; untilMs: number; checkedBeforeMs: number },
  ): Promise<Lease | LeaseRefusal>;
  /**
   * Moves the pointer, says that it moved at `nowMs`, and remembers what it replaced, under the lease; false if that is
   * no longer this worker's.
   */
  replacePhoto(lease: Lease, photo: Photo | undefined, nowMs: number): Promise<boolean>;
  /**
   * Writes what Telegram said, ends the lease and the claim; false if the lease is no longer this worker's. A first
   * photo is said to have come at `nowMs`; that another one came, `replacePhoto` has said.
   */
  commit(
    lease: Lease,
    photo: Photo | undefined,
    checkedAtMs: number,
    nowMs: number,
  ): Promise<boolean>;
  /**
   * Ends the lease without a result, if it is still this worker's, and takes the claim until the message
   * is back: viewers of a photo that cannot be had must not ask for it at every turn.
   */
  release(lease: Lease, claimUntilMs: number): Promise<void>;
}

/** Many partners at once: as many items are read as are answered, whatever the table holds. */
export interface PartnerDirectory {
  /** The newest partners, newest first; `limit` is 100 at most. */
  newest(limit: number): Promise<Partner[]>;
  /** The partners among these avatarIds, 100 at most, by avatarId. */
  many(avatarIds: readonly string[]): Promise<ReadonlyMap<string, Partner>>;
}

/** Whose photo the table last said to have moved; without a photoId there is none now. */
export interface MovedPhoto {
  readonly avatarId: string;
  readonly photoId?: string;
  readonly changedAtMs: number;
}

/** The moves of all pointers by time; up to a second late, as an index is. */
export interface MovedPhotos {
  /** Those after `sinceMs`, newest first, each partner once; `limit` at most. */
  after(sinceMs: number, limit: number): Promise<MovedPhoto[]>;
}

/** Erasures: the tombstone in the place of the partner's item, and a receipt that names nobody. */
export interface ErasureTable {
  /** Writes the receipt of an erasure that is to come. */
  begin(erasure: { erasureId: string; requestedAtMs: number; expiresAtMs: number }): Promise<void>;
  find(erasureId: string): Promise<Erasure | undefined>;
  /** What stands under an avatarId, as far as erasing goes. */
  state(avatarId: string): Promise<ErasureState>;
  /**
   * Puts a tombstone in the place of a partner: nothing else of the item is left. Does nothing unless it is the
   * partner for whom it is meant, with no erasure under way; the state that is there afterwards.
   */
  entomb(avatarId: string, tombstone: Tombstone): Promise<ErasureState>;
  /**
   * The same at `nowMs` for the partner who came back while this very erasure is under way. Does nothing where it is
   * over: nobody would ever let go of a tombstone that is put back then.
   */
  entombAgain(avatarId: string, tombstone: Tombstone, nowMs: number): Promise<ErasureState>;
  /** Sets the number of objects that the receipt tells, unless it tells more already. */
  countObjects(erasureId: string, objects: number): Promise<void>;
  /** Completes the receipt, then lets go of the avatarId: a partner who came back may be fetched again. */
  complete(avatarId: string, erasureId: string, nowMs: number): Promise<void>;
}

/** The stored pictures; a key's bytes never differ, so writing one twice is harmless. */
export interface PhotoBucket {
  get(version: PhotoVersion): Promise<Uint8Array | undefined>;
  put(version: PhotoVersion, webp: Uint8Array): Promise<void>;
  /** Deletes all sizes of one photo. */
  remove(avatarId: string, photoId: string): Promise<void>;
  /** Deletes whatever is stored of a partner; the number of objects that were. */
  removeAll(avatarId: string): Promise<number>;
}

/** A queue of fetches. */
export interface FetchQueue {
  send(job: FetchJob, delaySeconds?: number): Promise<void>;
  /** Sends in batches; the jobs that the queue did not take. */
  sendAll(jobs: readonly FetchJob[]): Promise<FetchJob[]>;
}

/** Both queues of fetches: what somebody waits for, and what gives way to it. */
export interface FetchQueues {
  readonly fetch: FetchQueue;
  readonly warm: FetchQueue;
}

/** The queue of erasures and evictions. */
export interface EraseQueue {
  send(job: EraseJob, delaySeconds?: number): Promise<void>;
}

/** The CDN's caches. */
export interface EdgeCache {
  /** Makes the edge forget every picture of a partner. Throws EdgeCacheBusy where it cannot take more just now. */
  evict(avatarId: string): Promise<void>;
}

/** What all workers of one bot may ask of Telegram together. */
export interface TelegramBudget {
  /** Takes the right to one fetch. */
  takeTurn(priority: Priority, nowMs: number): Promise<Turn>;
  /** Until when nobody may call; in the past where everybody may. */
  pausedUntilMs(): Promise<number>;
  /**
   * Pauses everybody until then; `throttled` also halves the rate, once a pause. By how many milliseconds the pause
   * became longer: 0 for whoever is told the same as another.
   */
  pause(reason: 'throttled' | 'unauthorized', untilMs: number, nowMs: number): Promise<number>;
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
  /** The bytes. Throws TelegramLinkExpired where the file has to be opened again, PhotoRejected over the size cap. */
  download(file: TelegramFile, signal: AbortSignal): Promise<Uint8Array>;
}

/** Time as the rules see it. */
export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}
