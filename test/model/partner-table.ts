// What the partner table promises, in memory: every method one condition and one change of one item, done at once.

import { erasureOverAtMs } from '../../core/erasure.ts';
import type { Lease, LeaseRefusal } from '../../core/lease.ts';
import type { Photo, Registration } from '../../core/partner.ts';
import type { PartnerTable } from '../../core/ports.ts';
import { type ModelItem, partnerIn } from './item.ts';
import type { Mechanism } from './mechanisms.ts';

/** The items by key; the model's erasures are in the same ones. */
export type ModelItems = Map<string, ModelItem>;

/** The table over these items, `without` one mechanism if so told. */
export function modelPartnerTable(items: ModelItems, without?: Mechanism): PartnerTable {
  const itemOf = (avatarId: string) => items.get(avatarId) ?? {};
  const change = (avatarId: string, changed: ModelItem) =>
    items.set(avatarId, { ...itemOf(avatarId), ...changed });

  const isMine = ({ owner, generation, partner }: Lease) => {
    const item = itemOf(partner.avatarId);
    return (
      (without === 'owner' || item.leaseOwner === owner) &&
      (without === 'generation' || item.leaseGeneration === generation)
    );
  };

  return {
    async get(avatarId) {
      return partnerIn(avatarId, itemOf(avatarId));
    },

    async register(avatarId, registration, { nowMs, claimUntilMs }, { afterErasure }) {
      const item = itemOf(avatarId);
      if (!afterErasure && isTombstone(item, nowMs)) return undefined;
      change(avatarId, {
        ...profileIn(item, registration),
        joinedAtMs: item.joinedAtMs ?? nowMs,
        claimedUntilMs: item.claimedUntilMs ?? claimUntilMs,
        expiresAtMs: undefined,
      });
      return partnerIn(avatarId, itemOf(avatarId));
    },

    async claim(avatarId, nowMs, untilMs) {
      const { userId, claimedUntilMs = 0, leaseUntilMs = 0 } = itemOf(avatarId);
      if (userId === undefined || claimedUntilMs > nowMs || leaseUntilMs > nowMs) return false;
      change(avatarId, { claimedUntilMs: untilMs });
      return true;
    },

    async extendClaim(avatarId, untilMs) {
      const { userId, claimedUntilMs = Number.NEGATIVE_INFINITY } = itemOf(avatarId);
      if (userId !== undefined && claimedUntilMs < untilMs) {
        change(avatarId, { claimedUntilMs: untilMs });
      }
    },

    async unclaim(avatarId, untilMs) {
      if (itemOf(avatarId).claimedUntilMs === untilMs) {
        change(avatarId, { claimedUntilMs: undefined });
      }
    },

    async acquireLease(avatarId, { owner, nowMs, untilMs, checkedBeforeMs }) {
      const item = itemOf(avatarId);
      const refusal = refusalOf(avatarId, item, { owner, nowMs, checkedBeforeMs }, without);
      if (refusal) return refusal;
      const generation = (item.leaseGeneration ?? 0) + 1;
      const isTakeover = item.leaseOwner !== undefined && item.leaseOwner !== owner;
      change(avatarId, { leaseOwner: owner, leaseUntilMs: untilMs, leaseGeneration: generation });
      const partner = partnerIn(avatarId, itemOf(avatarId));
      return partner
        ? { kind: 'held', owner, generation, partner, isTakeover }
        : { kind: 'unknown' };
    },

    async replacePhoto(lease, photo, nowMs) {
      if (without !== 'replace condition' && !isMine(lease)) return false;
      const { avatarId, photo: replaced } = lease.partner;
      change(avatarId, {
        photo,
        changedAtMs: nowMs,
        ...(replaced && without !== 'leftover' && { replacedPhotoId: replaced.photoId }),
      });
      return true;
    },

    async commit(lease, photo, checkedAtMs, nowMs) {
      const { avatarId, photo: before } = lease.partner;
      if (without !== 'commit condition' && !isMine(lease)) {
        return isThisCommit(itemOf(avatarId), lease, photo, checkedAtMs);
      }
      const moved = photo && !before && { changedAtMs: nowMs };
      change(avatarId, { ...NO_LEASE, ...NOTHING_OPEN, photo, checkedAtMs, ...moved });
      return true;
    },

    async release(lease, claimUntilMs) {
      if (without !== 'release condition' && !isMine(lease)) return;
      change(lease.partner.avatarId, { ...NO_LEASE, claimedUntilMs: claimUntilMs });
    },
  };
}

const NO_LEASE = { leaseOwner: undefined, leaseUntilMs: undefined };
const NOTHING_OPEN = { claimedUntilMs: undefined, replacedPhotoId: undefined };

function isTombstone({ userId, erasedAtMs, expiresAtMs }: ModelItem, nowMs: number): boolean {
  if (userId !== undefined || erasedAtMs === undefined) return false;
  const isOver = expiresAtMs !== undefined && wholeSeconds(expiresAtMs) <= Math.floor(nowMs / 1000);
  return !isOver;
}

function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function profileIn({ firstName = '' }: ModelItem, registration: Registration): ModelItem {
  const { userId } = registration;
  if (!('firstName' in registration)) return { userId, firstName };
  const { lastName, username } = registration;
  return { userId, firstName: registration.firstName, lastName, username };
}

function refusalOf(
  avatarId: string,
  item: ModelItem,
  request: { owner: string; nowMs: number; checkedBeforeMs: number },
  without: Mechanism | undefined,
): LeaseRefusal | undefined {
  const { owner, nowMs, checkedBeforeMs } = request;
  const partner = partnerIn(avatarId, item);
  if (!partner) return { kind: 'unknown' };
  const { erasingSinceMs, checkedAtMs } = partner;
  if (erasingSinceMs !== undefined && without !== 'tombstone') {
    return { kind: 'busy', untilMs: erasureOverAtMs(erasingSinceMs, nowMs) };
  }
  const { leaseOwner, leaseUntilMs = Number.NEGATIVE_INFINITY } = item;
  const hasEnded = leaseUntilMs <= nowMs && without !== 'expiry';
  const isTaken = leaseOwner !== undefined && !hasEnded && without !== 'exclusion';
  const isFresh =
    checkedAtMs !== undefined && checkedAtMs >= checkedBeforeMs && without !== 'look again';
  if (!isFresh && (!isTaken || leaseOwner === owner)) return undefined;
  if (leaseOwner !== undefined && !hasEnded) return { kind: 'busy', untilMs: leaseUntilMs };
  return { kind: 'fresh' };
}

/** Repeated, a commit changes nothing and is done. */
function isThisCommit(
  item: ModelItem,
  { generation }: Lease,
  photo: Photo | undefined,
  checkedAtMs: number,
): boolean {
  return (
    item.leaseOwner === undefined &&
    item.leaseGeneration === generation &&
    item.checkedAtMs === checkedAtMs &&
    item.photo?.photoId === photo?.photoId
  );
}
