import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  deleteDeadLetters,
  peekDeadLetters,
  receiveDeadLetters,
  sendBack,
} from '../../adapters/dead-letters.ts';
import { sendDeadLetter } from '../../adapters/job-message.ts';
import { awsClients } from '../../local/aws.ts';
import { startWire } from '../wire.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
let queueUrl: string;
let deadLetterUrl: string;
let queues = 0;
beforeAll(async () => {
  world = await startWorld();
  return world.stop;
});
beforeEach(async () => {
  queues += 1;
  queueUrl = await newQueue('jobs');
  deadLetterUrl = await newQueue('dead');
});

const sqs = () => world.clients.sqs;

async function newQueue(name: string): Promise<string> {
  const { QueueUrl = '' } = await sqs().send(
    new CreateQueueCommand({ QueueName: `${name}-${queues}` }),
  );
  return QueueUrl;
}

function die(body: string, reason = 'Error: no') {
  return sendDeadLetter(sqs(), deadLetterUrl, body, { reason, requestId: () => 'a-request' });
}

/** Receives until so many have come: a second after a look they can be, a minute after one that forgot them. */
async function expectThere(count: number): Promise<void> {
  const seen = new Set<string>();
  const receive = async () => {
    const letters = await receiveDeadLetters(sqs(), deadLetterUrl);
    for (const { messageId } of letters) seen.add(messageId);
    return seen.size === count;
  };
  await vi.waitUntil(receive, { timeout: 30_000, interval: 100 });
}

test('a look tells why each is dead and in whose name it was asked for', async () => {
  await die('{"a":1}', 'TelegramRefused: 400');
  await sqs().send(
    new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: 'moved by SQS' }),
  );

  const letters = await peekDeadLetters(sqs(), deadLetterUrl, 100);

  const told = letters.map(({ body, reason, requestId }) => ({ body, reason, requestId }));
  expect(told.sort((one, other) => (one.body < other.body ? -1 : 1))).toEqual([
    { body: 'moved by SQS', reason: undefined, requestId: undefined },
    { body: '{"a":1}', reason: 'TelegramRefused: 400', requestId: 'a-request' },
  ]);
});

test('a look at more than one receive gives takes none of them away', async () => {
  const bodies = Array.from({ length: 23 }, (_, index) => `job ${index}`);
  for (const body of bodies) await die(body);

  const seen = await peekDeadLetters(sqs(), deadLetterUrl, 100);

  expect(seen.map(({ body }) => body).sort()).toEqual(bodies.sort());
  await expectThere(23);
});

test('a look has an end', async () => {
  for (let n = 0; n < 12; n++) await die('job');

  const seen = await peekDeadLetters(sqs(), deadLetterUrl, 5);

  expect(seen).toHaveLength(5);
  await expectThere(12);
});

test('a look that fails in the middle brings back what it held', async () => {
  for (let n = 0; n < 12; n++) await die('job');
  const wire = await startWire(world.endpoints.sqsUrl);
  const overWire = awsClients({ ...world.endpoints, sqsUrl: wire.url }).sqs;
  let receives = 0;
  wire.intercept(async ({ operation, forward }) => {
    if (operation === 'ReceiveMessage') receives += 1;
    if (operation !== 'ReceiveMessage' || receives === 1) return forward();
    return { status: 400, headers: {}, body: '{"__type":"AccessDenied"}' };
  });

  const look = peekDeadLetters(overWire, deadLetterUrl, 100);

  await expect(look).rejects.toThrow();
  await expectThere(12);
  await wire.stop();
});

test('what is sent back is the job in the name of its request, without the reason', async () => {
  await die('{"a":1}');

  await sendBack(sqs(), queueUrl, await receiveDeadLetters(sqs(), deadLetterUrl));

  const { Messages } = await sqs().send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ['All'] }),
  );
  expect(Messages).toMatchObject([{ Body: '{"a":1}' }]);
  expect(Messages?.[0]?.MessageAttributes).toEqual({
    requestId: { DataType: 'String', StringValue: 'a-request' },
  });
});

test('letters that SQS does not delete are an error', async () => {
  await die('job');
  const wire = await startWire(world.endpoints.sqsUrl);
  const overWire = awsClients({ ...world.endpoints, sqsUrl: wire.url }).sqs;
  wire.intercept(async ({ operation, forward }) =>
    operation === 'DeleteMessageBatch'
      ? { status: 200, headers: {}, body: '{"Failed":[{"Id":"0","Code":"InternalError"}]}' }
      : forward(),
  );
  const letters = await receiveDeadLetters(sqs(), deadLetterUrl);

  const deleting = deleteDeadLetters(overWire, deadLetterUrl, letters);

  await expect(deleting).rejects.toThrow('1 dead letters were not deleted: InternalError');
  await wire.stop();
});
