// The rest of the outside in memory: the bucket, the edge, and the fleet's budget at Telegram.

import { type PhotoVersion, photoKey } from '../../core/avatar-url.ts';
import type { EdgeCache, PhotoBucket, TelegramBudget } from '../../core/ports.ts';
import { SIZES } from '../../core/sizes.ts';

/** The bucket of one partner, with what is in it. */
export interface ModelBucket extends PhotoBucket {
  readonly objects: ReadonlyMap<string, PhotoVersion>;
  /** Whether all sizes are there. */
  has(avatarId: string, photoId: string): boolean;
}

/** An empty bucket. */
export function modelBucket(): ModelBucket {
  const objects = new Map<string, PhotoVersion & { webp: Uint8Array }>();
  const keysOf = (avatarId: string, photoId: string) =>
    SIZES.map((size) => photoKey({ avatarId, photoId, size }));

  return {
    objects,
    has: (avatarId, photoId) => keysOf(avatarId, photoId).every((key) => objects.has(key)),

    async get(version) {
      return objects.get(photoKey(version))?.webp;
    },

    async put(version, webp) {
      objects.set(photoKey(version), { ...version, webp });
    },

    async remove(avatarId, photoId) {
      for (const key of keysOf(avatarId, photoId)) objects.delete(key);
    },

    async removeAll() {
      const { size } = objects;
      objects.clear();
      return size;
    },
  };
}

/** The edge, with the photos that it has. */
export interface ModelEdge extends EdgeCache {
  readonly photoIds: Set<string>;
}

/** An edge that has seen nothing. */
export function modelEdge(): ModelEdge {
  const photoIds = new Set<string>();
  return {
    photoIds,
    async evict() {
      photoIds.clear();
    },
  };
}

/** A budget that knows of pauses alone: everybody else's turn comes at once. */
export function modelBudget(): TelegramBudget {
  let pausedUntilMs = 0;
  return {
    async takeTurn(_, nowMs) {
      return pausedUntilMs > nowMs
        ? { kind: 'paused', untilMs: pausedUntilMs }
        : { kind: 'granted', startAtMs: nowMs };
    },

    async pausedUntilMs() {
      return pausedUntilMs;
    },

    async pause(_, untilMs, nowMs) {
      const beforeMs = Math.max(pausedUntilMs, nowMs);
      pausedUntilMs = Math.max(pausedUntilMs, untilMs);
      return Math.max(pausedUntilMs - beforeMs, 0);
    },
  };
}
