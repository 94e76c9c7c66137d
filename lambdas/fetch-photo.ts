// Box "fetch-photo": takes jobs off the fetch queue. A message is deleted only when its job is done, is
// nobody's, or waits in the queue again as another message.

import { availableParallelism } from 'node:os';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pLimit from 'p-limit';
import { parseFetchJob } from '../adapters/fetch-message.ts';
import { bringBackAfter, fetchQueue } from '../adapters/fetch-queue.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { photoWriter } from '../adapters/photo-bucket.ts';
import { secretOf } from '../adapters/secret.ts';
import { telegram } from '../adapters/telegram.ts';
import { TooLittleTime } from '../core/errors.ts';
import type { FetchJob } from '../core/fetch-job.ts';
import { type Attempt, type FetchPorts, fetchPhoto } from '../core/fetch-photo.ts';
import { type Retry, retryAfterError, retryAfterOutcome } from '../core/fetch-retry.ts';
import { LEASE_MARGIN_MS, MIN_FETCH_MS } from '../core/lease.ts';
import { renderWebp } from '../core/render-webp.ts';
import { functions } from '../core/topology.ts';
import { dynamoDbClient, s3Client, secretsManagerClient, sqsClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { log } from './log.ts';

const environment = environmentOf(functions.fetchPhoto.environment);
const sqs = sqsClient();
const queue = fetchQueue(sqs, environment.FETCH_QUEUE_URL);
const botToken = secretOf(secretsManagerClient(), environment.BOT_TOKEN_SECRET);

// Two at a time for each processor keep them busy, since a decode runs on one. All at once, every photo of a
// crowd would be finished last, and Telegram would not be asked for the next ones meanwhile.
const renderInTurn = pLimit(2 * availableParallelism());

const ports: FetchPorts = {
  table: partnerTable(dynamoDbClient(), environment.TABLE_NAME),
  bucket: photoWriter(s3Client(), environment.BUCKET_NAME),
  telegram: telegram(environment.TELEGRAM_API_ROOT, botToken),
  render: (original) => renderInTurn(() => renderWebp(original)),
  clock: systemClock,
};

// Time to release the lease and bring the message back after the signal went off.
const CLEAN_UP_MS = 1_500;

/** The Lambda handler: photos of a batch side by side, each answered for by itself. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const results = await Promise.allSettled(
    event.Records.map((record) => processRecord(record, context)),
  );
  const failed = event.Records.filter((_, index) => results[index]?.status === 'rejected');
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function processRecord(record: SQSRecord, context: Context): Promise<void> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  let job: FetchJob | undefined;
  try {
    job = parseFetchJob(record.body);
    const outcome = await fetchPhoto(ports, job, attemptOf(record, receives, context));
    await log('info', 'fetch', { avatarId: job.avatarId, outcome, receives });
    const retry = retryAfterOutcome(outcome, systemClock.nowMs());
    if (retry) await queue.send(job, retry.delaySeconds);
  } catch (error) {
    await log('error', 'fetch failed', { messageId: record.messageId, receives, error });
    await tryAgain(record, job, retryAfterError(error, receives), error);
  }
}

async function tryAgain(
  { receiptHandle }: SQSRecord,
  job: FetchJob | undefined,
  { kind, delaySeconds }: Retry,
  error: unknown,
): Promise<void> {
  if (kind === 'postpone' && job) return queue.send(job, delaySeconds);
  await bringBackAfter(sqs, environment.FETCH_QUEUE_URL, receiptHandle, delaySeconds);
  throw error;
}

function attemptOf({ messageId }: SQSRecord, receives: number, context: Context): Attempt {
  const nowMs = systemClock.nowMs();
  const remainingMs = context.getRemainingTimeInMillis();
  if (remainingMs < MIN_FETCH_MS) throw new TooLittleTime(`${remainingMs} ms are left`);
  return {
    owner: `${context.awsRequestId}/${messageId}`,
    nowMs,
    leaseUntilMs: nowMs + remainingMs + LEASE_MARGIN_MS,
    signal: AbortSignal.timeout(remainingMs - CLEAN_UP_MS),
    receives,
  };
}
