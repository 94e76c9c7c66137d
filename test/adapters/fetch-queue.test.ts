import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseFetchJob } from '../../adapters/fetch-message.ts';
import { fetchQueue } from '../../adapters/fetch-queue.ts';
import { bringBackAfter, sendDeadLetter } from '../../adapters/job-message.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import type { FetchQueue } from '../../core/ports.ts';
import { awsClients } from '../../local/aws.ts';
import { startWire, type Wire } from '../wire.ts';
import { NOW, startWorld, type World } from '../world.ts';

const FIELDS = ['avatarId', 'checkedBeforeMs', 'photoFileId', 'lostPhotoId', 'missingPhotoId'];
const JOB: FetchJob = { avatarId: avatarIdOf('k', '42'), checkedBeforeMs: NOW };

let world: World;
let wire: Wire;
let queueOverWire: FetchQueue;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.sqsUrl);
  const { sqs } = awsClients({ ...world.endpoints, sqsUrl: wire.url });
  queueOverWire = fetchQueue(sqs, world.resources.queues.fetch.url);
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(() => wire.untouched());

const numbered = (count: number): FetchJob[] =>
  Array.from({ length: count }, (_, n) => ({ ...JOB, avatarId: avatarIdOf('k', String(n)) }));

const textOf = (job: FetchJob) => JSON.stringify(job);

const jobs = fc.record(
  {
    avatarId: fc.nat().map((n) => avatarIdOf('k', String(n))),
    checkedBeforeMs: fc.maxSafeInteger(),
    photoFileId: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    lostPhotoId: fc.string(),
    missingPhotoId: fc.string(),
  },
  { requiredKeys: ['avatarId', 'checkedBeforeMs'] },
);

test('a received message is brought back after the seconds that are asked for', async () => {
  const QueueUrl = world.resources.queues.fetch.url;
  const receive = async (WaitTimeSeconds: number) => {
    const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds });
    return (await world.clients.sqs.send(command)).Messages?.[0];
  };
  await world.queues.fetch.send(JOB);
  const received = await receive(0);

  await bringBackAfter(world.clients.sqs, QueueUrl, received?.ReceiptHandle ?? '', 1);

  expect(received).toBeDefined();
  expect((await receive(10))?.MessageId).toBe(received?.MessageId);
});

describe('a job that is sent', () => {
  test('is received as it was', async () => {
    const job = { ...JOB, photoFileId: 'AgAC', lostPhotoId: 'AQAD', missingPhotoId: 'AQADm' };

    await world.queues.fetch.send(job);

    const [message, ...others] = await world.takeMessages();
    expect(others).toEqual([]);
    expect(parseFetchJob(message?.Body ?? '')).toEqual(job);
  });

  test('is not received before its delay is over', async () => {
    await world.queues.fetch.send(JOB, 600);

    expect(await world.takeMessages()).toEqual([]);
  });

  test.each([
    [undefined, 0],
    [0, 0],
    [-3, 0],
    [1.2, 2],
    [899.5, 900],
    [5000, 900],
  ])('with a delay of %s s waits for %i', async (asked, expected) => {
    await queueOverWire.send(JOB, asked);

    expect(JSON.parse(wire.seen[0]?.body ?? '')).toMatchObject({ DelaySeconds: expected });
  });

  test('fails when the queue does not take it', async () => {
    wire.intercept(async () => 'cut');

    await expect(queueOverWire.send(JOB)).rejects.toThrow();
  });
});

describe('in the name of a request', () => {
  const inNameOf = (id: string | undefined) =>
    fetchQueue(world.clients.sqs, world.resources.queues.fetch.url, () => id);

  /** The message attributes that were received, by name. */
  async function attributes(QueueUrl = world.resources.queues.fetch.url) {
    const command = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    const { Messages = [] } = await world.clients.sqs.send(new ReceiveMessageCommand(command));
    return Messages.map(({ MessageAttributes = {} }) =>
      Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
      ),
    );
  }

  beforeEach(() => world.takeMessages());

  test('a message bears its id', async () => {
    await inNameOf('a-request').send(JOB);

    expect(await attributes()).toEqual([{ requestId: 'a-request' }]);
  });

  test('every message of a batch does', async () => {
    await inNameOf('a-request').sendAll(numbered(10));

    expect(await attributes()).toEqual(Array(10).fill({ requestId: 'a-request' }));
  });

  test('that is none there is no id', async () => {
    await inNameOf(undefined).send(JOB);
    await inNameOf(undefined).sendAll([JOB]);

    expect(await attributes()).toEqual([{}, {}]);
  });

  test('a dead letter has id, reason, and the body as it was', async () => {
    const { deadLetterUrl } = world.resources.queues.fetch;
    const why = { reason: 'Error: no', requestId: () => 'a-request' };

    await sendDeadLetter(world.clients.sqs, deadLetterUrl, '{ "odd" ', why);

    const { Messages } = await world.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, VisibilityTimeout: 0 }),
    );
    expect(Messages).toMatchObject([{ Body: '{ "odd" ' }]);
    expect(await attributes(deadLetterUrl)).toEqual([
      { requestId: 'a-request', reason: 'Error: no' },
    ]);
  });
});

describe('many jobs', () => {
  beforeEach(() => world.takeMessages());

  test.each([
    [0, 0],
    [1, 1],
    [10, 1],
    [11, 2],
    [57, 6],
  ])('that are %i are all sent, in %i calls', async (count, calls) => {
    const sent = numbered(count);

    expect(await queueOverWire.sendAll(sent)).toEqual([]);

    expect(wire.seen.map(({ operation }) => operation)).toEqual(
      Array(calls).fill('SendMessageBatch'),
    );
    const received = await world.takeJobs();
    expect(received.map(textOf).sort()).toEqual(sent.map(textOf).sort());
  });

  test('come back where the queue refuses them inside its answer, and the others are sent', async () => {
    // U+FFFE is no character of XML, so SQS refuses the entry and takes the rest of the batch.
    const sent = numbered(57).map((job, n) =>
      [3, 10, 19, 56].includes(n) ? { ...job, photoFileId: '\ufffe' } : job,
    );

    const left = await queueOverWire.sendAll(sent);

    const refused = sent.filter(({ photoFileId }) => photoFileId);
    expect(left.map(textOf).sort()).toEqual(refused.map(textOf).sort());
    expect(await world.takeJobs()).toHaveLength(53);
  });

  test('fail where the queue is not there', async () => {
    wire.intercept(async () => 'cut');

    await expect(queueOverWire.sendAll(numbered(11))).rejects.toThrow();
  });
});

describe('a message', () => {
  test('is read as the job that was written', () => {
    fc.assert(
      fc.property(jobs, (job) => {
        expect(parseFetchJob(JSON.stringify(job))).toEqual(job);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['half a JSON', '{"avatarId":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no avatarId', JSON.stringify({ checkedBeforeMs: 1 })],
    ['a path for an avatarId', JSON.stringify({ ...JOB, avatarId: '../../etc/passwd' })],
    ['an avatarId too long', JSON.stringify({ ...JOB, avatarId: `${JOB.avatarId}a` })],
    ['a time in words', JSON.stringify({ ...JOB, checkedBeforeMs: '1' })],
    ['a time without an end', JSON.stringify(JOB).replace(String(NOW), '1e999')],
    ['a time between milliseconds', JSON.stringify({ ...JOB, checkedBeforeMs: 1.5 })],
    ['a file_id that is no text', JSON.stringify({ ...JOB, photoFileId: 7 })],
    ['a lost photo that is null', JSON.stringify({ ...JOB, lostPhotoId: null })],
    ['a missing photo that is null', JSON.stringify({ ...JOB, missingPhotoId: null })],
  ])('with %s is no job', (_, body) => {
    expect(() => parseFetchJob(body)).toThrow();
  });

  test('is a job or an error, and no job carries more than a job has', () => {
    const bodies = fc.oneof(
      fc.json(),
      fc.string(),
      jobs.map((job) => JSON.stringify({ ...job, extra: 1 })),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        let job: FetchJob | undefined;
        try {
          job = parseFetchJob(body);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        for (const name of Object.keys(job ?? {})) {
          expect(FIELDS).toContain(name);
        }
      }),
    );
  });
});
