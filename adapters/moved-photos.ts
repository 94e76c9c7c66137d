// Whose photo moved last, out of the index that only those are in. One question, whatever the table holds.

import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { MovedPhoto, MovedPhotos } from '../core/ports.ts';
import { table } from '../core/topology.ts';
import { changedAt, type Item } from './partner-item.ts';

const { name, partitionKey, sortKey } = table.changedIndex;

/** The moves behind their port; `tableName` is the partner table's. */
export function movedPhotos(client: DynamoDBClient, tableName: string): MovedPhotos {
  return {
    async after(sinceMs, limit) {
      const { [partitionKey]: everyChange, [sortKey]: since } = changedAt(sinceMs);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: name,
          KeyConditionExpression: `${partitionKey} = :everyChange AND ${sortKey} > :since`,
          ExpressionAttributeValues: { ':everyChange': everyChange, ':since': since } as Item,
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      // An index may have the old entry of a partner beside the new one for a moment; the newer is the first.
      const seen = new Set<string>();
      return Items.map(movedPhotoOf).filter(({ avatarId }) => {
        const isFirst = !seen.has(avatarId);
        seen.add(avatarId);
        return isFirst;
      });
    },
  };
}

function movedPhotoOf(entry: Item): MovedPhoto {
  const photoId = entry.photoId?.S;
  return {
    avatarId: entry[table.key]?.S ?? '',
    ...(photoId !== undefined && { photoId }),
    changedAtMs: Number(entry[sortKey]?.N),
  };
}
