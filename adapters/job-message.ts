// A job as an SQS message, whichever queue it is for, and what travels beside it.

import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

// SQS delays a message by fifteen minutes at most (SendMessage, DelaySeconds).
const MAX_DELAY_SECONDS = 900;

/** Tells in the name of whose request a message is sent; `undefined` for nobody's. */
export type RequestId = () => string | undefined;

/** The name by which a message bears the id of the request that began it. */
export const REQUEST_ID = 'requestId';

/** The name by which a dead letter says why it is one. */
export const REASON = 'reason';

/** Messages that SQS takes, and gives, in one call at most (SendMessageBatch, ReceiveMessage). */
export const BATCH_SIZE = 10;

/** In batches of as many as SQS takes in one call. */
export function batchesOf<T>(all: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / BATCH_SIZE) }, (_, index) =>
    all.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
}

/** Sends a job, to be received after `delaySeconds`: rounded up, and fifteen minutes at most. */
export async function sendJob(
  client: SQSClient,
  queueUrl: string,
  job: object,
  { delaySeconds = 0, requestId }: { delaySeconds?: number | undefined; requestId: RequestId },
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(job),
      MessageAttributes: requestAttribute(requestId),
      DelaySeconds: Math.min(Math.max(Math.ceil(delaySeconds), 0), MAX_DELAY_SECONDS),
    }),
  );
}

/** The message attribute with the id of the request, or none. */
export function requestAttribute(requestId: RequestId): Record<string, MessageAttributeValue> {
  const id = requestId();
  return id ? { [REQUEST_ID]: textAttribute(id) } : {};
}

/** Puts a message where a person has to look, with the reason; the body is the one that was received. */
export async function sendDeadLetter(
  client: SQSClient,
  deadLetterUrl: string,
  body: string,
  { reason, requestId }: { reason: string; requestId: RequestId },
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: deadLetterUrl,
      MessageBody: body,
      MessageAttributes: { ...requestAttribute(requestId), [REASON]: textAttribute(reason) },
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

function textAttribute(text: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: text };
}
