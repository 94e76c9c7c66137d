// Many partners at once: the newest from the index that holds nothing but keys, any by their avatarIds. Never
// more items than are asked for, and never a scan.

import { setTimeout } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Partner } from '../core/partner.ts';
import type { PartnerDirectory } from '../core/ports.ts';
import { table } from '../core/topology.ts';
import { EVERY_PARTNER, type Item, isPartner, partnerOf, text } from './partner-item.ts';

/** The partners behind the directory's port; both reads take 100 at most (BatchGetItem takes no more keys). */
export function partnerDirectory(client: DynamoDBClient, tableName: string): PartnerDirectory {
  const many: PartnerDirectory['many'] = async (avatarIds) => {
    const items = await itemsOf(client, tableName, avatarIds.map(keyOf));
    return new Map(
      items.filter(isPartner).map((item) => {
        const partner = partnerOf(item);
        return [partner.avatarId, partner];
      }),
    );
  };
  return {
    many,
    async newest(limit) {
      const avatarIds = await newestIds(client, tableName, limit);
      const partners = await many(avatarIds);
      // A partner may be gone between the two reads.
      return avatarIds.flatMap((avatarId): Partner | [] => partners.get(avatarId) ?? []);
    },
  };
}

// A batch that is throttled in part is not repeated by the SDK. Asking at once would only be throttled again
// (BatchGetItem, "UnprocessedKeys"); after five times, 1.5 s in all at most, the caller hears of it.
const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 50;

async function newestIds(
  client: DynamoDBClient,
  tableName: string,
  limit: number,
): Promise<string[]> {
  if (limit === 0) return [];
  const { name, partitionKey } = table.recentIndex;
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: name,
      KeyConditionExpression: `${partitionKey} = :everyPartner`,
      ExpressionAttributeValues: { ':everyPartner': text(EVERY_PARTNER) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  // Of a partner who left and came back, the index may have the old entry still; BatchGetItem takes no key twice.
  return [...new Set(Items.map((entry) => entry[table.key]?.S ?? ''))];
}

/** Reads these items. Throws where DynamoDB leaves some unread however often it is asked. */
async function itemsOf(
  client: DynamoDBClient,
  tableName: string,
  keys: Item[],
  attempt = 1,
): Promise<Item[]> {
  if (keys.length === 0) return [];
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({
      // Whoever was erased a moment ago must not be listed.
      RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
    }),
  );
  const items = Responses?.[tableName] ?? [];
  const unread = UnprocessedKeys?.[tableName]?.Keys ?? [];
  if (unread.length === 0) return items;
  if (attempt === MAX_ATTEMPTS) throw new Error(`DynamoDB left ${unread.length} items unread`);
  await setTimeout(FIRST_RETRY_MS * 2 ** (attempt - 1) * (1 + Math.random()));
  return [...items, ...(await itemsOf(client, tableName, unread, attempt + 1))];
}

function keyOf(avatarId: string): Item {
  return { [table.key]: text(avatarId) };
}
