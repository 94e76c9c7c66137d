// What the erasures promise, in memory: tombstones among the model's items, and receipts beside them.

import { type Erasure, isErasureId, type Tombstone } from '../../core/erasure.ts';
import type { ErasureTable } from '../../core/ports.ts';
import { erasureStateOf } from './item.ts';
import type { ModelItems } from './partner-table.ts';

/** The erasures over these items. */
export function modelErasureTable(items: ModelItems): ErasureTable {
  const receipts = new Map<string, Erasure>();
  const stateOf = (avatarId: string) => erasureStateOf(items.get(avatarId) ?? {});

  function entomb(avatarId: string, tombstone: Tombstone, nowMs: number, erasureId?: string) {
    const { userId, joinedAtMs, erasureId: standing } = items.get(avatarId) ?? {};
    const isThem = userId !== undefined && joinedAtMs === tombstone.joinedAtMs;
    if (isThem && standing === erasureId) {
      const { erasedAtMs, expiresAtMs } = tombstone;
      const changed = { erasureId: tombstone.erasureId, changedAtMs: nowMs };
      items.set(avatarId, { ...changed, erasedAtMs, expiresAtMs });
    }
    return stateOf(avatarId);
  }

  return {
    async begin({ erasureId, requestedAtMs }) {
      receipts.set(erasureId, { erasureId, requestedAtMs, objects: 0 });
    },

    async find(erasureId) {
      return isErasureId(erasureId) ? receipts.get(erasureId) : undefined;
    },

    async state(avatarId) {
      return stateOf(avatarId);
    },

    async entomb(avatarId, tombstone) {
      return entomb(avatarId, tombstone, tombstone.erasedAtMs);
    },

    async entombAgain(avatarId, tombstone, nowMs) {
      return entomb(avatarId, tombstone, nowMs, tombstone.erasureId);
    },

    async countObjects(erasureId, objects) {
      const receipt = receipts.get(erasureId);
      if (receipt && receipt.objects < objects) receipts.set(erasureId, { ...receipt, objects });
    },

    async complete(avatarId, erasureId, nowMs) {
      const receipt = receipts.get(erasureId);
      if (receipt) receipts.set(erasureId, { completedAtMs: nowMs, ...receipt });
      const item = items.get(avatarId);
      if (item?.erasureId === erasureId) items.set(avatarId, { ...item, erasureId: undefined });
    },
  };
}
