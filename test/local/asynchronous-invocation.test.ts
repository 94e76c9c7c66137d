import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AsynchronousInvocation,
  invokeAsynchronously,
} from '../../local/asynchronous-invocation.ts';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { type Emulators, startEmulators } from '../../local/emulators.ts';
import { provision } from '../../local/provision.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'cameo-invocation-'));
let emulators: Emulators;
let clients: AwsClients;
let deadLetterUrl: string;
beforeAll(async () => {
  emulators = await startEmulators({ dataDir });
  clients = awsClients(emulators);
  ({ deadLetterUrl } = (await provision(clients)).schedules.warm);
});
afterAll(async () => {
  await emulators.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Invokes a function that fails so many times; what came of it, and what was waited and told. */
async function failing(times: number, given: Partial<AsynchronousInvocation<object>> = {}) {
  const waits: number[] = [];
  const told: string[] = [];
  let calls = 0;
  const outcome = await invokeAsynchronously({
    sqs: clients.sqs,
    handler: () => {
      calls++;
      if (calls <= times) throw new RangeError(`failure ${calls}`);
    },
    event: { id: 'run-1' },
    invoked: { functionName: 'warmRecent', timeoutSeconds: 30 },
    maximumRetries: 2,
    deadLetterUrl,
    untilRetry: async (ms) => waits.push(ms) > 0,
    onError: (error) => told.push(String(error)),
    ...given,
  });
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, VisibilityTimeout: 0 }),
  );
  return {
    outcome,
    calls,
    waits,
    told,
    letters: Messages.map(({ Body = '' }) => JSON.parse(Body)),
  };
}

test('a success ends it', async () => {
  expect(await failing(0)).toEqual({
    outcome: 'succeeded',
    calls: 1,
    waits: [],
    told: [],
    letters: [],
  });
});

test('a failure is told and tried again, after a minute and then after two', async () => {
  expect(await failing(2)).toEqual({
    outcome: 'succeeded',
    calls: 3,
    waits: [60_000, 120_000],
    told: ['RangeError: failure 1', 'RangeError: failure 2'],
    letters: [],
  });
});

test('whoever stops between two tries leaves no dead letter', async () => {
  const { outcome, calls, letters } = await failing(9, { untilRetry: async () => false });

  expect({ outcome, calls, letters }).toEqual({ outcome: 'stopped', calls: 1, letters: [] });
});

test('a dead letter that cannot be sent is told', async () => {
  const { outcome, told } = await failing(9, { deadLetterUrl: `${deadLetterUrl}-gone` });

  expect(outcome).toBe('failed');
  expect(told).toHaveLength(4);
  expect(told[3]).toContain('QueueDoesNotExist');
});

test('after the last try the event is in the dead-letter queue, with why', async () => {
  const { outcome, calls, letters } = await failing(9);

  expect({ outcome, calls }).toEqual({ outcome: 'failed', calls: 3 });
  expect(letters).toEqual([
    expect.objectContaining({
      requestContext: {
        functionArn: 'warmRecent',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { id: 'run-1' },
      responsePayload: { errorType: 'RangeError', errorMessage: 'failure 3' },
    }),
  ]);
});
