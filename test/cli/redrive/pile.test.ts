import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { receiveDeadLetters } from '../../../adapters/dead-letters.ts';
import { sendDeadLetter } from '../../../adapters/job-message.ts';
import { messagesIn, queueDepth } from '../../../adapters/queue-depth.ts';
import { type Pile, pileOf, workOff } from '../../../cli/redrive/pile.ts';
import { awsClients } from '../../../local/aws.ts';
import { startWire } from '../../wire.ts';
import { startWorld, type World } from '../../world.ts';

let world: World;
let queue: Pick<Pile, 'name' | 'deadLetterUrl'> & { queueUrl: string };
let queues = 0;
beforeAll(async () => {
  world = await startWorld();
  return world.stop;
});
beforeEach(async () => {
  queues += 1;
  queue = {
    name: 'fetch',
    deadLetterUrl: await newQueue('dead'),
    queueUrl: await newQueue('jobs'),
  };
});

const sqs = () => world.clients.sqs;
const running = new AbortController().signal;
const nobody = () => {};
const countIn = async (url: string) => messagesIn(await queueDepth(sqs(), url));

async function newQueue(name: string): Promise<string> {
  const { QueueUrl = '' } = await sqs().send(
    new CreateQueueCommand({ QueueName: `${name}-${queues}` }),
  );
  return QueueUrl;
}

async function die(count: number): Promise<void> {
  const bearing = { reason: 'Error: no', requestId: () => undefined };
  for (let n = 0; n < count; n++) {
    await sendDeadLetter(sqs(), queue.deadLetterUrl, `job ${n}`, bearing);
  }
}

test('sends all back that were shown', async () => {
  await die(23);
  const pile = await pileOf(sqs(), queue);
  let progress = 0;

  const done = await workOff(sqs(), pile, running, (count) => {
    progress += count;
  });

  expect([done, progress]).toEqual([23, 23]);
  expect(await countIn(queue.queueUrl)).toBe(23);
  expect(await countIn(queue.deadLetterUrl)).toBe(0);
});

test('leaves a letter that came since, and holds it no longer than it has to', async () => {
  await die(2);
  const pile = await pileOf(sqs(), queue);
  await die(1);

  const done = await workOff(sqs(), pile, running, nobody);

  expect(done).toBe(2);
  expect(await countIn(queue.queueUrl)).toBe(2);
  expect((await pileOf(sqs(), queue)).letters).toHaveLength(1);
});

test('stops between two batches, and loses nothing', async () => {
  await die(12);
  const pile = await pileOf(sqs(), queue);
  const stop = new AbortController();

  const done = await workOff(sqs(), pile, stop.signal, (count) => {
    if (count > 0) stop.abort();
  });

  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(12);
  expect(await countIn(queue.queueUrl)).toBe(done);
  expect(await countIn(queue.deadLetterUrl)).toBe(12 - done);
});

test('a letter that could not be deleted is sent again the next time, and never lost', async () => {
  await die(1);
  const pile = await pileOf(sqs(), queue);
  const wire = await startWire(world.endpoints.sqsUrl);
  const overWire = awsClients({ ...world.endpoints, sqsUrl: wire.url }).sqs;
  wire.intercept(async ({ operation, forward }) =>
    operation === 'DeleteMessageBatch'
      ? { status: 400, headers: {}, body: '{"__type":"AccessDenied"}' }
      : forward(),
  );

  await expect(workOff(overWire, pile, running, nobody)).rejects.toThrow();
  const left = await countIn(queue.deadLetterUrl);
  await workOff(sqs(), pile, running, nobody);

  expect(left).toBe(1);
  expect(await countIn(queue.queueUrl)).toBe(2);
  expect(await countIn(queue.deadLetterUrl)).toBe(0);
  await wire.stop();
});

test('a letter that was not sent is not deleted', async () => {
  await die(1);
  const pile = await pileOf(sqs(), queue);
  const missing = { ...pile, queueUrl: `${queue.queueUrl}-none` };

  await expect(workOff(sqs(), missing, running, nobody)).rejects.toThrow();

  expect(await countIn(queue.deadLetterUrl)).toBe(1);
});

test('failed runs, which have no queue, are removed', async () => {
  await die(2);
  const pile = await pileOf(sqs(), { ...queue, queueUrl: undefined });

  expect(await workOff(sqs(), pile, running, nobody)).toBe(2);
  expect(await countIn(queue.deadLetterUrl)).toBe(0);
});

test('gives up a letter that somebody else holds', async () => {
  await die(1);
  const [letter] = await receiveDeadLetters(sqs(), queue.deadLetterUrl);
  if (!letter) throw new Error('no letter');

  expect(await workOff(sqs(), { ...queue, letters: [letter] }, running, nobody)).toBe(0);
});
