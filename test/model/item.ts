// An item of the partner table as the model has it: a partner, a tombstone, or a partner with an erasure under way.

import type { ErasureState } from '../../core/erasure.ts';
import type { Partner, Photo } from '../../core/partner.ts';

/** All attributes; which of them are there tells what the item is. */
export interface ModelItem {
  userId?: string;
  firstName?: string;
  lastName?: string | undefined;
  username?: string | undefined;
  joinedAtMs?: number;
  photo?: Photo | undefined;
  changedAtMs?: number;
  replacedPhotoId?: string | undefined;
  checkedAtMs?: number;
  claimedUntilMs?: number | undefined;
  leaseOwner?: string | undefined;
  leaseUntilMs?: number | undefined;
  leaseGeneration?: number;
  erasureId?: string | undefined;
  erasedAtMs?: number;
  expiresAtMs?: number | undefined;
}

/** The item as readers see it; `undefined` for a tombstone and for nothing at all. */
export function partnerIn(avatarId: string, item: ModelItem): Partner | undefined {
  const { userId, firstName, joinedAtMs, erasureId, erasedAtMs } = item;
  if (userId === undefined || firstName === undefined || joinedAtMs === undefined) return undefined;
  const { lastName, username, photo, replacedPhotoId, checkedAtMs, claimedUntilMs } = item;
  const erasingSinceMs = erasureId && erasedAtMs;
  return {
    avatarId,
    userId,
    firstName,
    joinedAtMs,
    ...(lastName !== undefined && { lastName }),
    ...(username !== undefined && { username }),
    ...(photo && { photo }),
    ...(replacedPhotoId !== undefined && { replacedPhotoId }),
    ...(checkedAtMs !== undefined && { checkedAtMs }),
    ...(claimedUntilMs !== undefined && { claimedUntilMs }),
    ...(typeof erasingSinceMs === 'number' && { erasingSinceMs }),
  };
}

/** The item as erasing sees it. */
export function erasureStateOf(item: ModelItem): ErasureState {
  const { userId, joinedAtMs, erasureId, erasedAtMs = 0 } = item;
  const joined = userId !== undefined && joinedAtMs !== undefined ? { joinedAtMs } : undefined;
  if (erasureId === undefined) return joined ? { kind: 'partner', ...joined } : { kind: 'nobody' };
  return { kind: 'erasing', erasureId, erasedAtMs, ...joined };
}
