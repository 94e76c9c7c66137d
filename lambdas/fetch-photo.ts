// Box "fetch-photo": takes jobs off both fetch queues. What somebody waits for and what nobody does differ in
// their turn at Telegram alone.

import { availableParallelism } from 'node:os';
import type { SQSRecord } from 'aws-lambda';
import pLimit from 'p-limit';
import { eraseQueue } from '../adapters/erase-queue.ts';
import { parseFetchJob } from '../adapters/fetch-message.ts';
import { fetchQueues } from '../adapters/fetch-queue.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { photoWriter } from '../adapters/photo-bucket.ts';
import { secretOf } from '../adapters/secret.ts';
import { telegram } from '../adapters/telegram.ts';
import { telegramBudget } from '../adapters/telegram-budget.ts';
import { TooLittleTime } from '../core/errors.ts';
import type { FetchJob } from '../core/fetch-job.ts';
import {
  type Attempt,
  type FetchOutcome,
  type FetchPorts,
  fetchPhoto,
} from '../core/fetch-photo.ts';
import { postponedAfter, retryAfterError, secondsUntil } from '../core/fetch-retry.ts';
import { LEASE_MARGIN_MS, MIN_FETCH_MS } from '../core/lease.ts';
import { pacedTelegram } from '../core/paced-telegram.ts';
import { renderWebp } from '../core/render-webp.ts';
import { refusalBefore, type TurnPorts, takeTurn } from '../core/take-turn.ts';
import type { Priority } from '../core/telegram-budget.ts';
import { functions } from '../core/topology.ts';
import { dynamoDbClient, s3Client, secretsManagerClient, sqsClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { type Processed, queueHandler, type Received } from './queue-handler.ts';

const environment = environmentOf(functions.fetchPhoto.environment);
const dynamodb = dynamoDbClient();
const sqs = sqsClient();
const queues = fetchQueues(sqs, environment);
const botToken = secretOf(secretsManagerClient(), environment.BOT_TOKEN_SECRET);
const budget = telegramBudget(dynamodb, environment.TABLE_NAME);
const botApi = telegram(environment.TELEGRAM_API_ROOT, botToken);

// Two at a time for each processor keep them busy, since a decode runs on one. All at once, every photo of a
// crowd would be finished last, and Telegram would not be asked for the next ones meanwhile.
const renderInTurn = pLimit(2 * availableParallelism());

const ports: FetchPorts = {
  table: partnerTable(dynamodb, environment.TABLE_NAME),
  bucket: photoWriter(s3Client(), environment.BUCKET_NAME),
  telegram: pacedTelegram(botApi, budget, systemClock),
  render: (original) => renderInTurn(() => renderWebp(original)),
  eraseQueue: eraseQueue(sqs, environment.ERASE_QUEUE_URL),
  clock: systemClock,
};

const turnPorts = { table: ports.table, budget, clock: systemClock } satisfies TurnPorts;

// Time to release the lease and bring the message back after the signal went off.
const CLEAN_UP_MS = 1_500;

const warmQueueName = nameOf(environment.WARM_QUEUE_URL, '/');

/** The Lambda handler. */
export const handler = queueHandler<FetchJob>(sqs, {
  subject: 'fetch',
  parse: parseFetchJob,
  queueOf: (record) =>
    priorityOf(record) === 'warm'
      ? { url: environment.WARM_QUEUE_URL, send: queues.warm.send }
      : { url: environment.FETCH_QUEUE_URL, send: queues.fetch.send },
  process: async (received, record) => {
    const { job } = received;
    const sparedMs = remainingMsOf(received) - MIN_FETCH_MS;
    const refusal = await refusalBefore(turnPorts, job);
    if (refusal) return processed(refusal, job);
    const turn = await takeTurn(turnPorts, job.avatarId, priorityOf(record), sparedMs);
    return turn.kind === 'begin' ? fetch(received) : wait(job, turn.untilMs);
  },
  retryAfter: (error, receives) => retryAfterError(error, receives, systemClock.nowMs()),
});

async function fetch(received: Received<FetchJob>): Promise<Processed<FetchJob>> {
  const { job } = received;
  return processed(await fetchPhoto(ports, job, attemptOf(received)), job);
}

function processed(outcome: FetchOutcome, job: FetchJob): Processed<FetchJob> {
  return { outcome, again: postponedAfter(outcome, job, systemClock.nowMs()) };
}

function wait(job: FetchJob, untilMs: number): Processed<FetchJob> {
  const delaySeconds = secondsUntil(untilMs, systemClock.nowMs());
  return { outcome: { kind: 'waits', delaySeconds }, again: { job, delaySeconds } };
}

/** Only the queue tells them apart, so that a job may be moved from one to the other as it is. */
function priorityOf({ eventSourceARN }: SQSRecord): Priority {
  return nameOf(eventSourceARN, ':') === warmQueueName ? 'warm' : 'miss';
}

function nameOf(address: string, separator: string): string {
  return address.slice(address.lastIndexOf(separator) + 1);
}

/** The time that is left of the invocation. Throws TooLittleTime where no fetch can be finished in it. */
function remainingMsOf({ context }: Received<FetchJob>): number {
  const remainingMs = context.getRemainingTimeInMillis();
  if (remainingMs < MIN_FETCH_MS) throw new TooLittleTime(`${remainingMs} ms are left`);
  return remainingMs;
}

function attemptOf(received: Received<FetchJob>): Attempt {
  const { messageId, receives, context } = received;
  const nowMs = systemClock.nowMs();
  const remainingMs = remainingMsOf(received);
  return {
    owner: `${context.awsRequestId}/${messageId}`,
    nowMs,
    leaseUntilMs: nowMs + remainingMs + LEASE_MARGIN_MS,
    signal: AbortSignal.timeout(remainingMs - CLEAN_UP_MS),
    receives,
  };
}
