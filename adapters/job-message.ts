// A job as an SQS message, whichever queue it is for.

import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

// SQS delays a message by fifteen minutes at most (SendMessage, DelaySeconds).
const MAX_DELAY_SECONDS = 900;

/** Sends a job, to be received after `delaySeconds`: rounded up, and fifteen minutes at most. */
export async function sendJob(
  client: SQSClient,
  queueUrl: string,
  job: object,
  delaySeconds = 0,
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(job),
      DelaySeconds: Math.min(Math.max(Math.ceil(delaySeconds), 0), MAX_DELAY_SECONDS),
    }),
  );
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
