// An invocation that nobody waits for, as Lambda makes it: tried again when the function fails, and in the
// end a message in a dead-letter queue (AWS Lambda, "Invoking a function asynchronously").

import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Handler, type InvokedFunction, invoke } from './invocation.ts';

/** What an invocation is made of. */
export interface AsynchronousInvocation<Event> {
  readonly sqs: SQSClient;
  readonly handler: Handler<Event, unknown>;
  readonly event: Event;
  readonly invoked: InvokedFunction;
  /** Tries after the first. */
  readonly maximumRetries: number;
  readonly deadLetterUrl: string;
  /** Waits so many milliseconds for the next try; false if it is not to come any more. */
  readonly untilRetry: (ms: number) => Promise<boolean>;
  /** Told of each try that failed, and of a dead letter that was not sent. */
  readonly onError: (error: unknown) => void;
}

/** How an invocation ended: `stopped` between two tries, with neither a success nor a dead letter. */
export type Outcome = 'succeeded' | 'failed' | 'stopped';

// Lambda waits a minute before the second try and two before the third, the last that it makes.
const BACK_OFF_MS = 60_000;

/** Invokes until a try succeeds or all have failed. Never rejects. */
export async function invokeAsynchronously<Event>(
  invocation: AsynchronousInvocation<Event>,
): Promise<Outcome> {
  const { handler, event, invoked, maximumRetries, untilRetry, onError } = invocation;
  for (let tries = 1; ; tries++) {
    try {
      await invoke(handler, event, invoked);
      return 'succeeded';
    } catch (error) {
      onError(error);
      if (tries > maximumRetries) {
        await sendDeadLetter(invocation, tries, error).catch(onError);
        return 'failed';
      }
    }
    if (!(await untilRetry(tries * BACK_OFF_MS))) return 'stopped';
  }
}

/** The record that Lambda sends to a destination for failures, as far as it means anything here. */
async function sendDeadLetter<Event>(
  { sqs, event, invoked, deadLetterUrl }: AsynchronousInvocation<Event>,
  tries: number,
  error: unknown,
): Promise<void> {
  const { name: errorType, message: errorMessage } =
    error instanceof Error ? error : { name: 'Error', message: String(error) };
  const record = {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      functionArn: invoked.functionName,
      condition: 'RetriesExhausted',
      approximateInvokeCount: tries,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, functionError: 'Unhandled' },
    responsePayload: { errorType, errorMessage },
  };
  await sqs.send(
    new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: JSON.stringify(record) }),
  );
}
