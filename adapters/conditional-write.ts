// One item of a table: read consistently, changed by one conditional write.

import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { table } from '../core/topology.ts';
import { type Item, text } from './partner-item.ts';

/** A change of one item; `set`, `add` and `remove` are clauses of an update expression. */
export interface Change {
  readonly set?: readonly string[];
  readonly add?: string;
  readonly remove?: readonly string[];
  readonly condition?: string;
  readonly values: Item;
}

/** Applies the change if its condition holds; `item` is the new state, or the one that stood in the way. */
export async function updateItem(
  client: DynamoDBClient,
  tableName: string,
  avatarId: string,
  { set = [], add, remove = [], condition, values }: Change,
): Promise<{ done: boolean; item: Item }> {
  const clauses = [
    set.length > 0 && `SET ${set.join(', ')}`,
    add && `ADD ${add}`,
    remove.length > 0 && `REMOVE ${remove.join(', ')}`,
  ];
  try {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(avatarId),
        UpdateExpression: clauses.filter(Boolean).join(' '),
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { done: true, item: Attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Not every emulator returns the item with the refusal.
    const item = error.Item ?? (await getItem(client, tableName, avatarId)) ?? {};
    return { done: false, item };
  }
}

/** Read consistently: a partner who registered a moment ago must not be answered, and cached, as unknown. */
export async function getItem(
  client: DynamoDBClient,
  tableName: string,
  avatarId: string,
): Promise<Item | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: keyOf(avatarId), ConsistentRead: true }),
  );
  return Item;
}

function keyOf(avatarId: string): Item {
  return { [table.key]: text(avatarId) };
}
