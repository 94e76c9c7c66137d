// Dead letters tell why they are dead, and in whose name they were asked for.

import { type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type QueueName, queues } from '../../core/topology.ts';
import { addFault, resetBotApi } from '../../local/bot-api/control.ts';
import { sqsEvent } from '../../local/sqs-batch.ts';
import { without } from '../wire.ts';
import { contextOf, type Deployed, deploy, TOKEN } from './deployed.ts';
import { endPause } from './end-pause.ts';
import { takeLines } from './log-lines.ts';

let deployed: Deployed;
let userId = 1;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(async () => {
  await deployed.tidy();
  for (const name of NAMES) await takeDeadLetters(name);
  await endPause(deployed);
  await resetBotApi(deployed.botApi.apiRoot);
});

const NAMES = Object.keys(queues) as QueueName[];
const REQUEST_ID = '0b1f2e3d-4c5b-4a69-8877-665544332211';
const HELD_BY_NOBODY = { VisibilityTimeout: 0, MaxNumberOfMessages: 1 };

const urlsOf = (queue: QueueName) => deployed.world.resources.queues[queue];

/** Sends a message in the name of a request, which was received that many times and is there to be received. */
async function failedBefore(queue: QueueName, body: string, times: number): Promise<void> {
  const { sqs } = deployed.world.clients;
  const QueueUrl = urlsOf(queue).url;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: body,
      MessageAttributes: { requestId: { DataType: 'String', StringValue: REQUEST_ID } },
    }),
  );
  for (let n = 0; n < times; n++) {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...HELD_BY_NOBODY }));
    expect(Messages).toHaveLength(1);
  }
}

/** Takes what is in a dead-letter queue. */
async function takeDeadLetters(queue: QueueName): Promise<Message[]> {
  const { Messages = [] } = await deployed.world.clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: urlsOf(queue).deadLetterUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** A job for the queue that fails: nothing of Telegram's, and nothing of the bucket's, can be had. */
async function failingJob(queue: QueueName): Promise<string> {
  userId += 10;
  const { avatarId, joinedAtMs } = await deployed.world.join(userId);
  if (queue === 'erase') {
    deployed.wires.dynamodb.intercept(without('GetItem'));
    return JSON.stringify({ kind: 'erase', avatarId, joinedAtMs, erasureId: REQUEST_ID });
  }
  const fault = { call: 'getUserProfilePhotos', effect: 'html', status: 502 } as const;
  await addFault(deployed.botApi.apiRoot, fault);
  return JSON.stringify({ avatarId, checkedBeforeMs: Date.now() });
}

describe.each(NAMES)('a message of the %s queue', (queue) => {
  const { maxReceiveCount } = queues[queue];

  test('that fails at its last receive becomes a dead letter with its reason, and is done', async () => {
    const body = await failingJob(queue);
    await failedBefore(queue, body, maxReceiveCount - 1);

    const { event, response } = await deployed.batchOf(queue);

    expect(event.Records[0]?.attributes.ApproximateReceiveCount).toBe(String(maxReceiveCount));
    expect(response).toEqual({ batchItemFailures: [] });
    const [line] = takeLines(deployed);
    const { name, message } = (line as { error: Error }).error;
    expect(line).toMatchObject({
      level: 'ERROR',
      requestId: REQUEST_ID,
      receives: maxReceiveCount,
    });
    expect(await takeDeadLetters(queue)).toMatchObject([
      {
        Body: body,
        MessageAttributes: {
          requestId: { StringValue: REQUEST_ID },
          reason: { StringValue: `${name}: ${message}` },
        },
      },
    ]);
  });

  test('that fails before is no dead letter yet', async () => {
    await failedBefore(queue, await failingJob(queue), maxReceiveCount - 2);

    const { response } = await deployed.batchOf(queue);

    expect(response.batchItemFailures).toHaveLength(1);
    expect(await takeDeadLetters(queue)).toEqual([]);
  });

  test('that nobody can read becomes one, with what is wrong with it', async () => {
    await failedBefore(queue, '{"avatarId":', maxReceiveCount - 1);

    const { response } = await deployed.batchOf(queue);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(await takeDeadLetters(queue)).toMatchObject([
      {
        Body: '{"avatarId":',
        MessageAttributes: { reason: { StringValue: expect.stringMatching(/^SyntaxError: ./) } },
      },
    ]);
  });

  test('is left to SQS where it cannot be sent, which moves it without a reason', async () => {
    const body = await failingJob(queue);
    await failedBefore(queue, body, maxReceiveCount - 1);
    // Nor can it be brought back: it is there again when its visibility time-out is over, which is at once.
    deployed.wires.sqs.intercept(without('SendMessage', 'ChangeMessageVisibility'));
    const { sqs } = deployed.world.clients;
    const QueueUrl = urlsOf(queue).url;
    const last = new ReceiveMessageCommand({
      QueueUrl,
      ...HELD_BY_NOBODY,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const event = sqsEvent((await sqs.send(last)).Messages ?? [], QueueUrl);
    const { consumer } = queues[queue];

    const response = await deployed.handlers[consumer](event, contextOf(consumer));

    const itemIdentifier = event.Records[0]?.messageId;
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier }] });
    expect(takeLines(deployed)).toMatchObject([
      { requestId: REQUEST_ID, receives: maxReceiveCount },
      { message: 'dead letter not sent', requestId: REQUEST_ID, messageId: itemIdentifier },
    ]);
    expect(await takeDeadLetters(queue)).toEqual([]);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toEqual([]);
    const [letter, ...others] = await takeDeadLetters(queue);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ Body: body });
    expect(letter?.MessageAttributes).not.toHaveProperty('reason');
  });
});

test('a message that Telegram asks to wait is no dead letter, however often it was received', async () => {
  const { avatarId } = await deployed.world.join(++userId);
  const body = JSON.stringify({ avatarId, checkedBeforeMs: Date.now() });
  await failedBefore('fetch', body, queues.fetch.maxReceiveCount - 1);
  await addFault(deployed.botApi.apiRoot, {
    call: 'getUserProfilePhotos',
    effect: 'error',
    status: 429,
    retryAfter: 35,
  });

  const { response } = await deployed.batchOf('fetch');

  expect(response).toEqual({ batchItemFailures: [] });
  expect(await takeDeadLetters('fetch')).toEqual([]);
  expect(await deployed.world.delayed('fetch')).toBe(1);
});

test('a dead letter’s reason has no path and no token in it', async () => {
  const file_path = `/var/lib/bot${TOKEN}/photos/file_1.jpg`;
  const { avatarId } = await deployed.world.join(++userId);
  const body = JSON.stringify({ avatarId, checkedBeforeMs: Date.now() });
  await failedBefore('fetch', body, queues.fetch.maxReceiveCount - 1);
  await addFault(deployed.botApi.apiRoot, {
    call: 'getFile',
    effect: 'merge',
    result: { file_path },
  });

  await deployed.batchOf('fetch');

  const [letter] = await takeDeadLetters('fetch');
  const reason = letter?.MessageAttributes?.reason?.StringValue;
  expect(reason).toMatch(/^TelegramTransient: /);
  expect(JSON.stringify(letter)).not.toMatch(/canary|file_1/);
});
