// The messages of the erase queue.

/** Erases a partner: `erasureId` names the receipt, so that a message that comes twice costs nothing. */
export interface ErasePartnerJob {
  readonly kind: 'erase';
  readonly avatarId: string;
  readonly erasureId: string;
}

/** Makes the edge forget a photo that is not shown any more. */
export interface EvictJob {
  readonly kind: 'evict';
  readonly avatarId: string;
}

/** What the queue carries. */
export type EraseJob = ErasePartnerJob | EvictJob;
