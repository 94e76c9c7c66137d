// What Lambda's SQS event source does: takes batches off a queue, invokes the function, and deletes what it
// does not report as failed. A message that is not deleted comes back by itself.

import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { QueueDeclaration } from '../core/topology.ts';
import { LOCAL_REGION } from './aws.ts';
import { type Handler, invoke } from './invocation.ts';

/** What an event source joins. */
export interface EventSourceOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queue: QueueDeclaration;
  readonly timeoutSeconds: number;
  readonly handler: Handler<SQSEvent, SQSBatchResponse>;
  /** Told of invocations that failed as a whole, and of a queue that did not answer. */
  readonly onError: (error: unknown) => void;
}

/** A running event source. */
export interface EventSource {
  /** Receives no more; resolves when the running invocations are over. */
  stop(): Promise<void>;
}

// SQS answers an empty receive after twenty seconds at most, and at once when a message arrives.
const LONG_POLL_SECONDS = 20;

// So as not to ask a queue that is gone a thousand times a second.
const PAUSE_AFTER_ERROR_MS = 1_000;

/** Starts one poller for each invocation that may run at the same time. */
export function startEventSource(options: EventSourceOptions): EventSource {
  const stopping = new AbortController();
  const pollers = Array.from({ length: options.queue.maximumConcurrency }, () =>
    poll(options, stopping.signal),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
}

async function poll(options: EventSourceOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const messages = await receive(options, stopping);
      if (messages.length > 0) await processBatch(options, messages);
    } catch (error) {
      if (stopping.aborted) return;
      options.onError(error);
      await pause(PAUSE_AFTER_ERROR_MS, stopping);
    }
  }
}

async function receive(
  { sqs, queueUrl, queue }: EventSourceOptions,
  abortSignal: AbortSignal,
): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: queue.batchSize,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
    { abortSignal, requestTimeout: (LONG_POLL_SECONDS + 5) * 1000 },
  );
  return Messages;
}

async function processBatch(options: EventSourceOptions, messages: Message[]): Promise<void> {
  const { sqs, queueUrl, queue, handler, timeoutSeconds } = options;
  const invoked = { functionName: queue.consumer, timeoutSeconds };
  const response = await invoke(handler, { Records: messages.map(recordOf(queueUrl)) }, invoked);
  const failed = failedIds(response, messages);
  const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
  if (done.length === 0) return;
  await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
}

/** Lambda's reading: nothing reported is a success, an answer that makes no sense is a failure of all. */
function failedIds(
  response: SQSBatchResponse | null | undefined,
  messages: Message[],
): Set<string> {
  const failures = response?.batchItemFailures ?? [];
  const known = new Set(messages.map(({ MessageId = '' }) => MessageId));
  const ids = failures.map(({ itemIdentifier }) => itemIdentifier);
  return ids.every((id) => known.has(id)) ? new Set(ids) : known;
}

function recordOf(queueUrl: string): (message: Message) => SQSRecord {
  const queueName = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
  return ({ MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    md5OfBody: MD5OfBody,
    attributes: Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${LOCAL_REGION}:000000000000:${queueName}`,
    awsRegion: LOCAL_REGION,
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
