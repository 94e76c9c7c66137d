import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { awsClients } from '../../local/aws.ts';
import { type EventSource, startEventSource } from '../../local/event-source.ts';
import { type AwsFront, startAwsFront } from './aws-front.ts';

let front: AwsFront;
let sqs: SQSClient;

beforeEach(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cameo-events-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  front = await startAwsFront(dataDir);
  ({ sqs } = awsClients({
    dynamodbUrl: front.url,
    s3Url: front.url,
    sqsUrl: front.url,
    stop: async () => {},
  }));
});
afterEach(() => {
  vi.useRealTimers();
});

async function newQueue(attributes: Record<string, string> = {}): Promise<string> {
  const command = new CreateQueueCommand({ QueueName: randomUUID(), Attributes: attributes });
  return (await sqs.send(command)).QueueUrl ?? '';
}

function send(QueueUrl: string, ...bodies: string[]) {
  const Entries = bodies.map((body, n) => ({ Id: String(n), MessageBody: body }));
  return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

async function attributesOf(QueueUrl: string): Promise<Record<string, string>> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  return (await sqs.send(command)).Attributes ?? {};
}

/** Messages that are still in the queue, seen by a receiver or not. */
async function left(queueUrl: string): Promise<number> {
  const attributes = await attributesOf(queueUrl);
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = attributes;
  return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
}

interface Consumer {
  readonly maximumConcurrency?: number;
  readonly batchSize?: number;
  readonly onError?: (error: unknown) => void;
  readonly handler: (event: SQSEvent) => unknown;
}

const fail = (error: unknown) => {
  throw error;
};

function consume(queueUrl: string, consumer: Consumer): EventSource {
  const { maximumConcurrency = 2, batchSize = 10, onError = fail, handler } = consumer;
  const source = startEventSource({
    sqs,
    queueUrl,
    queue: {
      consumer: 'fetchPhoto',
      batchSize,
      maximumConcurrency,
      visibilityTimeoutSeconds: 30,
      maxReceiveCount: 3,
    },
    timeoutSeconds: 20,
    // Handlers here answer what no type would let them.
    handler: handler as (event: SQSEvent) => SQSBatchResponse,
    onError,
  });
  onTestFinished(() => source.stop());
  return source;
}

/** Lets one batch through with this answer, stops, and returns the messages left and the errors told. */
async function answered(response: (event: SQSEvent) => unknown) {
  const queueUrl = await newQueue();
  await send(queueUrl, 'a', 'b');
  const errors: unknown[] = [];
  const handled = Promise.withResolvers<void>();
  const source = consume(queueUrl, {
    onError: (error) => errors.push(error),
    handler: (event) => {
      handled.resolve();
      return response(event);
    },
  });
  await handled.promise;
  await source.stop();
  return { left: await left(queueUrl), errors };
}

const idsOf = ({ Records }: SQSEvent) => Records.map(({ messageId }) => messageId);
const failures = (...itemIdentifiers: unknown[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('what a function is given', () => {
  test('is the record that Lambda makes of a message, with its attributes', async () => {
    const queueUrl = await newQueue();
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: 'job',
        MessageAttributes: {
          reason: { DataType: 'String', StringValue: 'miss' },
          trace: { DataType: 'Binary', BinaryValue: Buffer.from('trace') },
        },
      }),
    );
    const event = await new Promise<SQSEvent>((handler) => consume(queueUrl, { handler }));

    const lists = { stringListValues: [], binaryListValues: [] };
    expect(event.Records).toEqual([
      {
        messageId: expect.stringMatching(/^[\w-]+$/),
        receiptHandle: expect.stringMatching(/^\S+$/),
        body: 'job',
        attributes: expect.objectContaining({ ApproximateReceiveCount: '1' }),
        messageAttributes: {
          reason: { stringValue: 'miss', dataType: 'String', ...lists },
          trace: { binaryValue: 'dHJhY2U=', dataType: 'Binary', ...lists },
        },
        md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: (await attributesOf(queueUrl)).QueueArn,
        awsRegion: 'us-east-1',
      },
    ]);
  });

  test('is a batch of the declared size at most', async () => {
    const queueUrl = await newQueue();
    await send(queueUrl, ...'abcdefg');
    const sizes: number[] = [];

    await new Promise<void>((allSeen) => {
      consume(queueUrl, {
        batchSize: 3,
        handler: ({ Records }) => {
          sizes.push(Records.length);
          if (sizes.reduce((sum, size) => sum + size) === 7) allSeen();
        },
      });
    });

    expect(sizes).toEqual([3, 3, 1]);
  });
});

describe('what a function answers', () => {
  test.each([
    ['nothing', () => undefined],
    ['null', () => null],
    ['an empty object', () => ({})],
    ['no list', () => ({ batchItemFailures: null })],
    ['an empty list', () => ({ batchItemFailures: [] })],
  ])('is a success of all messages: %s', async (_, response) => {
    expect(await answered(response)).toEqual({ left: 0, errors: [] });
  });

  test('keeps in the queue what it reports, and nothing else', async () => {
    const result = await answered((event) => failures(idsOf(event)[1]));

    expect(result).toEqual({ left: 1, errors: [] });
  });

  test.each([
    ['an id that is empty', (event: SQSEvent) => failures(idsOf(event)[0], '')],
    ['an id that is null', (event: SQSEvent) => failures(idsOf(event)[0], null)],
    ['an id of no message of the batch', (event: SQSEvent) => failures(idsOf(event)[0], 'other')],
    ['an id under another name', () => ({ batchItemFailures: [{ messageId: 'a' }] })],
    ['a list that is none', () => ({ batchItemFailures: 'all' })],
    ['a text', () => 'ok'],
  ])('fails the whole batch, and is told, where it holds %s', async (_, response) => {
    const result = await answered(response);

    expect(result).toEqual({
      left: 2,
      errors: [expect.objectContaining({ name: 'UnreadableBatchResponse' })],
    });
  });

  test('one poison message of ten is delivered again, up to its limit, alone', async () => {
    const deadUrl = await newQueue();
    const redrive = {
      deadLetterTargetArn: (await attributesOf(deadUrl)).QueueArn,
      maxReceiveCount: 2,
    };
    // Longer than a busy machine takes to delete the nine.
    const attributes = { VisibilityTimeout: '3', RedrivePolicy: JSON.stringify(redrive) };
    const queueUrl = await newQueue(attributes);
    await send(queueUrl, ...'abcdefghi', 'poison');
    const batches: string[][] = [];
    consume(queueUrl, {
      handler: ({ Records }) => {
        batches.push(Records.map(({ body }) => body));
        const poison = Records.filter(({ body }) => body === 'poison');
        return failures(...poison.map(({ messageId }) => messageId));
      },
    });

    const dead = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadUrl, WaitTimeSeconds: 20 }),
    );

    expect(dead.Messages?.map(({ Body }) => Body)).toEqual(['poison']);
    expect(batches).toEqual([[...'abcdefghi', 'poison'], ['poison']]);
    expect(await left(queueUrl)).toBe(0);
  });
});

describe('a failure', () => {
  test('of a function is told, leaves its messages, and holds up no other message', async () => {
    const queueUrl = await newQueue();
    // The test's clock stands still: whoever waits for it waits for ever.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const errors: unknown[] = [];
    const handled: string[] = [];
    const second = Promise.withResolvers<void>();
    const source = consume(queueUrl, {
      maximumConcurrency: 1,
      onError: (error) => errors.push(error),
      handler: async ({ Records: [record] }) => {
        handled.push(record?.body ?? '');
        if (record?.body === 'good') return second.resolve();
        await send(queueUrl, 'good');
        throw new Error('broken');
      },
    });

    await send(queueUrl, 'bad');
    await second.promise;
    await source.stop();

    expect(handled).toEqual(['bad', 'good']);
    expect(errors).toEqual([new Error('broken')]);
    expect(await left(queueUrl)).toBe(1);
  });

  test('of the queue is told, and the queue is asked again a second later', async () => {
    const queueUrl = `${front.url}/000000000000/comes-later`;
    const other = await newQueue();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const handled = Promise.withResolvers<SQSEvent>();
    const errors: unknown[] = [];
    await new Promise<void>((told) => {
      consume(queueUrl, {
        onError: (error) => told(void errors.push(error)),
        handler: handled.resolve,
      });
    });
    // Long enough for more failures, if the queue were asked again at once.
    for (let call = 0; call < 10; call++) await attributesOf(other);
    expect(errors).toEqual([expect.objectContaining({ name: 'QueueDoesNotExist' })]);
    await sqs.send(new CreateQueueCommand({ QueueName: 'comes-later' }));
    await send(queueUrl, 'job');

    vi.advanceTimersByTime(1_000);

    expect((await handled.promise).Records[0]?.body).toBe('job');
  });

  test('of a deletion is told, for SQS refuses single messages inside a 200', async () => {
    front.answers.set('AmazonSQS.DeleteMessageBatch', {
      Successful: [{ Id: '0' }],
      Failed: [{ Id: '1', Code: 'ReceiptHandleIsInvalid', SenderFault: true }],
    });
    const ids: string[] = [];

    const { errors } = await answered((event) => void ids.push(...idsOf(event)));

    expect(errors).toEqual([expect.objectContaining({ name: 'MessagesNotDeleted' })]);
    expect(String(errors[0])).toContain(`${ids[1]}: ReceiptHandleIsInvalid`);
    expect(String(errors[0])).not.toContain(ids[0]);
  });
});

describe('invocations', () => {
  test('run beside each other: a new message goes to a free slot while another is busy', async () => {
    const queueUrl = await newQueue();
    const free = Promise.withResolvers<void>();
    const firstIsBusy = Promise.withResolvers<void>();
    const handled: string[] = [];
    const source = consume(queueUrl, {
      handler: async ({ Records: [record] }) => {
        if (record?.body === 'slow') {
          firstIsBusy.resolve();
          await free.promise;
        } else free.resolve();
        handled.push(record?.body ?? '');
      },
    });

    await send(queueUrl, 'slow');
    await firstIsBusy.promise;
    await send(queueUrl, 'quick');
    await free.promise;
    await source.stop();

    expect(handled).toEqual(['quick', 'slow']);
  });

  test('are never more than the declared maximum', async () => {
    const queueUrl = await newQueue();
    await send(queueUrl, ...'abcdefghij');
    let running = 0;
    const peaks: number[] = [];

    await new Promise<void>((allDone) => {
      consume(queueUrl, {
        batchSize: 1,
        maximumConcurrency: 3,
        handler: async () => {
          peaks.push(++running);
          // Long enough for a fourth to be received, if one were.
          for (let call = 0; call < 5; call++) await attributesOf(queueUrl);
          running--;
          if (peaks.length === 10 && running === 0) allDone();
        },
      });
    });

    expect(Math.max(...peaks)).toBe(3);
  });
});

describe('stop', () => {
  test('waits for the running invocation, and its messages are deleted', async () => {
    const queueUrl = await newQueue();
    await send(queueUrl, 'job');
    const busy = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const steps: string[] = [];
    const source = consume(queueUrl, {
      handler: async () => {
        busy.resolve();
        await finish.promise;
        steps.push('finished');
      },
    });
    await busy.promise;

    const stopped = source.stop().then(() => steps.push('stopped'));
    await attributesOf(queueUrl);
    finish.resolve();
    await stopped;

    expect(steps).toEqual(['finished', 'stopped']);
    expect(await left(queueUrl)).toBe(0);
  });

  test('does not wait for a long poll, nor for the pause after an error', async () => {
    const idleUrl = await newQueue();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const idle = consume(idleUrl, { handler: () => null });
    const failed = Promise.withResolvers<unknown>();
    const pausing = consume(`${front.url}/000000000000/gone`, {
      handler: () => null,
      onError: failed.resolve,
    });
    await failed.promise;

    await Promise.all([idle.stop(), pausing.stop()]);
    // By itself the poll would end after twenty seconds, and the pause never.
  }, 18_000);

  test('loses no message, wherever it cuts the poll', async () => {
    const queueUrl = await newQueue({ VisibilityTimeout: '1' });
    const handled = new Set<string>();
    const handler = ({ Records }: SQSEvent) => {
      for (const { body } of Records) handled.add(body);
    };
    const sent = Array.from({ length: 30 }, (_, n) => String(n));
    for (const [round, body] of sent.entries()) {
      const source = consume(queueUrl, { handler });
      const sending = send(queueUrl, body);
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      await Promise.all([source.stop(), sending]);
    }

    await new Promise<void>((allSeen) => {
      const look = (event: SQSEvent) => {
        handler(event);
        if (handled.size === sent.length) allSeen();
      };
      if (handled.size === sent.length) allSeen();
      else consume(queueUrl, { handler: look });
    });

    expect(handled).toEqual(new Set(sent));
  });
});
