// What the partner table promises of one partner, in a few lines: the model that any interleaving of
// workers is held against.

import type { Lease, LeaseRefusal } from '../../core/lease.ts';
import type { Photo } from '../../core/partner.ts';
import type { PartnerTable } from '../../core/ports.ts';

type LeaseRequest = Parameters<PartnerTable['acquireLease']>[1];

/** One partner as the table should have it. */
export interface LeaseModel {
  claim(nowMs: number, untilMs: number): boolean;
  extendClaim(untilMs: number): void;
  acquire(request: LeaseRequest): LeaseRefusal | Omit<Lease, 'partner'>;
  replacePhoto(lease: Lease, photo: Photo | undefined): boolean;
  commit(lease: Lease, photo: Photo | undefined, checkedAtMs: number): boolean;
  release(lease: Lease, claimUntilMs: number): void;
  /** What a reader sees. */
  stored(): object;
}

/** A partner who just joined. */
export function leaseModel(claimedUntilMs: number): LeaseModel {
  let generation = 0;
  let lease: { owner: string; untilMs: number } | undefined;
  let visible: {
    claimedUntilMs?: number;
    checkedAtMs?: number;
    photo?: Photo;
    replacedPhotoId?: string;
  } = { claimedUntilMs };

  const isMine = (given: Lease) => lease?.owner === given.owner && generation === given.generation;
  const withPhoto = (photo: Photo | undefined) => {
    const { photo: _, ...others } = visible;
    return photo ? { ...others, photo } : others;
  };

  return {
    stored: () => visible,

    claim(nowMs, untilMs) {
      if ((visible.claimedUntilMs ?? 0) > nowMs || (lease?.untilMs ?? 0) > nowMs) return false;
      visible = { ...visible, claimedUntilMs: untilMs };
      return true;
    },

    extendClaim(untilMs) {
      if ((visible.claimedUntilMs ?? -1) < untilMs) {
        visible = { ...visible, claimedUntilMs: untilMs };
      }
    },

    acquire({ owner, nowMs, untilMs, checkedBeforeMs }) {
      const taken = lease && lease.untilMs > nowMs ? lease : undefined;
      const isFresh = visible.checkedAtMs !== undefined && visible.checkedAtMs >= checkedBeforeMs;
      if (isFresh || (taken && taken.owner !== owner)) {
        return taken ? { kind: 'busy', untilMs: taken.untilMs } : { kind: 'fresh' };
      }
      generation += 1;
      lease = { owner, untilMs };
      return { kind: 'held', owner, generation };
    },

    replacePhoto(given, photo) {
      if (!isMine(given)) return false;
      const replaced = given.partner.photo;
      visible = { ...withPhoto(photo), ...(replaced && { replacedPhotoId: replaced.photoId }) };
      return true;
    },

    commit(given, photo, checkedAtMs) {
      if (isMine(given)) {
        lease = undefined;
        visible = { checkedAtMs, ...(photo && { photo }) };
        return true;
      }
      // Repeated, it changes nothing and is done.
      return (
        lease === undefined &&
        generation === given.generation &&
        visible.checkedAtMs === checkedAtMs &&
        visible.photo?.photoId === photo?.photoId
      );
    },

    release(given, claimUntilMs) {
      if (!isMine(given)) return;
      lease = undefined;
      visible = { ...visible, claimedUntilMs: claimUntilMs };
    },
  };
}
