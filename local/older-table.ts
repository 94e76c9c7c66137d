// The table of a data folder that an older version made. The emulator adds no index to a table that is there, so what
// it holds moves into one that was made with all of them, before anybody writes.

import {
  ConditionalCheckFailedException,
  DeleteTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { table } from '../core/topology.ts';

const OLDER_TABLE = 'cameo';

/** Moves all items into the table, and drops the older one when all are there: a crash in between begins again. */
export async function moveOlderTable(dynamodb: DynamoDBClient, tableName: string): Promise<void> {
  try {
    for await (const { Items = [] } of paginateScan(
      { client: dynamodb },
      { TableName: OLDER_TABLE },
    )) {
      await Promise.all(Items.map((item) => putUnlessThere(dynamodb, tableName, item)));
    }
    await dynamodb.send(new DeleteTableCommand({ TableName: OLDER_TABLE }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

/** Of a folder that went back to an older version for a while, what was written first by this one stands. */
async function putUnlessThere(
  dynamodb: DynamoDBClient,
  TableName: string,
  Item: PutItemCommand['input']['Item'],
): Promise<void> {
  const condition = `attribute_not_exists(${table.key})`;
  const command = new PutItemCommand({ TableName, Item, ConditionExpression: condition });
  await dynamodb.send(command).catch((error: unknown) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
}
