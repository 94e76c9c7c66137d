// One item of a table: read consistently, changed or replaced by one conditional write.

import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { table } from '../core/topology.ts';
import { type Item, text } from './partner-item.ts';

/**
 * A change of one item; `set`, `add` and `remove` are clauses of an update expression. `returns`: the item as it was
 * before the change, in place of the new one.
 */
export interface Change {
  readonly set?: readonly string[];
  readonly add?: string;
  readonly remove?: readonly string[];
  readonly condition?: string;
  readonly values: Item;
  readonly returns?: 'before';
}

/** A whole item but for its key; `values` are those of the condition. */
export interface Replacement {
  readonly attributes: Item;
  readonly condition?: string;
  readonly values?: Item;
}

/** What came of a conditional write; `item` is the state that the change returns, or the one that stood in the way. */
export interface Written {
  readonly done: boolean;
  readonly item: Item;
}

/** Applies the change if its condition holds. */
export async function updateItem(
  client: DynamoDBClient,
  tableName: string,
  key: string,
  { set = [], add, remove = [], condition, values, returns }: Change,
): Promise<Written> {
  const clauses = [
    set.length > 0 && `SET ${set.join(', ')}`,
    add && `ADD ${add}`,
    remove.length > 0 && `REMOVE ${remove.join(', ')}`,
  ];
  return unlessRefused(client, tableName, key, async () => {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(key),
        UpdateExpression: clauses.filter(Boolean).join(' '),
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
        ReturnValues: returns === 'before' ? 'ALL_OLD' : 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return Attributes;
  });
}

/** Puts a whole item in the place of what is there, if the condition holds; nothing of the old one is left. */
export async function replaceItem(
  client: DynamoDBClient,
  tableName: string,
  key: string,
  { attributes, condition, values }: Replacement,
): Promise<Written> {
  const item = { ...keyOf(key), ...attributes };
  return unlessRefused(client, tableName, key, async () => {
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return item;
  });
}

async function unlessRefused(
  client: DynamoDBClient,
  tableName: string,
  key: string,
  write: () => Promise<Item>,
): Promise<Written> {
  try {
    return { done: true, item: await write() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Not every emulator returns the item with the refusal.
    const item = error.Item ?? (await getItem(client, tableName, key)) ?? {};
    return { done: false, item };
  }
}

/** Read consistently: a partner who registered a moment ago must not be answered, and cached, as unknown. */
export async function getItem(
  client: DynamoDBClient,
  tableName: string,
  key: string,
): Promise<Item | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: keyOf(key), ConsistentRead: true }),
  );
  return Item;
}

function keyOf(key: string): Item {
  return { [table.key]: text(key) };
}
