// Erasures in the partner table: a tombstone is what stands in the place of a partner's item, a receipt is an
// item of its own, under a key that no avatarId can be and that leads to nobody.

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Erasure, type ErasureState, isErasureId, type Tombstone } from '../core/erasure.ts';
import type { ErasureTable } from '../core/ports.ts';
import { table } from '../core/topology.ts';
import { getItem, replaceItem, updateItem } from './conditional-write.ts';
import {
  changedAt,
  type Item,
  isPartner,
  number,
  optionalNumber,
  partnerOf,
  text,
} from './partner-item.ts';

const EXISTS = `attribute_exists(${table.key})`;
// Equal, not earlier: the clocks of two functions differ.
const THIS_PARTNER = 'attribute_exists(userId) AND joinedAtMs = :joinedAt';
const NO_ERASURE = 'attribute_not_exists(erasureId)';
const THIS_ERASURE = 'erasureId = :erasureId';

/** The erasures behind their port; `tableName` is the partner table's. */
export function erasureTable(client: DynamoDBClient, tableName: string): ErasureTable {
  return {
    async begin({ erasureId, requestedAtMs, expiresAtMs }) {
      await replaceItem(client, tableName, receiptKey(erasureId), {
        attributes: {
          requestedAtMs: number(requestedAtMs),
          objects: number(0),
          ...expiryAt(expiresAtMs),
        },
      });
    },

    async find(erasureId) {
      if (!isErasureId(erasureId)) return undefined;
      const item = await getItem(client, tableName, receiptKey(erasureId));
      return item && erasureOf(erasureId, item);
    },

    async state(avatarId) {
      return stateOf((await getItem(client, tableName, avatarId)) ?? {});
    },

    async entomb(avatarId, tombstone) {
      const { item } = await replaceItem(client, tableName, avatarId, {
        attributes: attributesOf(tombstone, tombstone.erasedAtMs),
        condition: `${THIS_PARTNER} AND ${NO_ERASURE}`,
        values: { ':joinedAt': number(tombstone.joinedAtMs) },
      });
      return stateOf(item);
    },

    async entombAgain(avatarId, tombstone, nowMs) {
      const { item } = await replaceItem(client, tableName, avatarId, {
        attributes: attributesOf(tombstone, nowMs),
        condition: `${THIS_PARTNER} AND ${THIS_ERASURE}`,
        values: {
          ':joinedAt': number(tombstone.joinedAtMs),
          ':erasureId': text(tombstone.erasureId),
        },
      });
      return stateOf(item);
    },

    async countObjects(erasureId, objects) {
      await updateItem(client, tableName, receiptKey(erasureId), {
        set: ['objects = :objects'],
        // A total, not a sum: the SDK repeats a write whose answer was lost.
        condition: `${EXISTS} AND objects < :objects`,
        values: { ':objects': number(objects) },
      });
    },

    async complete(avatarId, erasureId, nowMs) {
      await updateItem(client, tableName, receiptKey(erasureId), {
        set: ['completedAtMs = if_not_exists(completedAtMs, :now)'],
        condition: EXISTS,
        values: { ':now': number(nowMs) },
      });
      // One write, whoever is there: a partner may come back, and go again, at any moment.
      await updateItem(client, tableName, avatarId, {
        remove: ['erasureId'],
        condition: THIS_ERASURE,
        values: { ':erasureId': text(erasureId) },
      });
    },
  };
}

function receiptKey(erasureId: string): string {
  return `erasure#${erasureId}`;
}

/** What a tombstone has of its own; `joinedAtMs` is the partner's, and goes with it. Open pages are to hear of it. */
function attributesOf({ erasureId, erasedAtMs, expiresAtMs }: Tombstone, nowMs: number): Item {
  return {
    erasureId: text(erasureId),
    erasedAtMs: number(erasedAtMs),
    ...changedAt(nowMs),
    ...expiryAt(expiresAtMs),
  };
}

/** DynamoDB's time to live counts in seconds. */
function expiryAt(expiresAtMs: number): Item {
  return { [table.expiry]: number(Math.ceil(expiresAtMs / 1000)) };
}

function erasureOf(erasureId: string, item: Item): Erasure {
  const completedAtMs = optionalNumber(item, 'completedAtMs');
  return {
    erasureId,
    requestedAtMs: optionalNumber(item, 'requestedAtMs') ?? 0,
    ...(completedAtMs !== undefined && { completedAtMs }),
    objects: optionalNumber(item, 'objects') ?? 0,
  };
}

function stateOf(item: Item): ErasureState {
  const joinedAtMs = isPartner(item) ? partnerOf(item).joinedAtMs : undefined;
  const erasureId = item.erasureId?.S;
  if (erasureId === undefined) {
    return joinedAtMs === undefined ? { kind: 'nobody' } : { kind: 'partner', joinedAtMs };
  }
  const erasedAtMs = optionalNumber(item, 'erasedAtMs') ?? 0;
  return {
    kind: 'erasing',
    erasureId,
    erasedAtMs,
    ...(joinedAtMs !== undefined && { joinedAtMs }),
  };
}
