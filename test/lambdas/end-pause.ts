// What the whole fleet was told by Telegram would last for the next tests.

import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import type { Deployed } from './deployed.ts';

/** Forgets the pause and the rate, under the key that their item has. */
export async function endPause({ world }: Pick<Deployed, 'world'>): Promise<void> {
  const { clients, resources } = world;
  const Key = { avatarId: { S: 'telegram' } };
  await clients.dynamodb.send(new DeleteItemCommand({ TableName: resources.tableName, Key }));
}
