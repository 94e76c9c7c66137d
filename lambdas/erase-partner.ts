// Box "erase-partner": deletes what is stored of whoever was erased, and makes the edge forget it.

import { edgeCache } from '../adapters/edge-cache.ts';
import { parseEraseJob } from '../adapters/erase-message.ts';
import { eraseQueue } from '../adapters/erase-queue.ts';
import { erasureTable } from '../adapters/erasure-table.ts';
import { photoWriter } from '../adapters/photo-bucket.ts';
import type { EraseJob } from '../core/erase-job.ts';
import {
  doEraseJob,
  type ErasePorts,
  eraseRetryAfterError,
  sweepAgainSeconds,
} from '../core/erase-partner.ts';
import { functions, queues } from '../core/topology.ts';
import { cloudFrontClient, dynamoDbClient, s3Client, sqsClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { emfMetrics } from './metrics.ts';
import { type QueueLambda, queueHandler, type SourceQueue } from './queue-handler.ts';
import { currentRequestId } from './request-id.ts';

const environment = environmentOf(functions.erasePartner.environment);
const { count, during } = emfMetrics(environment.METRICS_NAMESPACE);
const tombstoneDays = Number(environment.TOMBSTONE_DAYS);
const sqs = sqsClient();
const queue: SourceQueue<EraseJob> = {
  ...eraseQueue(sqs, environment.ERASE_QUEUE_URL, currentRequestId),
  url: environment.ERASE_QUEUE_URL,
  deadLetterUrl: environment.ERASE_DEAD_LETTER_URL,
  maxReceiveCount: queues.erase.maxReceiveCount,
};

const ports: ErasePorts = {
  erasures: erasureTable(dynamoDbClient(), environment.TABLE_NAME),
  bucket: photoWriter(s3Client(), environment.BUCKET_NAME),
  edge: edgeCache(cloudFrontClient(), environment.DISTRIBUTION_ID),
  clock: systemClock,
};

const workOff = queueHandler<EraseJob>(sqs, {
  subject: 'erase',
  parse: parseEraseJob,
  queueOf: () => queue,
  process: async ({ job }) => {
    const outcome = await doEraseJob(ports, job, tombstoneDays);
    if (outcome.kind === 'erased') count('Photos', 1, { Outcome: 'erased' });
    const delaySeconds = sweepAgainSeconds(outcome, systemClock.nowMs());
    return { outcome, again: delaySeconds === undefined ? undefined : { job, delaySeconds } };
  },
  retryAfter: eraseRetryAfterError,
});

/** The Lambda handler. */
export const handler: QueueLambda = (event, context) =>
  during(context, () => workOff(event, context));
