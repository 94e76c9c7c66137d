import { randomUUID } from 'node:crypto';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { type AttributeValue, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { edgeCache } from '../../adapters/edge-cache.ts';
import { parseEraseJob } from '../../adapters/erase-message.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { evictionPaths } from '../../core/avatar-url.ts';
import { beginErasure } from '../../core/begin-erasure.ts';
import type { ErasePartnerJob } from '../../core/erase-job.ts';
import {
  doEraseJob,
  type ErasePorts,
  eraseRetryAfterError,
  sweepAgainSeconds,
} from '../../core/erase-partner.ts';
import { SETTLE_MS } from '../../core/erasure.ts';
import { EdgeCacheBusy } from '../../core/errors.ts';
import type { Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import type { EdgeCache, EraseQueue, ErasureTable } from '../../core/ports.ts';
import { SIZES } from '../../core/sizes.ts';
import { queues } from '../../core/topology.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { startCloudFront } from '../../local/cloudfront.ts';
import { NOW, startWorld, type TestClock, testClock, type World } from '../world.ts';

const WEBP = Buffer.from('a picture');
const DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const SWEPT = { kind: 'swept', untilMs: NOW + SETTLE_MS };

let world: World;
let edge: EdgeCache;
/** The paths that the edge was told to forget, in order. */
const invalidated: string[] = [];
let clock: TestClock;
/** What was done to the stores and the edge, in order. */
let done: string[];
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  const distributionId = 'E2CAMEO';
  const invalidate = (paths: readonly string[]) => invalidated.push(...paths);
  const cloudFront = await startCloudFront({ distributionId, invalidate });
  const here = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  edge = edgeCache(new CloudFrontClient({ ...here, endpoint: cloudFront.url }), distributionId);
  return async () => {
    await cloudFront.stop();
    await world.stop();
  };
});
beforeEach(() => {
  userId += 1;
  clock = testClock();
  done = [];
  invalidated.length = 0;
});

/** The real ports, which say what is done to them, and die at that step: `before` it or right `after` it. */
function portsOf(dies: { step: number; when: 'before' | 'after' } = { step: 0, when: 'after' }) {
  const told = <Port extends object>(port: Port): Port => {
    const methods = Object.entries(port).map(([name, method]) => [
      name,
      async (...given: unknown[]) => {
        const isLast = done.length + 1 === dies.step;
        if (isLast && dies.when === 'before') throw new Error('dead');
        const result = await method(...given);
        done.push(name);
        if (isLast) throw new Error('dead');
        return result;
      },
    ]);
    return Object.fromEntries(methods);
  };
  const ports: ErasePorts = {
    erasures: told(world.erasures),
    bucket: told(world.bucket),
    edge: told(edge),
    clock,
  };
  return ports;
}

const work = (job: ErasePartnerJob, ports = portsOf()) => doEraseJob(ports, job, DAYS);

/** Delivers the message as often as it is sent again, when its delay is over. */
async function workUntilDone(job: ErasePartnerJob, ports = portsOf()) {
  for (;;) {
    const outcome = await work(job, ports);
    if (outcome.kind !== 'swept') return outcome;
    clock.advance(outcome.untilMs - clock.nowMs());
  }
}

async function store({ avatarId }: Partner, photoId: string): Promise<void> {
  await Promise.all(SIZES.map((size) => world.bucket.put({ avatarId, photoId, size }, WEBP)));
}

async function storedSizes({ avatarId }: Partner, photoId: string): Promise<number> {
  const found = await Promise.all(
    SIZES.map((size) => world.bucket.get({ avatarId, photoId, size })),
  );
  return found.filter(Boolean).length;
}

/** A partner with a photo, and the message of an erasure that was asked for but has not begun. */
async function asked(): Promise<{ partner: Partner; job: ErasePartnerJob }> {
  const partner = await world.join(userId, { lastName: 'Lovelace', username: 'ada' });
  await store(partner, 'first');
  return { partner, job: await askedAgain(partner) };
}

async function askedAgain({
  avatarId,
  joinedAtMs,
}: Pick<Partner, 'avatarId' | 'joinedAtMs'>): Promise<ErasePartnerJob> {
  const erasureId = randomUUID();
  const requestedAtMs = clock.nowMs();
  await world.erasures.begin({ erasureId, requestedAtMs, expiresAtMs: NOW + DAYS * DAY_MS });
  return { kind: 'erase', avatarId, joinedAtMs, erasureId };
}

/** The same user once more, now. */
async function comeBack({ avatarId, userId }: Partner): Promise<void> {
  const times = { nowMs: clock.nowMs(), claimUntilMs: 0 };
  await world.table.register(avatarId, { userId }, times, { afterErasure: true });
}

async function row({ avatarId }: Partner): Promise<Record<string, AttributeValue> | undefined> {
  return (await world.items()).find((item) => item.avatarId?.S === avatarId);
}

const receipt = ({ erasureId }: ErasePartnerJob) => world.erasures.find(erasureId);

describe('an erasure', () => {
  test('puts a tombstone up, deletes every picture, makes the edge forget, and will look again', async () => {
    const { partner, job } = await asked();
    await store(partner, 'second');

    const outcome = await work(job);

    expect(outcome).toEqual(SWEPT);
    expect(await row(partner)).toEqual({
      avatarId: { S: partner.avatarId },
      erasureId: { S: job.erasureId },
      erasedAtMs: { N: String(NOW) },
      changedOf: { S: 'photo' },
      changedAtMs: { N: String(NOW) },
      expiresAtSeconds: { N: String((NOW + DAYS * DAY_MS) / 1000) },
    });
    expect(await storedSizes(partner, 'first')).toBe(0);
    expect(await storedSizes(partner, 'second')).toBe(0);
    expect(invalidated).toEqual(evictionPaths(partner.avatarId));
    expect(await receipt(job)).toMatchObject({ objects: 2 * SIZES.length });
    expect(await receipt(job)).not.toHaveProperty('completedAtMs');
  });

  test('takes the objects away before the edge is told, or the edge would fetch them again', async () => {
    const { job } = await asked();

    await work(job);

    expect(done).toEqual(['find', 'entomb', 'removeAll', 'countObjects', 'evict']);
  });

  test('sweeps what a fetch in flight has stored meanwhile, and what the edge has got, and is done', async () => {
    const { partner, job } = await asked();
    await work(job);
    await store(partner, 'in-flight');
    clock.advance(SETTLE_MS);

    const outcome = await work(job);

    expect(outcome).toEqual({ kind: 'erased' });
    expect(await storedSizes(partner, 'in-flight')).toBe(0);
    expect(invalidated).toEqual([1, 2].flatMap(() => evictionPaths(partner.avatarId)));
    expect(await receipt(job)).toEqual({
      erasureId: job.erasureId,
      requestedAtMs: NOW,
      completedAtMs: NOW + SETTLE_MS,
      objects: 2 * SIZES.length,
    });
    expect(await row(partner)).not.toHaveProperty('erasureId');
  });

  test('is not done a millisecond before nothing can come back', async () => {
    const { job } = await asked();
    await work(job);
    clock.advance(SETTLE_MS - 1);

    expect(await work(job)).toEqual(SWEPT);
    expect(await receipt(job)).not.toHaveProperty('completedAtMs');
  });

  test('is not done by a sweep that began too early, however long it took', async () => {
    const { job } = await asked();
    await work(job);
    clock.advance(SETTLE_MS - 1);
    const ports = portsOf();
    const slowly = async (avatarId: string) => {
      clock.advance(60_000);
      return world.bucket.removeAll(avatarId);
    };

    expect(await work(job, { ...ports, bucket: { removeAll: slowly } })).toEqual(SWEPT);
  });

  test('lets no fetch in flight commit, whatever it has stored', async () => {
    const { partner, job } = await asked();
    const request = { nowMs: NOW, untilMs: NOW + 25_000, checkedBeforeMs: NOW };
    const lease = await world.table.acquireLease(partner.avatarId, { owner: 'a', ...request });

    await workUntilDone(job);

    const photo = { photoId: 'first', lqip: 'data:,' };
    expect(await world.table.commit(lease as Lease, photo, NOW, NOW)).toBe(false);
    expect(await world.table.get(partner.avatarId)).toBeUndefined();
  });

  test('of a partner without pictures counts none', async () => {
    const job = await askedAgain(await world.join(userId));

    await workUntilDone(job);

    expect(await receipt(job)).toMatchObject({ objects: 0, completedAtMs: NOW + SETTLE_MS });
  });

  test('of nobody is over at once, and says so', async () => {
    const job = await askedAgain({ avatarId: avatarIdOf('nobody', '1'), joinedAtMs: NOW });

    expect(await work(job)).toEqual({ kind: 'over' });
    expect(await receipt(job)).toMatchObject({ completedAtMs: NOW });
    expect(invalidated).toEqual([]);
  });

  test('counts the pictures that are gone even where the edge was too busy then', async () => {
    const { job } = await asked();
    const ports = portsOf();
    const evict = () => Promise.reject(new EdgeCacheBusy());

    await expect(work(job, { ...ports, edge: { evict } })).rejects.toThrow(EdgeCacheBusy);
    await workUntilDone(job);

    expect(await receipt(job)).toMatchObject({ objects: SIZES.length });
    expect(invalidated.length).toBeGreaterThan(0);
  });

  test.each(['before', 'after'] as const)(
    'that dies %s any one step is brought to its end by the message that comes again',
    async (when) => {
      let step = 0;
      let died = true;
      while (died) {
        userId += 1;
        step += 1;
        clock = testClock();
        done = [];
        const { partner, job } = await asked();
        const dying = workUntilDone(job, portsOf({ step, when }));
        died = await dying.then(
          () => false,
          () => true,
        );

        if (died) await workUntilDone(job);

        expect(await row(partner)).toEqual({
          avatarId: { S: partner.avatarId },
          erasedAtMs: { N: String(NOW) },
          changedOf: { S: 'photo' },
          changedAtMs: { N: String(NOW) },
          expiresAtSeconds: expect.anything(),
        });
        expect(await receipt(job)).toHaveProperty('completedAtMs');
        expect(await storedSizes(partner, 'first')).toBe(0);
        expect(done.lastIndexOf('evict')).toBeGreaterThan(done.lastIndexOf('removeAll'));
      }
      // Both passes: find, entomb, removeAll, evict; the first one also counts, the second completes.
      expect(step).toBe(11);
    },
  );
});

describe('a message that comes again', () => {
  test('after the erasure does nothing', async () => {
    const { partner, job } = await asked();
    await workUntilDone(job);
    const before = [await row(partner), await receipt(job)];
    invalidated.length = 0;
    done = [];
    clock.advance(DAY_MS);

    expect(await work(job)).toEqual({ kind: 'over' });
    expect([await row(partner), await receipt(job)]).toEqual(before);
    expect(invalidated).toEqual([]);
    expect(done).toEqual(['find', 'complete']);
  });

  test('touches nothing of a partner who has come back since', async () => {
    const { partner, job } = await asked();
    await workUntilDone(job);
    await world.join(userId);
    await store(partner, 'new');
    const before = await row(partner);
    invalidated.length = 0;

    expect(await work(job)).toEqual({ kind: 'over' });
    expect(await row(partner)).toEqual(before);
    expect(before).toHaveProperty('userId');
    expect(await storedSizes(partner, 'new')).toBe(SIZES.length);
    expect(invalidated).toEqual([]);
  });

  test('after its receipt was forgotten touches nobody either', async () => {
    const { partner, job } = await asked();
    await workUntilDone(job);
    await forgetReceipt(job);
    await world.join(userId);
    await store(partner, 'new');

    expect(await work(job)).toEqual({ kind: 'over' });
    expect(await world.table.get(partner.avatarId)).toBeDefined();
    expect(await storedSizes(partner, 'new')).toBe(SIZES.length);
    expect(await receipt(job)).toBeUndefined();
  });

  test('after its receipt was forgotten still ends what it had begun', async () => {
    const { partner, job } = await asked();
    await work(job);
    await forgetReceipt(job);
    await store(partner, 'in-flight');
    clock.advance(SETTLE_MS);

    expect(await work(job)).toEqual({ kind: 'erased' });
    expect(await storedSizes(partner, 'in-flight')).toBe(0);
    expect(await row(partner)).not.toHaveProperty('erasureId');
    expect(await receipt(job)).toBeUndefined();
  });

  test('at the same time does no harm', async () => {
    const { partner, job } = await asked();

    expect(await Promise.all([work(job), work(job)])).toEqual([SWEPT, SWEPT]);
    clock.advance(SETTLE_MS);
    const kinds = (await Promise.all([work(job), work(job)])).map(({ kind }) => kind);

    expect(kinds).toContain('erased');
    expect(await receipt(job)).toHaveProperty('completedAtMs');
    expect(await storedSizes(partner, 'first')).toBe(0);
  });

  async function forgetReceipt({ erasureId }: ErasePartnerJob): Promise<void> {
    const Key = { avatarId: { S: `erasure#${erasureId}` } };
    const TableName = world.resources.tableName;
    await world.clients.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
  }
});

describe('a partner who comes back while the erasure is under way', () => {
  const acquire = ({ avatarId }: Partner) =>
    world.table.acquireLease(avatarId, {
      owner: 'worker',
      nowMs: clock.nowMs(),
      untilMs: clock.nowMs() + 1,
      checkedBeforeMs: clock.nowMs(),
    });

  test('stays, without the old pictures, and gets new ones when it is over', async () => {
    const { partner, job } = await asked();
    await work(job);
    await world.join(userId, { firstName: 'Augusta' });
    await store(partner, 'in-flight');

    const early = await acquire(partner);
    clock.advance(SETTLE_MS);
    const outcome = await work(job);

    expect(early).toMatchObject({ kind: 'busy', untilMs: NOW + SETTLE_MS });
    expect(outcome).toEqual({ kind: 'erased' });
    expect(await storedSizes(partner, 'in-flight')).toBe(0);
    expect(await world.table.get(partner.avatarId)).toMatchObject({ firstName: 'Augusta' });
    expect(await acquire(partner)).toMatchObject({ kind: 'held' });
  });

  test('is not touched by another message that was sent before', async () => {
    const { partner, job } = await asked();
    const other = await askedAgain(partner);
    await work(job);
    await comeBack(partner);
    const before = await row(partner);
    invalidated.length = 0;

    expect(await work(other)).toEqual({ kind: 'over' });
    expect(await receipt(other)).toHaveProperty('completedAtMs');
    expect(await row(partner)).toEqual(before);
    expect(invalidated).toEqual([]);
  });
});

describe('whoever goes and comes back, and stays at last', () => {
  const go = ({ avatarId }: Partner) =>
    beginErasure(
      { erasures: world.erasures, queue: world.eraseQueue, clock },
      avatarId,
      randomUUID(),
      DAYS,
    );

  const jobs = async () =>
    (await world.takeMessages('erase'))
      .map(({ Body = '' }) => parseEraseJob(Body))
      .filter((job) => job.kind === 'erase');

  /** Neither caller goes on before both have seen the partner and sent their messages. */
  async function goTwiceAtOnce({ avatarId }: Partner): Promise<string[]> {
    const both = Promise.withResolvers<void>();
    let sent = 0;
    const queue: EraseQueue = {
      send: async (job) => {
        await world.eraseQueue.send(job);
        sent += 1;
        if (sent === 2) both.resolve();
        await both.promise;
      },
    };
    const ports = { erasures: world.erasures, queue, clock };
    return Promise.all([1, 2].map(() => beginErasure(ports, avatarId, randomUUID(), DAYS)));
  }

  /** Fetches a photo as a worker does; whether it was allowed to. */
  async function getsAPhoto({ avatarId }: Partner): Promise<boolean> {
    const nowMs = clock.nowMs();
    const request = { owner: 'worker', nowMs, untilMs: nowMs + 1, checkedBeforeMs: nowMs };
    const lease = await world.table.acquireLease(avatarId, request);
    if (lease.kind !== 'held') return false;
    return world.table.commit(lease, { photoId: 'new', lqip: 'data:,' }, nowMs, nowMs);
  }

  test('is welcome after two erasures within their thirty seconds', async () => {
    const partner = await world.join(userId);
    const messages: ErasePartnerJob[] = [];
    for (let round = 0; round < 2; round++) {
      await go(partner);
      for (const job of await jobs()) {
        await work(job);
        messages.push(job);
      }
      clock.advance(1_000);
      await comeBack(partner);
    }

    for (const job of messages) await workUntilDone(job);

    for (const job of messages) expect(await receipt(job)).toHaveProperty('completedAtMs');
    expect(await world.table.get(partner.avatarId)).toMatchObject({ joinedAtMs: NOW + 2_000 });
    expect(await getsAPhoto(partner)).toBe(true);
  });

  test('is welcome, however late the message of an erasure comes that another has overtaken', async () => {
    const partner = await world.join(userId);
    const [told, ...others] = await goTwiceAtOnce(partner);
    const messages = await jobs();
    const first = messages.find(({ erasureId }) => erasureId === told) as ErasePartnerJob;
    const late = messages.find(({ erasureId }) => erasureId !== told) as ErasePartnerJob;
    await workUntilDone(first);
    await comeBack(partner);
    await store(partner, 'new');
    clock.advance(3 * DAY_MS);

    const outcome = await work(late);

    expect(others).toEqual([told]);
    expect(outcome).toEqual({ kind: 'over' });
    expect(await receipt(late)).toHaveProperty('completedAtMs');
    expect(await world.table.get(partner.avatarId)).toBeDefined();
    expect(await storedSizes(partner, 'new')).toBe(SIZES.length);
    expect(await getsAPhoto(partner)).toBe(true);
  });

  test('costs one receipt, one message and no eviction more, however often that is', async () => {
    const partner = await world.join(userId);
    await store(partner, 'first');
    const ids = new Set([await go(partner)]);
    const messages = await jobs();
    const [job] = messages as [ErasePartnerJob];
    await work(job);
    await store(partner, 'in-flight');
    for (let round = 0; round < 20; round++) {
      clock.advance(1_000);
      await comeBack(partner);
      expect(await getsAPhoto(partner)).toBe(false);
      ids.add(await go(partner));
    }
    await comeBack(partner);

    clock.advance(SETTLE_MS - 20_000);

    const outcome = await work(job);

    expect(outcome).toEqual({ kind: 'erased' });
    expect([...ids]).toEqual([job.erasureId]);
    expect([...messages, ...(await jobs())]).toEqual([job]);
    expect(invalidated).toEqual([1, 2].flatMap(() => evictionPaths(partner.avatarId)));
    expect(await receipt(job)).toEqual({
      erasureId: job.erasureId,
      requestedAtMs: NOW,
      completedAtMs: NOW + SETTLE_MS,
      objects: 2 * SIZES.length,
    });
    expect(await world.table.get(partner.avatarId)).toMatchObject({ joinedAtMs: NOW + 20_000 });
    expect(await getsAPhoto(partner)).toBe(true);
  });

  test('is let go of, and so is its tombstone, when it goes again in the moment of the end', async () => {
    const partner = await world.join(userId);
    await go(partner);
    const [job] = (await jobs()) as [ErasePartnerJob];
    await work(job);
    await comeBack(partner);
    clock.advance(SETTLE_MS);
    const ports = portsOf();
    const complete: ErasureTable['complete'] = async (...args) => {
      await go(partner);
      await world.erasures.complete(...args);
    };

    expect(await work(job, { ...ports, erasures: { ...ports.erasures, complete } })).toEqual({
      kind: 'erased',
    });

    expect(await row(partner)).not.toHaveProperty('userId');
    expect(await row(partner)).not.toHaveProperty('erasureId');
    await comeBack(partner);
    expect(await getsAPhoto(partner)).toBe(true);
  });
});

test('an eviction makes the edge forget, and touches nothing else', async () => {
  const { partner } = await asked();
  const { avatarId } = partner;

  expect(await doEraseJob(portsOf(), { kind: 'evict', avatarId }, DAYS)).toEqual({
    kind: 'evicted',
  });
  expect(done).toEqual(['evict']);
  expect(invalidated).toEqual(evictionPaths(avatarId));
  expect(await storedSizes(partner, 'first')).toBe(SIZES.length);
});

describe('the same job once more', () => {
  test('is due when nothing can come back any more, and not before', () => {
    expect(sweepAgainSeconds({ kind: 'swept', untilMs: NOW + 29_001 }, NOW)).toBe(30);
    expect(sweepAgainSeconds({ kind: 'swept', untilMs: NOW }, NOW + 5)).toBe(1);
  });

  test.each(['erased', 'over', 'evicted'] as const)('is not due after %s', (kind) => {
    expect(sweepAgainSeconds({ kind }, NOW)).toBeUndefined();
  });

  test('is sent as a new message while the edge is busy, however often', () => {
    expect(eraseRetryAfterError(new EdgeCacheBusy(), 7)).toEqual({
      kind: 'postpone',
      delaySeconds: 30,
    });
  });

  test('is the same message after a failure, ever later', () => {
    const receives = Array.from({ length: queues.erase.maxReceiveCount }, (_, index) => index + 1);
    const retries = receives.map((n) => eraseRetryAfterError(new Error('no'), n));
    expect(retries.every(({ kind }) => kind === 'retry')).toBe(true);
    expect(retries.map(({ delaySeconds }) => delaySeconds)).toEqual([
      2, 4, 8, 16, 32, 64, 120, 120,
    ]);
  });
});
