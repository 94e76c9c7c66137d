// The functions as they are deployed, put together over ports that may die: real stores and queues, a scripted
// Telegram, and Lambda's own part, which receives, invokes and deletes.

import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { parseEraseJob } from '../../adapters/erase-message.ts';
import { parseFetchJob } from '../../adapters/fetch-message.ts';
import { doFetchJob, type FetchJobPorts } from '../../core/do-fetch-job.ts';
import type { EraseJob } from '../../core/erase-job.ts';
import { doEraseJob, eraseRetryAfterError, sweepAgainSeconds } from '../../core/erase-partner.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import { retryAfterError } from '../../core/fetch-retry.ts';
import { pacedTelegram } from '../../core/paced-telegram.ts';
import type { Clock, EdgeCache } from '../../core/ports.ts';
import { functions, type QueueName, queues } from '../../core/topology.ts';
import { type QueueLambda, queueHandler, type SourceQueue } from '../../lambdas/queue-handler.ts';
import { invocationContext } from '../../local/invocation.ts';
import { deleteMessages, failedIds, sqsEvent } from '../../local/sqs-batch.ts';
import { type ModelTelegram, renderModel } from '../model/telegram.ts';
import type { World } from '../world.ts';
import type { Dying } from './dying-ports.ts';

const TOMBSTONE_DAYS = 30;

/** What surrounds the functions. */
export interface Surroundings {
  readonly world: World;
  readonly telegram: ModelTelegram;
  readonly edge: EdgeCache;
  readonly clock: Clock;
}

/** Receives one message and works it off; false where none is visible. */
export async function workOff(
  surroundings: Surroundings,
  queue: QueueName,
  ports: Dying,
): Promise<boolean> {
  const { world } = surroundings;
  const { url } = world.resources.queues[queue];
  const messages = await receive(world, queue);
  if (messages.length === 0) return false;
  const handler =
    queue === 'erase' ? eraser(surroundings, ports) : fetcher(surroundings, queue, ports);
  const { consumer } = queues[queue];
  const { entry: functionName, timeoutSeconds } = functions[consumer];
  const context = invocationContext({ functionName, timeoutSeconds });
  const response = await handler(sqsEvent(messages, url), context);
  const failed = failedIds(response, messages);
  const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
  const lambda = ports.through('lambda', {
    delete: () => deleteMessages(world.clients.sqs, url, done),
  });
  if (done.length > 0) await lambda.delete();
  return true;
}

/** Takes one message into sight, as Lambda does. */
export async function receive({ clients, resources }: World, queue: QueueName): Promise<Message[]> {
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: resources.queues[queue].url,
      MaxNumberOfMessages: 1,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

function fetcher(
  { world, telegram: bot, clock }: Surroundings,
  queue: 'fetch' | 'warm',
  ports: Dying,
): QueueLambda {
  const budget = ports.through('budget', world.budget);
  const { currentPhoto, openFile, download } = bot;
  const telegram = ports.through('telegram', { currentPhoto, openFile, download });
  const jobPorts: FetchJobPorts = {
    table: ports.through('table', world.table),
    bucket: ports.through('bucket', world.bucket),
    telegram: pacedTelegram(telegram, budget, clock),
    render: renderModel,
    eraseQueue: ports.through('eraseQueue', world.eraseQueue),
    budget,
    clock,
  };
  const { send } = ports.through(queue, world.queues[queue]);
  const source = sourceOf(world, queue, (job: FetchJob, delaySeconds) => send(job, delaySeconds));
  return queueHandler<FetchJob>(dyingClient(world.clients.sqs, ports), {
    subject: 'fetch',
    parse: parseFetchJob,
    queueOf: () => source,
    process: ({ job, messageId, receives, context }) =>
      doFetchJob(jobPorts, job, {
        owner: `${context.awsRequestId}/${messageId}`,
        priority: queue === 'warm' ? 'warm' : 'miss',
        receives,
        remainingMs: () => context.getRemainingTimeInMillis(),
        signalAfter: () => new AbortController().signal,
      }),
    retryAfter: (error, receives) => retryAfterError(error, receives, clock.nowMs()),
  });
}

function eraser({ world, edge, clock }: Surroundings, ports: Dying): QueueLambda {
  const erasePorts = {
    erasures: ports.through('erasures', world.erasures),
    bucket: ports.through('bucket', world.bucket),
    edge: ports.through('edge', edge),
    clock,
  };
  const { send } = ports.through('erase', world.eraseQueue);
  const source = sourceOf(world, 'erase', (job: EraseJob, delaySeconds) => send(job, delaySeconds));
  return queueHandler<EraseJob>(dyingClient(world.clients.sqs, ports), {
    subject: 'erase',
    parse: parseEraseJob,
    queueOf: () => source,
    process: async ({ job }) => {
      const outcome = await doEraseJob(erasePorts, job, TOMBSTONE_DAYS);
      const delaySeconds = sweepAgainSeconds(outcome, clock.nowMs());
      return { outcome, again: delaySeconds === undefined ? undefined : { job, delaySeconds } };
    },
    retryAfter: eraseRetryAfterError,
  });
}

function sourceOf<Job>(
  { resources }: World,
  queue: QueueName,
  send: SourceQueue<Job>['send'],
): SourceQueue<Job> {
  const { url, deadLetterUrl } = resources.queues[queue];
  return { url, deadLetterUrl, maxReceiveCount: queues[queue].maxReceiveCount, send };
}

/** The client whose commands are calls as well: bringing a message back, and giving it up. */
function dyingClient(client: SQSClient, ports: Dying): SQSClient {
  const send = (command: Parameters<SQSClient['send']>[0]) => client.send(command);
  return ports.through('sqs', { send }) as unknown as SQSClient;
}
