// What the functions behind queues have in common: the messages of a batch are worked off side by side, and
// each is answered for by itself. A message is deleted only when its job is done, is nobody's, or waits in the
// queue again as another message.

import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { bringBackAfter } from '../adapters/job-message.ts';
import type { Retry } from '../core/fetch-retry.ts';
import { log } from './log.ts';

/** The queue that a message came from. */
export interface SourceQueue<Job> {
  readonly url: string;
  send(job: Job, delaySeconds: number): Promise<void>;
}

/** A job with what is known of its message. */
export interface Received<Job> {
  readonly job: Job;
  readonly messageId: string;
  /** How often the message was received, this time included. */
  readonly receives: number;
  readonly context: Context;
}

/** What came of a job, for the log, and what is to be sent as a new message. */
export interface Processed<Job> {
  readonly outcome: object;
  readonly again?: { readonly job: Job; readonly delaySeconds: number } | undefined;
}

/** What a function does with its messages. */
export interface QueueWork<Job> {
  /** What its lines in the log are about. */
  readonly subject: string;
  /** Reads a body; throws for one that is no job. */
  readonly parse: (body: string) => Job;
  readonly queueOf: (record: SQSRecord) => SourceQueue<Job>;
  readonly process: (received: Received<Job>, record: SQSRecord) => Promise<Processed<Job>>;
  readonly retryAfter: (error: unknown, receives: number) => Retry;
}

/** A function behind queues. */
export type QueueLambda = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Makes the Lambda handler. */
export function queueHandler<Job extends { readonly avatarId: string }>(
  sqs: SQSClient,
  work: QueueWork<Job>,
): QueueLambda {
  return async ({ Records }, context) => {
    const results = await Promise.allSettled(
      Records.map((record) => processRecord(sqs, work, record, context)),
    );
    const failed = Records.filter((_, index) => results[index]?.status === 'rejected');
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

async function processRecord<Job extends { readonly avatarId: string }>(
  sqs: SQSClient,
  work: QueueWork<Job>,
  record: SQSRecord,
  context: Context,
): Promise<void> {
  const { messageId, body, attributes } = record;
  const receives = Number(attributes.ApproximateReceiveCount);
  let job: Job | undefined;
  try {
    job = work.parse(body);
    const { outcome, again } = await work.process({ job, messageId, receives, context }, record);
    await log('info', work.subject, { avatarId: job.avatarId, outcome, receives });
    if (again) await work.queueOf(record).send(again.job, again.delaySeconds);
  } catch (error) {
    await log('error', `${work.subject} failed`, { messageId, receives, error });
    await tryAgain(sqs, work.queueOf(record), record, job, work.retryAfter(error, receives), error);
  }
}

async function tryAgain<Job>(
  sqs: SQSClient,
  queue: SourceQueue<Job>,
  { receiptHandle }: SQSRecord,
  job: Job | undefined,
  { kind, delaySeconds }: Retry,
  error: unknown,
): Promise<void> {
  if (kind === 'postpone' && job) return queue.send(job, delaySeconds);
  await bringBackAfter(sqs, queue.url, receiptHandle, delaySeconds);
  throw error;
}
