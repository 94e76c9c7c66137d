// The partners in DynamoDB: one item each, every change one conditional write on it.
// Clauses of the conditions have names, so that each write reads as the sentence that it promises.

import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { erasureOverAtMs } from '../core/erasure.ts';
import type { Lease, LeaseRefusal } from '../core/lease.ts';
import type { Photo } from '../core/partner.ts';
import type { PartnerTable } from '../core/ports.ts';
import { table } from '../core/topology.ts';
import { type Change, getItem, updateItem } from './conditional-write.ts';
import {
  changedAt,
  EVERY_PARTNER,
  type Item,
  isPartner,
  number,
  optionalNumber,
  partnerOf,
  profileClauses,
  text,
} from './partner-item.ts';

// A tombstone has no userId.
const EXISTS = 'attribute_exists(userId)';
// DynamoDB deletes what has expired within days, and does not hide it until then.
const NOT_ERASED = `(attribute_exists(userId) OR attribute_not_exists(erasedAtMs) OR ${table.expiry} <= :nowSeconds)`;
const NO_ERASURE = 'attribute_not_exists(erasureId)';
// The SDK repeats a write whose answer was lost: each claim has an id, and is met with itself then.
const NO_CLAIM_BUT_MINE =
  '(attribute_not_exists(claimedUntilMs) OR claimedUntilMs <= :now OR claimedBy = :me)';
const NO_LEASE = '(attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now)';
// The SDK repeats a write whose answer was lost: the owner is then met with its own lease.
const NO_LEASE_BUT_MINE =
  '(attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now OR leaseOwner = :owner)';
const NOT_CHECKED_SINCE = '(attribute_not_exists(checkedAtMs) OR checkedAtMs < :checkedBefore)';
const STILL_MINE = 'leaseOwner = :owner AND leaseGeneration = :generation';
const all = (...clauses: string[]): string => clauses.join(' AND ');

const CLAIM = 'claimedUntilMs, claimedBy';
const LEASE = 'leaseOwner, leaseUntilMs';
const PHOTO = 'photoId, lqip';

/** The partner table behind its port; `tableName` is the DynamoDB table's. */
export function partnerTable(client: DynamoDBClient, tableName: string): PartnerTable {
  return {
    async get(avatarId) {
      const item = await getItem(client, tableName, avatarId);
      return item && isPartner(item) ? partnerOf(item) : undefined;
    },

    async register(avatarId, registration, { nowMs, claimUntilMs }, { afterErasure }) {
      const { set, remove, values } = profileClauses(registration);
      const { done, item } = await updateItem(client, tableName, avatarId, {
        set: [
          ...set,
          'joinedAtMs = if_not_exists(joinedAtMs, :now)',
          `${table.recentIndex.partitionKey} = :everyPartner`,
          'claimedUntilMs = if_not_exists(claimedUntilMs, :claimUntil)',
        ],
        // What made a tombstone of it; an erasure that is under way keeps its own two attributes.
        remove: [...remove, table.expiry],
        ...(!afterErasure && { condition: NOT_ERASED }),
        values: {
          ...values,
          ...(!afterErasure && { ':nowSeconds': number(Math.floor(nowMs / 1000)) }),
          ':now': number(nowMs),
          ':everyPartner': text(EVERY_PARTNER),
          ':claimUntil': number(claimUntilMs),
        },
      });
      return done ? partnerOf(item) : undefined;
    },

    async claim(avatarId, nowMs, untilMs) {
      const { done } = await updateItem(client, tableName, avatarId, {
        set: ['claimedUntilMs = :until', 'claimedBy = :me'],
        condition: all(EXISTS, NO_CLAIM_BUT_MINE, NO_LEASE),
        values: { ':now': number(nowMs), ':until': number(untilMs), ':me': text(randomUUID()) },
      });
      return done;
    },

    async unclaim(avatarId, untilMs) {
      await updateItem(client, tableName, avatarId, {
        remove: [CLAIM],
        condition: 'claimedUntilMs = :until',
        values: { ':until': number(untilMs) },
      });
    },

    async extendClaim(avatarId, untilMs) {
      await updateItem(client, tableName, avatarId, {
        set: ['claimedUntilMs = :until'],
        condition: all(EXISTS, '(attribute_not_exists(claimedUntilMs) OR claimedUntilMs < :until)'),
        values: { ':until': number(untilMs) },
      });
    },

    async acquireLease(avatarId, { owner, nowMs, untilMs, checkedBeforeMs }) {
      const { done, item } = await updateItem(client, tableName, avatarId, {
        set: ['leaseOwner = :owner', 'leaseUntilMs = :until'],
        add: 'leaseGeneration :one',
        condition: all(EXISTS, NO_ERASURE, NO_LEASE_BUT_MINE, NOT_CHECKED_SINCE),
        values: {
          ':owner': text(owner),
          ':until': number(untilMs),
          ':one': number(1),
          ':now': number(nowMs),
          ':checkedBefore': number(checkedBeforeMs),
        },
        returns: 'before',
      });
      return done ? leaseOf(owner, item) : refusalOf(item, nowMs, checkedBeforeMs);
    },

    async replacePhoto(lease, photo, nowMs) {
      const { photo: replaced } = lease.partner;
      const moved = moveAt(nowMs);
      const { done } = await updateItem(client, tableName, lease.partner.avatarId, {
        set: [
          ...setPhoto(photo),
          ...moved.set,
          ...(replaced ? ['replacedPhotoId = :replaced'] : []),
        ],
        remove: photo ? [] : [PHOTO],
        condition: STILL_MINE,
        values: {
          ...mine(lease),
          ...photoValues(photo),
          ...moved.values,
          ...(replaced && { ':replaced': text(replaced.photoId) }),
        },
      });
      return done;
    },

    async commit(lease, photo, checkedAtMs, nowMs) {
      const isFirst = photo !== undefined && lease.partner.photo === undefined;
      const moved = isFirst ? moveAt(nowMs) : NOT_MOVED;
      const { done, item } = await updateItem(client, tableName, lease.partner.avatarId, {
        set: ['checkedAtMs = :checkedAt', ...setPhoto(photo), ...moved.set],
        remove: [LEASE, CLAIM, 'replacedPhotoId', ...(photo ? [] : [PHOTO])],
        condition: STILL_MINE,
        values: {
          ...mine(lease),
          ':checkedAt': number(checkedAtMs),
          ...photoValues(photo),
          ...moved.values,
        },
      });
      return done || isThisCommit(item, lease, photo, checkedAtMs);
    },

    async release(lease, claimUntilMs) {
      await updateItem(client, tableName, lease.partner.avatarId, {
        set: ['claimedUntilMs = :claimUntil'],
        remove: [LEASE],
        condition: STILL_MINE,
        values: { ...mine(lease), ':claimUntil': number(claimUntilMs) },
      });
    },
  };
}

/** The lease that was written over this item. The owner itself stands there where the SDK repeats the write. */
function leaseOf(owner: string, before: Item): Lease {
  const generation = (optionalNumber(before, 'leaseGeneration') ?? 0) + 1;
  const holder = before.leaseOwner?.S;
  const isTakeover = holder !== undefined && holder !== owner;
  return { kind: 'held', owner, generation, partner: partnerOf(before), isTakeover };
}

/** Throws where what refused the write was over by the time that the item was read: the job has to come again. */
function refusalOf(item: Item, nowMs: number, checkedBeforeMs: number): LeaseRefusal {
  if (!isPartner(item)) return { kind: 'unknown' };
  const { erasingSinceMs } = partnerOf(item);
  if (erasingSinceMs !== undefined) {
    return { kind: 'busy', untilMs: erasureOverAtMs(erasingSinceMs, nowMs) };
  }
  const untilMs = optionalNumber(item, 'leaseUntilMs') ?? 0;
  if (untilMs > nowMs) return { kind: 'busy', untilMs };
  const isFresh =
    (optionalNumber(item, 'checkedAtMs') ?? Number.NEGATIVE_INFINITY) >= checkedBeforeMs;
  if (!isFresh) throw new Error('the lease was refused for a reason that is over');
  return { kind: 'fresh' };
}

/** Whether what stands is this very commit: the SDK repeats a write whose answer was lost. */
function isThisCommit(
  item: Item,
  { generation }: Lease,
  photo: Photo | undefined,
  checkedAtMs: number,
): boolean {
  return (
    item.leaseOwner === undefined &&
    optionalNumber(item, 'leaseGeneration') === generation &&
    optionalNumber(item, 'checkedAtMs') === checkedAtMs &&
    item.photoId?.S === photo?.photoId
  );
}

function mine({ owner, generation }: Lease): Item {
  return { ':owner': text(owner), ':generation': number(generation) };
}

const NOT_MOVED = { set: [], values: {} };

/** That the pointer moves, in the write that moves it. */
function moveAt(nowMs: number): Pick<Required<Change>, 'set' | 'values'> {
  const attributes = Object.entries(changedAt(nowMs));
  return {
    set: attributes.map(([name]) => `${name} = :${name}`),
    values: Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
  };
}

function setPhoto(photo: Photo | undefined): string[] {
  return photo ? ['photoId = :photoId', 'lqip = :lqip'] : [];
}

function photoValues(photo: Photo | undefined): Item {
  return photo ? { ':photoId': text(photo.photoId), ':lqip': text(photo.lqip) } : {};
}
