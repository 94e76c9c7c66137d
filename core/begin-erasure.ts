// The beginning of an erasure, while the caller waits: from the tombstone on no list names the partner, and nothing
// is fetched any more; the pictures go within seconds.
// The message is sent before it, so that a crash in between loses nothing: the worker puts it up, too.

import { type Erasure, type Tombstone, tombstoneEndMs } from './erasure.ts';
import { NotFound } from './errors.ts';
import type { Clock, EraseQueue, ErasureTable } from './ports.ts';

/** What beginning an erasure needs of the outside. */
export interface BeginErasurePorts {
  readonly erasures: Pick<ErasureTable, 'begin' | 'state' | 'entomb' | 'entombAgain'>;
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

/** How often an erasure may have ended, or a partner have come back, between looking and acting. */
const MAX_LOOKS = 5;

/**
 * Begins to erase a partner under a new `erasureId`; the id of the receipt, which is another one where an erasure
 * is under way already. Throws NotFound where nobody is registered.
 */
export async function beginErasure(
  ports: BeginErasurePorts,
  avatarId: string,
  erasureId: string,
  tombstoneDays: number,
): Promise<string> {
  const { erasures, clock } = ports;
  const nowMs = clock.nowMs();
  const expiresAtMs = tombstoneEndMs(nowMs, tombstoneDays);
  let state = await erasures.state(avatarId);
  for (let look = 1; look <= MAX_LOOKS; look++) {
    if (state.kind === 'nobody') {
      throw new NotFound('Nobody is registered under this user id, so there is nothing to erase.');
    }
    if (state.kind === 'partner') {
      const { joinedAtMs } = state;
      return erase(ports, avatarId, { erasureId, joinedAtMs, erasedAtMs: nowMs, expiresAtMs });
    }
    const { joinedAtMs } = state;
    if (joinedAtMs === undefined) return state.erasureId;
    // Nothing can be stored while an erasure is under way, so this one is enough. Another one would cost
    // invalidations, of which the edge takes few at a time: a partner who does this all day would hold up everybody's.
    const tombstone = { ...state, joinedAtMs, expiresAtMs };
    state = await erasures.entombAgain(avatarId, tombstone, nowMs);
  }
  throw new Error('the partner comes back as fast as it goes');
}

async function erase(
  { erasures, queue }: BeginErasurePorts,
  avatarId: string,
  tombstone: Tombstone,
): Promise<string> {
  const { erasureId, joinedAtMs, erasedAtMs, expiresAtMs } = tombstone;
  await erasures.begin({ erasureId, requestedAtMs: erasedAtMs, expiresAtMs });
  await queue.send({ kind: 'erase', avatarId, joinedAtMs, erasureId });
  const after = await erasures.entomb(avatarId, tombstone);
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
