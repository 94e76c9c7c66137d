// An erasure: a partner goes, with all photos, everywhere. What remains says that there was one, not whose.

/** A receipt: it names no partner, and is found by an id that nobody can guess. */
export interface Erasure {
  readonly erasureId: string;
  readonly requestedAtMs: number;
  /** Absent while the erasure is under way. */
  readonly completedAtMs?: number;
  /** Stored pictures that were deleted so far. */
  readonly objects: number;
}

/**
 * What stands under an avatarId: `partner`, somebody; `erasing`, a tombstone or a partner who has come back,
 * with an erasure under way; `nobody`, a stranger or a tombstone.
 */
export type ErasureState =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'partner'; readonly joinedAtMs: number }
  | {
      readonly kind: 'erasing';
      readonly erasureId: string;
      readonly erasedAtMs: number;
      /** When the partner joined who has come back; absent while nobody has. */
      readonly joinedAtMs?: number;
    };

/**
 * What is put in the place of a partner. It is for the one who joined at `joinedAtMs`, and nobody who joins
 * later: a message may be worked off days after it was sent.
 */
export interface Tombstone {
  readonly erasureId: string;
  readonly joinedAtMs: number;
  readonly erasedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Milliseconds after which nothing that began before the tombstone can bring anything back: no lease runs
 * longer (a worker's time-out of 20 s and its margin of 5 s), and no answer out of an instance's memory does.
 */
export const SETTLE_MS = 30_000;

/** Milliseconds after which a fetch looks again, at the earliest, whether an erasure that takes longer is over. */
export const ERASING_RECHECK_MS = 5_000;

/** When a fetch may hope that an erasure is over: one that is stuck is asked after ever more rarely. */
export function erasureOverAtMs(erasingSinceMs: number, nowMs: number): number {
  const recheckMs = Math.max(ERASING_RECHECK_MS, (nowMs - erasingSinceMs) / 10);
  return Math.max(erasingSinceMs + SETTLE_MS, Math.round(nowMs + recheckMs));
}

const ERASURE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the text can be an erasureId: a UUID in lower case. */
export function isErasureId(text: string): boolean {
  return ERASURE_ID.test(text);
}

/** When a tombstone or a receipt of this moment may be forgotten, in milliseconds since the epoch. */
export function tombstoneEndMs(nowMs: number, tombstoneDays: number): number {
  return nowMs + tombstoneDays * 24 * 60 * 60 * 1000;
}
