// Lambda's side of a batch: what a function is given for the messages, how its answer is read, and the
// deletion of what is done.

import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import * as v from 'valibot';
import { LOCAL_REGION } from './aws.ts';

/** The function's answer names no messages of its batch; Lambda takes the whole batch as failed then. */
export class UnreadableBatchResponse extends Error {
  override readonly name = 'UnreadableBatchResponse';
}

/** Messages that were worked off and are still in the queue: they will be delivered again. */
export class MessagesNotDeleted extends Error {
  override readonly name = 'MessagesNotDeleted';
}

/** The event of a batch. */
export function sqsEvent(messages: readonly Message[], queueUrl: string): SQSEvent {
  const queueName = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
  const eventSourceARN = `arn:aws:sqs:${LOCAL_REGION}:000000000000:${queueName}`;
  return { Records: messages.map((message) => recordOf(message, eventSourceARN)) };
}

function recordOf(message: Message, eventSourceARN: string): SQSRecord {
  const { MessageAttributes = {}, MD5OfMessageAttributes: md5 } = message;
  const attributes = Object.entries(MessageAttributes);
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: message.Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      attributes.map(([name, value]) => [name, attributeOf(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    ...(md5 !== undefined && { md5OfMessageAttributes: md5 }),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: LOCAL_REGION,
  };
}

/** The lists are always there and always empty: SQS has reserved them. */
function attributeOf(value: MessageAttributeValue): SQSMessageAttribute {
  const { StringValue, BinaryValue, DataType = 'String' } = value;
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}

const responseSchema = v.nullish(
  v.object({
    batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.string() }))),
  }),
);

/**
 * The ids that the function reports as failed: none for null, an empty object or an empty list. Throws
 * UnreadableBatchResponse for any other answer without a list of the batch's own ids (AWS Lambda, "Handling
 * errors for an SQS event source").
 */
export function failedIds(response: unknown, messages: readonly Message[]): ReadonlySet<string> {
  const { success, output } = v.safeParse(responseSchema, response);
  if (!success) throw new UnreadableBatchResponse('the batch response is not of the right shape');
  const ids = new Set(output?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  const strangers = [...ids].filter((id) => !known.has(id));
  if (strangers.length === 0) return ids;
  throw new UnreadableBatchResponse(`not messages of the batch: ${strangers.join(', ')}`);
}

/** Deletes a batch's messages. Throws MessagesNotDeleted where SQS refuses some, which it does inside a 200. */
export async function deleteMessages(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
): Promise<void> {
  if (messages.length === 0) return;
  const { Failed = [] } = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
  if (Failed.length === 0) return;
  const reasons = Failed.map(({ Id, Code }) => `${messages[Number(Id)]?.MessageId}: ${Code}`);
  throw new MessagesNotDeleted(`not deleted from ${queueUrl}: ${reasons.join(', ')}`);
}
