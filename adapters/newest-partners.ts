// The newest partners, read from the index that holds nothing but keys: as many items as are asked for.

import { BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Partner } from '../core/partner.ts';
import { table } from '../core/topology.ts';
import { EVERY_PARTNER, type Item, partnerOf, text } from './partner-item.ts';

/** The newest partners, newest first; `limit` is 100 at most (BatchGetItem takes no more keys). */
export async function newestPartners(
  client: DynamoDBClient,
  tableName: string,
  limit: number,
): Promise<Partner[]> {
  const { Items: entries = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: table.recentIndex.name,
      KeyConditionExpression: `${table.recentIndex.partitionKey} = :everyPartner`,
      ExpressionAttributeValues: { ':everyPartner': text(EVERY_PARTNER) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  if (entries.length === 0) return [];
  const items = await itemsOf(client, tableName, entries.map(keyOf));
  const partners = new Map(items.map(partnerOf).map((partner) => [partner.avatarId, partner]));
  // A partner may be gone between the two reads.
  return entries.flatMap((entry) => partners.get(entry[table.key]?.S ?? '') ?? []);
}

async function itemsOf(client: DynamoDBClient, tableName: string, keys: Item[]): Promise<Item[]> {
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: keys } } }),
  );
  const items = Responses?.[tableName] ?? [];
  const left = UnprocessedKeys?.[tableName]?.Keys ?? [];
  return left.length === 0 ? items : [...items, ...(await itemsOf(client, tableName, left))];
}

function keyOf(entry: Item): Item {
  return { [table.key]: text(entry[table.key]?.S ?? '') };
}
