// What Lambda's SQS event source does: takes batches off a queue, invokes the function, and deletes what it
// does not report as failed. A message that is not deleted comes back by itself.

import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { QueueDeclaration } from '../core/topology.ts';
import { type Handler, invoke } from './invocation.ts';
import { deleteMessages, failedIds, sqsEvent } from './sqs-batch.ts';

/** What an event source joins. */
export interface EventSourceOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queue: QueueDeclaration;
  readonly timeoutSeconds: number;
  readonly handler: Handler<SQSEvent, SQSBatchResponse>;
  /** Told of batches that failed as a whole, and of a queue that did not do what it was asked. */
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

/**
 * Starts one receiver for all invocations that may run at the same time. The emulator wakes every waiting
 * receive for each message, so one receiver for each invocation would ask in vain most of the time.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const receiver = receiveUntil(stopping.signal, options, running);
  return {
    stop: async () => {
      stopping.abort();
      await receiver;
      await Promise.all(running);
    },
  };
}

async function receiveUntil(
  stopping: AbortSignal,
  options: EventSourceOptions,
  running: Set<Promise<void>>,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      const messages = await receive(options, stopping);
      if (messages.length > 0) start(processBatch(options, messages), running);
    } catch (error) {
      if (stopping.aborted) return;
      options.onError(error);
      await pause(PAUSE_AFTER_ERROR_MS, stopping);
    }
    if (running.size >= options.queue.maximumConcurrency) await Promise.race(running);
  }
}

function start(batch: Promise<void>, running: Set<Promise<void>>): void {
  const tracked = batch.finally(() => running.delete(tracked));
  running.add(tracked);
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

/** Never rejects: a function that fails says nothing about the queue, which goes on being asked. */
async function processBatch(options: EventSourceOptions, messages: Message[]): Promise<void> {
  const { sqs, queueUrl, queue, handler, timeoutSeconds, onError } = options;
  const invoked = { functionName: queue.consumer, timeoutSeconds };
  try {
    const response = await invoke(handler, sqsEvent(messages, queueUrl), invoked);
    const failed = failedIds(response, messages);
    const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
    await deleteMessages(sqs, queueUrl, done);
  } catch (error) {
    onError(error);
  }
}

function pause(ms: number, stopping: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, ms);
  stopping.addEventListener('abort', wake);
  return promise.finally(() => {
    clearTimeout(timer);
    stopping.removeEventListener('abort', wake);
  });
}
