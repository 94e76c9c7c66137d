// What the functions behind queues have in common: the messages of a batch are worked off side by side, and
// each is answered for by itself. A message is deleted only when its job is done, is nobody's, waits in the queue
// again as another message, or is a dead letter that tells why.

import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { bringBackAfter, REQUEST_ID, sendDeadLetter } from '../adapters/job-message.ts';
import type { Retry } from '../core/fetch-retry.ts';
import { systemClock } from './environment.ts';
import { log } from './log.ts';
import { reasonOf } from './reason.ts';
import { currentRequestId, inNameOf } from './request-id.ts';

/** The queue that a message came from. */
export interface SourceQueue<Job> {
  readonly url: string;
  readonly deadLetterUrl: string;
  /** Receives after which SQS itself takes a message for a dead letter. */
  readonly maxReceiveCount: number;
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
      Records.map(async (record) =>
        inNameOf(requestIdOf(record), context, () => processRecord(sqs, work, record, context)),
      ),
    );
    const failed = Records.filter((_, index) => results[index]?.status === 'rejected');
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** A message that somebody sent by hand, or an older release, begins a request of its own. */
function requestIdOf({ messageId, messageAttributes }: SQSRecord): string {
  return messageAttributes[REQUEST_ID]?.stringValue ?? messageId;
}

async function processRecord<Job extends { readonly avatarId: string }>(
  sqs: SQSClient,
  work: QueueWork<Job>,
  record: SQSRecord,
  context: Context,
): Promise<void> {
  const { messageId, body } = record;
  const receives = receivesOf(record);
  const soFar = progressOf(record);
  let job: Job | undefined;
  try {
    job = work.parse(body);
    const { outcome, again } = await work.process({ job, messageId, receives, context }, record);
    await log('info', work.subject, { avatarId: job.avatarId, outcome, ...soFar() });
    if (again) await work.queueOf(record).send(again.job, again.delaySeconds);
  } catch (error) {
    await log('error', `${work.subject} failed`, { avatarId: job?.avatarId, ...soFar(), error });
    const { kind, delaySeconds } = work.retryAfter(error, receives);
    const queue = work.queueOf(record);
    if (kind === 'postpone' && job) return postpone(queue, job, delaySeconds, messageId);
    if (await gaveUp(sqs, queue, record, error)) return;
    await bringBackAfter(sqs, queue.url, record.receiptHandle, delaySeconds);
    throw error;
  }
}

/** Where the queue does not take it, the message itself comes back when its visibility time-out ends. */
async function postpone<Job>(
  queue: SourceQueue<Job>,
  job: Job,
  delaySeconds: number,
  messageId: string,
): Promise<void> {
  try {
    await queue.send(job, delaySeconds);
  } catch (error) {
    await log('error', 'not postponed', { messageId, error });
    throw error;
  }
}

function receivesOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount);
}

/** What a line tells of a message: how long it waited since it was sent, and how long this attempt took so far. */
function progressOf(record: SQSRecord): () => object {
  const { messageId, attributes } = record;
  const beganAtMs = systemClock.nowMs();
  const waitedMs = beganAtMs - Number(attributes.SentTimestamp);
  return () => {
    const tookMs = systemClock.nowMs() - beganAtMs;
    return { messageId, receives: receivesOf(record), waitedMs, tookMs };
  };
}

/**
 * Makes a message that was received for the last time a dead letter with its reason; false where there are
 * receives left, or where it could not be sent: then SQS moves it, and tells no reason.
 */
async function gaveUp(
  sqs: SQSClient,
  { deadLetterUrl, maxReceiveCount }: Pick<SourceQueue<never>, 'deadLetterUrl' | 'maxReceiveCount'>,
  record: SQSRecord,
  error: unknown,
): Promise<boolean> {
  if (!(receivesOf(record) >= maxReceiveCount)) return false;
  const { messageId, body } = record;
  try {
    const reason = reasonOf(error);
    await sendDeadLetter(sqs, deadLetterUrl, body, { reason, requestId: currentRequestId });
    return true;
  } catch (sendError) {
    await log('error', 'dead letter not sent', { messageId, error: sendError });
    return false;
  }
}
