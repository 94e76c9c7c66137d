// What each function may touch, all of it on one page: exact actions on exact resources.
//
// Nobody but erase-partner, which no viewer reaches, gets s3:ListBucket. S3 therefore answers 403 for a key
// that is not there, to the edge (which fails over on it) and to serve-photo (whose adapter reads it as a
// miss). A condition on s3:prefix would not bring the 404 back, since GetObject has no prefix to match, and an
// unconditional right would let a public function list every avatar id.

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type FunctionName,
  PHOTOS_PREFIX,
  type QueueName,
  type ScheduleName,
  table as tableDeclaration,
} from '../core/topology.ts';
import type { JobQueue } from './job-queue.ts';
import type { PartnerTable } from './partner-table.ts';
import type { PhotoBucket } from './photo-bucket.ts';
import type { Schedule } from './schedule.ts';
import type { Secrets } from './secrets.ts';

/** The boxes that hold state. */
export interface Stores {
  readonly partners: PartnerTable;
  readonly photos: PhotoBucket;
  readonly queues: Readonly<Record<QueueName, JobQueue>>;
  readonly schedules: Readonly<Record<ScheduleName, Schedule>>;
  readonly secrets: Secrets;
}

/** Lets SendMessageBatch through as well. */
const SEND = 'sqs:SendMessage';

/** What Lambda does with a queue for the function that consumes it. */
const CONSUME = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
];

/**
 * Everything that each function may do, besides writing its own log and traces. The distribution, of which two
 * need the ARN, exists only once the functions behind it do.
 */
export function permissions({ partners, photos, queues, schedules, secrets }: Stores) {
  const table = partners.table.tableArn;
  const recentIndex = `${table}/index/${tableDeclaration.recentIndex.name}`;
  const changedIndex = `${table}/index/${tableDeclaration.changedIndex.name}`;
  const fetchQueue = queues.fetch.queue.queueArn;
  const warmQueue = queues.warm.queue.queueArn;
  const eraseQueue = queues.erase.queue.queueArn;
  return {
    servePhoto: [
      allow(table, 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      allow(photos.photosArn, 's3:GetObject'),
      allow(fetchQueue, SEND),
      allow(warmQueue, SEND),
    ],
    partners: [
      // GetItem also where a refused write comes without the item that stood in its way.
      allow(
        table,
        'dynamodb:GetItem',
        'dynamodb:UpdateItem',
        'dynamodb:PutItem',
        'dynamodb:BatchGetItem',
      ),
      allow(recentIndex, 'dynamodb:Query'),
      allow(changedIndex, 'dynamodb:Query'),
      allow(photos.photosArn, 's3:GetObject'),
      allow(fetchQueue, SEND),
      allow(warmQueue, SEND),
      allow(eraseQueue, SEND),
      allow(secrets.urlKey.secretArn, 'secretsmanager:GetSecretValue'),
      allow(secrets.serviceKey.secretArn, 'secretsmanager:GetSecretValue'),
    ],
    serveClient: [allow(photos.clientArn, 's3:PutObject')],
    fetchPhoto: [
      allow(table, 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      // GetObject to find what an attempt that died has stored.
      allow(photos.photosArn, 's3:GetObject', 's3:PutObject', 's3:DeleteObject'),
      allow(fetchQueue, SEND, ...CONSUME),
      allow(warmQueue, SEND, ...CONSUME),
      allow(eraseQueue, SEND),
      allow(queues.fetch.deadLetters.queueArn, SEND),
      allow(queues.warm.deadLetters.queueArn, SEND),
      allow(arnByName(secrets.botToken), 'secretsmanager:GetSecretValue'),
    ],
    warmRecent: [
      allow(table, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:BatchGetItem'),
      allow(recentIndex, 'dynamodb:Query'),
      allow(warmQueue, SEND),
      // Lambda tells the dead letters of a run that failed in the function's own name.
      allow(schedules.warm.deadLetters.queueArn, SEND),
    ],
    erasePartner: (distributionArn: string) => [
      allow(table, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'),
      allow(photos.photosArn, 's3:DeleteObject'),
      new PolicyStatement({
        resources: [photos.bucket.bucketArn],
        actions: ['s3:ListBucket'],
        conditions: { StringLike: { 's3:prefix': `${PHOTOS_PREFIX}*` } },
      }),
      allow(eraseQueue, SEND, ...CONSUME),
      allow(queues.erase.deadLetters.queueArn, SEND),
      allow(distributionArn, 'cloudfront:CreateInvalidation'),
    ],
    authorizeOrigin: [allow(secrets.origin.secretArn, 'secretsmanager:GetSecretValue')],
    rotateOriginSecret: (distributionArn: string, webAclArn: string | undefined) => [
      allow(
        secrets.origin.secretArn,
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ),
      allow(distributionArn, 'cloudfront:GetDistribution', 'cloudfront:UpdateDistribution'),
      // CloudFront updates a distribution for nobody who may not read its web ACL.
      ...(webAclArn ? [allow(webAclArn, 'wafv2:GetWebACL')] : []),
    ],
  } satisfies Record<FunctionName, unknown>;
}

function allow(resource: string, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ resources: [resource], actions });
}

/** The ARN of a secret known by name alone: Secrets Manager ends it with six characters of its own. */
function arnByName(secret: ISecret): string {
  return `${secret.secretArn}-??????`;
}
