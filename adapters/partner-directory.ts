// Many partners at once: the newest from the index that holds nothing but keys, any by their avatarIds. Never
// more items than are asked for, and never a scan.

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

async function itemsOf(client: DynamoDBClient, tableName: string, keys: Item[]): Promise<Item[]> {
  if (keys.length === 0) return [];
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({
      // Whoever was erased a moment ago must not be listed.
      RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
    }),
  );
  const items = Responses?.[tableName] ?? [];
  return [
    ...items,
    ...(await itemsOf(client, tableName, UnprocessedKeys?.[tableName]?.Keys ?? [])),
  ];
}

function keyOf(avatarId: string): Item {
  return { [table.key]: text(avatarId) };
}
