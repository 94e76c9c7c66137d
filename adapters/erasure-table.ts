// Erasures in the partner table: a tombstone is what stands in the place of a partner's item, a receipt is an
// item of its own, under a key that no avatarId can be and that leads to nobody.

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Erasure, type ErasureState, isErasureId } from '../core/erasure.ts';
import type { ErasureTable } from '../core/ports.ts';
import { table } from '../core/topology.ts';
import { getItem, replaceItem, updateItem } from './conditional-write.ts';
import { type Item, isPartner, number, optionalNumber, text } from './partner-item.ts';

const EXISTS = `attribute_exists(${table.key})`;
const IS_PARTNER = 'attribute_exists(userId)';
const IS_TOMBSTONE = 'attribute_not_exists(userId)';
const THIS_ERASURE = 'erasureId = :erasureId';
const NOT_THIS_ERASURE = '(attribute_not_exists(erasureId) OR erasureId <> :erasureId)';

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

    async entomb(avatarId, { erasureId, nowMs, expiresAtMs }) {
      const { item } = await replaceItem(client, tableName, avatarId, {
        attributes: {
          erasureId: text(erasureId),
          erasedAtMs: number(nowMs),
          ...expiryAt(expiresAtMs),
        },
        condition: `${IS_PARTNER} AND ${NOT_THIS_ERASURE}`,
        values: { ':erasureId': text(erasureId) },
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
      const values = { ':erasureId': text(erasureId) };
      const tombstone = await updateItem(client, tableName, avatarId, {
        remove: ['erasureId'],
        condition: `${THIS_ERASURE} AND ${IS_TOMBSTONE}`,
        values,
      });
      if (tombstone.done) return;
      // The tombstone first: a partner may come back in between, but none is entombed by the same erasure again.
      await updateItem(client, tableName, avatarId, {
        remove: ['erasureId, erasedAtMs'],
        condition: `${THIS_ERASURE} AND ${IS_PARTNER}`,
        values,
      });
    },
  };
}

function receiptKey(erasureId: string): string {
  return `erasure#${erasureId}`;
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
  const cameBack = isPartner(item);
  const erasureId = item.erasureId?.S;
  if (erasureId === undefined) return { kind: cameBack ? 'partner' : 'nobody' };
  const erasedAtMs = optionalNumber(item, 'erasedAtMs') ?? 0;
  return { kind: 'erasing', erasureId, erasedAtMs, cameBack };
}
