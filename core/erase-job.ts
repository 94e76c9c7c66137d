// The messages of the erase queue.

/**
 * Erases the partner who joined at `joinedAtMs`, in milliseconds since the epoch: whoever came back since is
 * somebody else. `erasureId` names the receipt, so that a message that comes twice costs nothing.
 */
export interface ErasePartnerJob {
  readonly kind: 'erase';
  readonly avatarId: string;
  readonly joinedAtMs: number;
  readonly erasureId: string;
}

/** Makes the edge forget a photo that is not shown any more. */
export interface EvictJob {
  readonly kind: 'evict';
  readonly avatarId: string;
}

/** What the queue carries. */
export type EraseJob = ErasePartnerJob | EvictJob;
