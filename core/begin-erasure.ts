// The beginning of an erasure, while the caller waits: from the tombstone on nobody is shown or fetched any more.
// The message is sent before it, so that a crash in between loses nothing: the worker puts it up, too.

import { type Erasure, tombstoneEndMs } from './erasure.ts';
import { NotFound } from './errors.ts';
import type { Clock, EraseQueue, ErasureTable } from './ports.ts';

/** What beginning an erasure needs of the outside. */
export interface BeginErasurePorts {
  readonly erasures: Pick<ErasureTable, 'begin' | 'state' | 'entomb'>;
  readonly queue: EraseQueue;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** A receipt as the HTTP API tells it; times are ISO 8601. */
export interface Receipt {
  readonly erasureId: string;
  readonly state: 'pending' | 'done';
  readonly requestedAt: string;
  readonly completedAt: string | null;
  /** Stored pictures that were deleted so far. */
  readonly objects: number;
}

/**
 * Begins to erase a partner under a new `erasureId`; the id of the receipt, which is another one where an erasure
 * is under way already. Throws NotFound where nobody is registered.
 */
export async function beginErasure(
  { erasures, queue, clock }: BeginErasurePorts,
  avatarId: string,
  erasureId: string,
  tombstoneDays: number,
): Promise<string> {
  const before = await erasures.state(avatarId);
  if (before.kind === 'nobody') {
    throw new NotFound('Nobody is registered under this user id, so there is nothing to erase.');
  }
  if (before.kind === 'erasing' && !before.cameBack) return before.erasureId;
  const nowMs = clock.nowMs();
  const expiresAtMs = tombstoneEndMs(nowMs, tombstoneDays);
  await erasures.begin({ erasureId, requestedAtMs: nowMs, expiresAtMs });
  await queue.send({ kind: 'erase', avatarId, erasureId });
  const after = await erasures.entomb(avatarId, { erasureId, nowMs, expiresAtMs });
  // Of two callers at the same time one puts the tombstone up, and its receipt is the one that tells the truth.
  return after.kind === 'erasing' ? after.erasureId : erasureId;
}

/** What the HTTP API tells of an erasure. */
export function receiptOf({ erasureId, requestedAtMs, completedAtMs, objects }: Erasure): Receipt {
  const isDone = completedAtMs !== undefined;
  return {
    erasureId,
    state: isDone ? 'done' : 'pending',
    requestedAt: new Date(requestedAtMs).toISOString(),
    completedAt: isDone ? new Date(completedAtMs).toISOString() : null,
    objects,
  };
}
