// One invocation of a handler as Lambda makes it: a context that tells the truth about the time that
// is left, and an end to the waiting when that time is over. The HTTP side and the event source share it.
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** What an invocation needs to know of its function: its name and its time-out in seconds. */
export interface InvokedFunction {
  readonly functionName: string;
  readonly timeoutSeconds: number;
}

/** A handler in Lambda's own shape, of the kind that returns a promise. */
export type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result> | Result;

/** The handler had not answered when its function's time-out was over; Lambda would have killed it. */
export class FunctionTimedOut extends Error {
  override readonly name = 'FunctionTimedOut';

  constructor({ functionName, timeoutSeconds }: InvokedFunction) {
    super(`${functionName} has not answered within its ${timeoutSeconds} seconds`);
  }
}

/** Makes the context of an invocation that starts now; `now` is a clock in milliseconds. */
export function invocationContext(
  { functionName, timeoutSeconds }: InvokedFunction,
  now: () => number = Date.now,
): Context {
  const endsAtMs = now() + timeoutSeconds * 1000;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '1769',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, endsAtMs - now()),
    // The callback style of Node 8, which the type still asks for and no handler here uses.
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

/**
 * Runs the handler once. Rejects with what it throws, or with {@link FunctionTimedOut} when the
 * function's time is over; a process cannot be killed here, so the late work itself runs on unheard.
 */
export async function invoke<Event, Result>(
  handler: Handler<Event, Result>,
  event: Event,
  invoked: InvokedFunction,
): Promise<Result> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new FunctionTimedOut(invoked)),
    invoked.timeoutSeconds * 1000,
  );
  try {
    // In an async function, so that a handler that throws at once rejects like any other.
    const running = (async () => handler(event, invocationContext(invoked)))();
    return await Promise.race([running, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
