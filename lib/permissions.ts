// What each function may touch, all of it on one page: exact actions on exact resources.
//
// Nobody gets s3:ListBucket. S3 therefore answers 403 for a key that is not there, to the edge (which fails
// over on it) and to serve-photo (whose adapter reads it as a miss). A condition on s3:prefix would not bring
// the 404 back, since GetObject has no prefix to match, and an unconditional right would let a public function
// list every avatar id.

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { FunctionName } from '../core/topology.ts';
import type { FetchQueue } from './fetch-queue.ts';
import type { PartnerTable } from './partner-table.ts';
import type { PhotoBucket } from './photo-bucket.ts';
import type { Secrets } from './secrets.ts';

/** The boxes that hold state. */
export interface Stores {
  readonly partners: PartnerTable;
  readonly photos: PhotoBucket;
  readonly fetchQueue: FetchQueue;
  readonly secrets: Secrets;
}

/** Everything that each function may do, besides writing its own log. */
export function permissions(stores: Stores): Record<FunctionName, PolicyStatement[]> {
  const { urlKey, serviceKey, botToken } = stores.secrets;
  const table = stores.partners.table.tableArn;
  const photos = stores.photos.photosArn;
  const queue = stores.fetchQueue.queue.queueArn;
  return {
    servePhoto: [
      allow(table, 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      allow(photos, 's3:GetObject'),
      allow(queue, 'sqs:SendMessage'),
    ],
    partners: [
      // Reads where a refused write comes without the item that stood in its way.
      allow(table, 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      allow(queue, 'sqs:SendMessage'),
      allow(urlKey.secretArn, 'secretsmanager:GetSecretValue'),
      allow(serviceKey.secretArn, 'secretsmanager:GetSecretValue'),
    ],
    fetchPhoto: [
      allow(table, 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      allow(photos, 's3:PutObject', 's3:DeleteObject'),
      allow(
        queue,
        'sqs:SendMessage',
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      ),
      allow(arnByName(botToken), 'secretsmanager:GetSecretValue'),
    ],
  };
}

function allow(resource: string, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ resources: [resource], actions });
}

/** The ARN of a secret known by name alone: Secrets Manager ends it with six characters of its own. */
function arnByName(secret: ISecret): string {
  return `${secret.secretArn}-??????`;
}
