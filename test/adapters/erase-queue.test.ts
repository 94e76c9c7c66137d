import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseEraseJob } from '../../adapters/erase-message.ts';
import { eraseQueue } from '../../adapters/erase-queue.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { EraseJob } from '../../core/erase-job.ts';
import type { EraseQueue } from '../../core/ports.ts';
import { awsClients } from '../../local/aws.ts';
import { startWire, type Wire } from '../wire.ts';
import { startWorld, type World } from '../world.ts';

const avatarId = avatarIdOf('k', '42');
const ERASE: EraseJob = {
  kind: 'erase',
  avatarId,
  joinedAtMs: 1_800_000_000_000,
  erasureId: '0b1f2e3d-4c5b-4a69-8877-665544332211',
};
const EVICT: EraseJob = { kind: 'evict', avatarId };

let world: World;
let wire: Wire;
let queueOverWire: EraseQueue;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.sqsUrl);
  const { sqs } = awsClients({ ...world.endpoints, sqsUrl: wire.url });
  queueOverWire = eraseQueue(sqs, world.resources.queues.erase.url);
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(() => wire.untouched());

const avatarIds = fc.nat().map((n) => avatarIdOf('k', String(n)));
const jobs: fc.Arbitrary<EraseJob> = fc.oneof(
  fc.record({
    kind: fc.constant('erase' as const),
    avatarId: avatarIds,
    joinedAtMs: fc.maxSafeNat(),
    erasureId: fc.uuid(),
  }),
  fc.record({ kind: fc.constant('evict' as const), avatarId: avatarIds }),
);

describe('a job that is sent', () => {
  test.each([ERASE, EVICT])('is received as it was: $kind', async (job) => {
    await world.eraseQueue.send(job);

    const [message, ...others] = await world.takeMessages('erase');
    expect(others).toEqual([]);
    expect(parseEraseJob(message?.Body ?? '')).toEqual(job);
  });

  test('is not received before its delay is over', async () => {
    await world.eraseQueue.send(ERASE, 600);

    expect(await world.takeMessages('erase')).toEqual([]);
  });

  test.each([
    [undefined, 0],
    [29.2, 30],
    [5000, 900],
  ])('with a delay of %s s waits for %i', async (asked, expected) => {
    await queueOverWire.send(EVICT, asked);

    expect(JSON.parse(wire.seen[0]?.body ?? '')).toMatchObject({ DelaySeconds: expected });
  });

  test('bears the id of the request in whose name it is sent', async () => {
    const { url } = world.resources.queues.erase;
    await world.takeMessages('erase');

    await eraseQueue(world.clients.sqs, url, () => 'a-request').send(EVICT);

    expect(await world.takeMessages('erase')).toMatchObject([
      { MessageAttributes: { requestId: { StringValue: 'a-request' } } },
    ]);
  });

  test('fails when the queue does not take it', async () => {
    wire.intercept(async () => 'cut');

    await expect(queueOverWire.send(ERASE)).rejects.toThrow();
  });
});

describe('a message', () => {
  test('is read as the job that was written, and carries no more than a job has', () => {
    fc.assert(
      fc.property(jobs, (job) => {
        expect(parseEraseJob(JSON.stringify({ ...job, extra: 1 }))).toEqual(job);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['half a JSON', '{"kind":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no kind', JSON.stringify({ avatarId })],
    ['another kind', JSON.stringify({ ...ERASE, kind: 'everything' })],
    ['a prefix for an avatarId', JSON.stringify({ ...ERASE, avatarId: '' })],
    ['a path for an avatarId', JSON.stringify({ ...EVICT, avatarId: '../../*' })],
    ['an erasure without a receipt', JSON.stringify({ ...ERASE, erasureId: undefined })],
    ['an erasure of nobody in particular', JSON.stringify({ ...ERASE, joinedAtMs: undefined })],
    ['half a millisecond', JSON.stringify({ ...ERASE, joinedAtMs: 0.5 })],
    ['a moment in words', JSON.stringify({ ...ERASE, joinedAtMs: 'yesterday' })],
    ['a receipt that can be none', JSON.stringify({ ...ERASE, erasureId: avatarId })],
    ['a receipt in capitals', JSON.stringify(ERASE).replace('0b1f2e3d', '0B1F2E3D')],
  ])('with %s is no job', (_, body) => {
    expect(() => parseEraseJob(body)).toThrow();
  });
});
