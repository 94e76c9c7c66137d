// Fetch jobs as SQS messages.

import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FetchQueue } from '../core/ports.ts';

// SQS delays a message by fifteen minutes at most (SendMessage, DelaySeconds).
const MAX_DELAY_SECONDS = 900;

/** The fetch queue behind its port. */
export function fetchQueue(client: SQSClient, queueUrl: string): FetchQueue {
  return {
    async send(job, delaySeconds = 0) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(job),
          DelaySeconds: Math.min(Math.max(Math.ceil(delaySeconds), 0), MAX_DELAY_SECONDS),
        }),
      );
    },
  };
}

/** Makes a received message visible again after `seconds`, instead of after the queue's visibility time-out. */
export async function bringBackAfter(
  client: SQSClient,
  queueUrl: string,
  receiptHandle: string,
  seconds: number,
): Promise<void> {
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}
