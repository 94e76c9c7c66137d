// Dead letters as an operator looks at them. A look hides them for some seconds and takes none away: a dead-letter
// queue has no redrive policy of its own, so a letter cannot be received too often.

import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { BATCH_SIZE, batchesOf, REASON, REQUEST_ID } from './job-message.ts';

/** A message that was given up. */
export interface DeadLetter {
  readonly messageId: string;
  /** Good until the letter is received again. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: NonNullable<Message['MessageAttributes']>;
  /** Why, in the worker's words; absent where SQS moved the message itself. */
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
  readonly sentAtMs: number;
}

// Longer than looking takes. After a look that was killed the letters are back when this is over.
const HOLD_SECONDS = 60;

// A receive that waits asks all of SQS's servers (ReceiveMessage, "Short and long polling").
const WAIT_SECONDS = 1;

// Not 0, which not every emulator takes.
const BRING_BACK_SECONDS = 1;

/** Receives up to ten letters, which nobody else sees for a minute; none where nothing came within a second. */
export async function receiveDeadLetters(
  client: SQSClient,
  queueUrl: string,
): Promise<DeadLetter[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: BATCH_SIZE,
      VisibilityTimeout: HOLD_SECONDS,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages.map(letterOf);
}

/** Looks at the letters of a queue, at so many at most; a second later they are there for everybody again. */
export async function peekDeadLetters(
  client: SQSClient,
  queueUrl: string,
  limit: number,
): Promise<DeadLetter[]> {
  const seen = new Map<string, DeadLetter>();
  try {
    while (seen.size < limit) {
      const letters = await receiveDeadLetters(client, queueUrl);
      if (letters.length === 0) break;
      for (const letter of letters) seen.set(letter.messageId, letter);
    }
  } finally {
    await bringBack(client, queueUrl, [...seen.values()]);
  }
  return [...seen.values()].slice(0, limit);
}

/** Ends the hold of letters. One that is not held any more is there already. */
export async function bringBack(
  client: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const batch of batchesOf(letters)) {
    const Entries = entriesOf(batch).map((entry) => ({
      ...entry,
      VisibilityTimeout: BRING_BACK_SECONDS,
    }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** Sends letters to a queue as they were before they were given up. Rejects at the first that SQS does not take. */
export async function sendBack(
  client: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  await Promise.all(
    letters.map(({ body, attributes: { [REASON]: _, ...attributes } }) =>
      client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: attributes,
        }),
      ),
    ),
  );
}

/** Deletes letters that are held. Throws where SQS refuses some, which it does inside a 200. */
export async function deleteDeadLetters(
  client: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const batch of batchesOf(letters)) {
    const { Failed = [] } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(batch) }),
    );
    const [first] = Failed;
    if (first) throw new Error(`${Failed.length} dead letters were not deleted: ${first.Code}`);
  }
}

function letterOf(message: Message): DeadLetter {
  const { MessageAttributes: attributes = {}, Attributes = {} } = message;
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes,
    reason: attributes[REASON]?.StringValue,
    requestId: attributes[REQUEST_ID]?.StringValue,
    sentAtMs: Number(Attributes.SentTimestamp ?? 0),
  };
}

function entriesOf(batch: readonly DeadLetter[]) {
  return batch.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
}
