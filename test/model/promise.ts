// The promise, watched after every step: fetches ≤ 1 + takeovers, never back to an older photo, no pointer to what is
// not stored, no lease taken that still holds, nothing under a tombstone.

import type { ModelItem } from './item.ts';
import type { ModelBucket } from './stores.ts';
import { BAD_PHOTO, type ModelTelegram } from './telegram.ts';

/** What is watched. */
export interface Watched {
  readonly avatarId: string;
  readonly bucket: ModelBucket;
  readonly telegram: ModelTelegram;
  item(): ModelItem;
  nowMs(): number;
  /** How many messages were sent so far. */
  sent(): number;
  /** Whether all clocks are right and nobody outlives its invocation: only then is a holder the only one who acts. */
  readonly isStrict: boolean;
}

/** The watch over one run. */
export interface PromiseWatch {
  /** Looks at everything again after somebody's step. */
  look(actor: string): void;
  /** The photo's objects are gone by no fault of ours. */
  lost(photoId: string): void;
  /** How many messages had been sent when the partner joined who is there now. */
  sentBefore(): number;
  breach(what: string): void;
  /** What was broken first, with everything that was seen since the start. */
  broken(): string | undefined;
  /** Throws if a photo is left that was replaced and not fetched again since. */
  lookAtStale(): void;
}

/** Begins to watch. */
export function watchPromise(watched: Watched): PromiseWatch {
  const { avatarId, bucket, telegram, isStrict } = watched;
  const losses: string[] = [];
  let missing: string | undefined;
  let broken: string | undefined;
  let before: ModelItem = {};
  let takeovers = 0;
  let lives = 0;
  let sentBefore = 0;
  /** Photos that the pointer named before, as long as nobody has begun to store them again. */
  const stale = new Set<string>();
  const stored = new Map<string, number>();
  /** Whoever was given the lease last. */
  let holder: string | undefined;
  /** The earliest of Telegram's answers that what is stored can be. */
  let earliest = 0;

  function breach(what: string): void {
    broken ??= what;
  }

  function lookAtLife(item: ModelItem): void {
    if (item.userId !== undefined && item.joinedAtMs !== before.joinedAtMs) {
      lives += 1;
      sentBefore = watched.sent();
      earliest = 0;
    }
    const isUnderErasure = item.erasureId !== undefined || item.userId === undefined;
    if (isUnderErasure && (item.photo || item.leaseOwner !== undefined)) {
      breach('something was fetched for somebody who is being erased');
    }
  }

  function lookAtHolder(item: ModelItem, actor: string): void {
    if (item.leaseOwner !== undefined && item.leaseGeneration !== before.leaseGeneration) {
      holder = actor;
    }
    if (item.userId === undefined || item.joinedAtMs !== before.joinedAtMs) return;
    const hasEnded = item.leaseOwner === undefined && before.leaseOwner !== undefined;
    const hasMoved = item.photo?.photoId !== before.photo?.photoId;
    if ((hasEnded || hasMoved) && actor !== holder) {
      breach(`${actor} did what only ${holder} may, who holds the lease`);
    }
  }

  function lookAtLease(item: ModelItem): void {
    const isNew = item.leaseOwner && item.leaseGeneration !== before.leaseGeneration;
    if (!isNew || before.leaseOwner === undefined) return;
    takeovers += 1;
    const holds = before.leaseUntilMs === undefined || before.leaseUntilMs > watched.nowMs();
    if (isStrict && holds && before.leaseOwner !== item.leaseOwner) {
      breach('a lease was taken from its holder');
    }
  }

  function lookAtPointer({ userId, photo, changedAtMs }: ModelItem): void {
    const photoId = photo?.photoId;
    if (photoId === before.photo?.photoId) return;
    if (before.photo) stale.add(before.photo.photoId);
    if (changedAtMs === undefined) breach('the photo changed, and no open page hears of it');
    if (userId === undefined) return;
    const { shown } = telegram;
    const at = shown.findIndex((id, index) => index >= earliest && isAnswerTo(id, photoId));
    if (at === -1) breach(`what is stored went back to ${photoId}, which Telegram does not show`);
    else earliest = at;
  }

  function lookAtBucket(): void {
    const counts = new Map<string, number>();
    for (const { photoId } of bucket.objects.values()) {
      counts.set(photoId, (counts.get(photoId) ?? 0) + 1);
    }
    for (const [photoId, count] of counts) {
      if (count > (stored.get(photoId) ?? 0)) stale.delete(photoId);
    }
    stored.clear();
    for (const [photoId, count] of counts) stored.set(photoId, count);
  }

  function lookAtObjects({ photo }: ModelItem): void {
    if (!photo || bucket.has(avatarId, photo.photoId)) missing = undefined;
    else if (isStrict && missing !== photo.photoId) {
      breach(`the pointer names ${photo.photoId}, which is not stored`);
    }
  }

  function lookAtDownloads(): void {
    for (const photoId of new Set(telegram.shown)) {
      if (photoId === undefined || photoId === BAD_PHOTO) continue;
      const times = (ids: readonly (string | undefined)[]) =>
        ids.filter((id) => id === photoId).length;
      const allowed = times(telegram.shown) + takeovers + Math.max(lives - 1, 0) + times(losses);
      const fetched = telegram.downloads(photoId);
      if (fetched > allowed) breach(`${photoId} was fetched ${fetched} times, not ${allowed}`);
    }
  }

  return {
    breach,
    broken: () => broken,
    sentBefore: () => sentBefore,

    lookAtStale() {
      const left = [...stale].filter((photoId) => stored.has(photoId));
      if (isStrict && left.length > 0) throw new Error(`${left} was replaced and is still stored`);
    },

    lost(photoId) {
      losses.push(photoId);
      missing = photoId;
    },

    look(actor) {
      const item = { ...watched.item() };
      lookAtHolder(item, actor);
      lookAtLife(item);
      lookAtLease(item);
      lookAtPointer(item);
      lookAtBucket();
      lookAtObjects(item);
      lookAtDownloads();
      before = item;
    },
  };
}

/** A photo that cannot be shown is as good as none where there is nothing else to show. */
function isAnswerTo(shown: string | undefined, stored: string | undefined): boolean {
  return shown === stored || (stored === undefined && shown === BAD_PHOTO);
}
