// Box "fetch-photo": takes jobs off both fetch queues. What somebody waits for and what nobody does differ in
// their turn at Telegram alone.

import { availableParallelism } from 'node:os';
import type { SQSRecord } from 'aws-lambda';
import pLimit from 'p-limit';
import { eraseQueue } from '../adapters/erase-queue.ts';
import { parseFetchJob } from '../adapters/fetch-message.ts';
import { fetchQueues } from '../adapters/fetch-queue.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { photoReader, photoWriter } from '../adapters/photo-bucket.ts';
import { secretOf } from '../adapters/secret.ts';
import { telegram } from '../adapters/telegram.ts';
import { telegramBudget } from '../adapters/telegram-budget.ts';
import { doFetchJob, type FetchJobPorts } from '../core/do-fetch-job.ts';
import type { FetchJob } from '../core/fetch-job.ts';
import { retryAfterError } from '../core/fetch-retry.ts';
import { pacedTelegram } from '../core/paced-telegram.ts';
import { renderWebp } from '../core/render-webp.ts';
import type { Priority } from '../core/telegram-budget.ts';
import { queues as declared, functions } from '../core/topology.ts';
import { dynamoDbClient, s3Client, secretsManagerClient, sqsClient } from './clients.ts';
import {
  countedBudget,
  countedPut,
  countedTable,
  countedTelegram,
  countOutcome,
  timedRender,
} from './counted-ports.ts';
import { environmentOf, systemClock } from './environment.ts';
import { emfMetrics } from './metrics.ts';
import { type QueueLambda, queueHandler, type SourceQueue } from './queue-handler.ts';
import { currentRequestId } from './request-id.ts';

const environment = environmentOf(functions.fetchPhoto.environment);
const { count, during } = emfMetrics(environment.METRICS_NAMESPACE);
const dynamodb = dynamoDbClient();
const s3 = s3Client();
const sqs = sqsClient();
const queues = fetchQueues(sqs, environment, currentRequestId);
const botToken = secretOf(secretsManagerClient(), environment.BOT_TOKEN_SECRET);
const budget = countedBudget(telegramBudget(dynamodb, environment.TABLE_NAME), count);
const botApi = countedTelegram(telegram(environment.TELEGRAM_API_ROOT, botToken), count);
const render = timedRender(renderWebp, count);
const writer = photoWriter(s3, environment.BUCKET_NAME);

// Two at a time for each processor keep them busy, since a decode runs on one. All at once, every photo of a
// crowd would be finished last, and Telegram would not be asked for the next ones meanwhile.
const renderInTurn = pLimit(2 * availableParallelism());

const ports: FetchJobPorts = {
  table: countedTable(partnerTable(dynamodb, environment.TABLE_NAME), count, systemClock),
  bucket: {
    ...photoReader(s3, environment.BUCKET_NAME),
    ...writer,
    put: countedPut(writer.put, count),
  },
  telegram: pacedTelegram(botApi, budget, systemClock),
  render: (original) => renderInTurn(() => render(original)),
  eraseQueue: eraseQueue(sqs, environment.ERASE_QUEUE_URL, currentRequestId),
  budget,
  clock: systemClock,
};

const sources: Readonly<Record<Priority, SourceQueue<FetchJob>>> = {
  miss: {
    url: environment.FETCH_QUEUE_URL,
    deadLetterUrl: environment.FETCH_DEAD_LETTER_URL,
    maxReceiveCount: declared.fetch.maxReceiveCount,
    send: queues.fetch.send,
  },
  warm: {
    url: environment.WARM_QUEUE_URL,
    deadLetterUrl: environment.WARM_DEAD_LETTER_URL,
    maxReceiveCount: declared.warm.maxReceiveCount,
    send: queues.warm.send,
  },
};

const warmQueueName = nameOf(environment.WARM_QUEUE_URL, '/');

const workOff = queueHandler<FetchJob>(sqs, {
  subject: 'fetch',
  parse: parseFetchJob,
  queueOf: (record) => sources[priorityOf(record)],
  process: async ({ job, messageId, receives, context }, record) => {
    const done = await doFetchJob(ports, job, {
      owner: `${context.awsRequestId}/${messageId}`,
      priority: priorityOf(record),
      receives,
      remainingMs: () => context.getRemainingTimeInMillis(),
      signalAfter: (ms) => AbortSignal.timeout(ms),
    });
    countOutcome(done.outcome, count);
    return done;
  },
  retryAfter: (error, receives) => retryAfterError(error, receives, systemClock.nowMs()),
});

/** The Lambda handler. */
export const handler: QueueLambda = (event, context) =>
  during(context, () => workOff(event, context));

/** Only the queue tells them apart, so that a job may be moved from one to the other as it is. */
function priorityOf({ eventSourceARN }: SQSRecord): Priority {
  return nameOf(eventSourceARN, ':') === warmQueueName ? 'warm' : 'miss';
}

function nameOf(address: string, separator: string): string {
  return address.slice(address.lastIndexOf(separator) + 1);
}
