import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { staleBeforeMs } from '../../core/freshness.ts';
import { CLAIM_MS, type Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { type ServePorts, serveCurrentPhoto } from '../../core/serve-photo.ts';
import { SIZES } from '../../core/sizes.ts';
import { serveMemory } from '../../lambdas/serve-memory.ts';
import { awsClients } from '../../local/aws.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { startWire, type Wire, without } from '../wire.ts';
import {
  NOW,
  type Stores,
  startWorld,
  storesOf,
  type TestClock,
  testClock,
  type World,
} from '../world.ts';

const LONG_AGO = NOW - 2 * REFRESH_AGE_MS;
const NOBODY = 'a'.repeat(26);

let world: World;
let stores: Stores;
let wires: Record<'dynamodb' | 's3' | 'sqs', Wire>;
let clock: TestClock;
let reported: unknown[];
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  const { dynamodbUrl, s3Url, sqsUrl } = world.endpoints;
  wires = {
    dynamodb: await startWire(dynamodbUrl),
    s3: await startWire(s3Url),
    sqs: await startWire(sqsUrl),
  };
  const clients = awsClients({
    ...world.endpoints,
    dynamodbUrl: wires.dynamodb.url,
    s3Url: wires.s3.url,
    sqsUrl: wires.sqs.url,
  });
  stores = storesOf(clients, world.resources);
  return async () => {
    for (const wire of Object.values(wires)) await wire.stop();
    await world.stop();
  };
});
beforeEach(async () => {
  userId += 1;
  clock = testClock();
  reported = [];
  for (const wire of Object.values(wires)) wire.untouched();
  await world.takeJobs();
  await world.takeJobs('warm');
});

const report = (error: unknown) => {
  reported.push(error);
};

/** The ports of an instance that remembers nothing yet. */
function instance(): ServePorts {
  return { ...stores, memory: serveMemory(), clock, refreshAgeMs: REFRESH_AGE_MS, report };
}

function serve({ avatarId }: Pick<Partner, 'avatarId'>, request = {}, ports = instance()) {
  const usual = { avatarId, size: 150, ifNoneMatch: [], waitMs: 0 } as const;
  return serveCurrentPhoto(ports, { ...usual, ...request });
}

const bytesOf = (photoId: string, size: number) => Buffer.from(`${photoId} at ${size}`);

/** Stores a photo, or that there is none, as a worker does who asked Telegram at that moment. */
async function store({ avatarId }: Partner, photoId: string | undefined, checkedAtMs: number) {
  const lease = await world.table.acquireLease(avatarId, {
    owner: 'worker',
    nowMs: NOW,
    untilMs: NOW + 1,
    checkedBeforeMs: NOW + 1,
  });
  if (photoId) {
    for (const size of SIZES) {
      await world.bucket.put({ avatarId, photoId, size }, bytesOf(photoId, size));
    }
  }
  await world.table.commit(
    lease as Lease,
    photoId ? { photoId, lqip: 'l' } : undefined,
    checkedAtMs,
    checkedAtMs,
  );
}

async function stored(checkedAtMs = NOW): Promise<Partner> {
  const partner = await world.join(userId);
  await store(partner, 'AQADa', checkedAtMs);
  return partner;
}

const operations = (wire: keyof typeof wires) => wires[wire].seen.map(({ operation }) => operation);

describe('a photo that is stored', () => {
  test('is served in the size that is asked for', async () => {
    const partner = await stored();

    const served = await serve(partner, { size: 300 });

    expect(served).toEqual({
      kind: 'photo',
      webp: new Uint8Array(bytesOf('AQADa', 300)),
      etag: '"AQADa-300"',
      tier: 's3',
    });
    expect([operations('dynamodb'), operations('sqs')]).toEqual([['GetItem'], []]);
  });

  test('is served again out of memory, and nothing else is asked', async () => {
    const partner = await stored();
    const ports = instance();
    await serve(partner, {}, ports);
    for (const wire of Object.values(wires)) wire.untouched();

    const again = await serve(partner, {}, ports);

    expect(again).toMatchObject({ kind: 'photo', tier: 'memory' });
    expect(Object.values(wires).flatMap(({ seen }) => seen)).toEqual([]);
  });

  test.each(['"AQADa-150"', '*'])('is not read for a viewer who has it (%s)', async (tag) => {
    const partner = await stored();

    const served = await serve(partner, { ifNoneMatch: ['"other"', tag] });

    expect(served).toEqual({ kind: 'not-modified', etag: '"AQADa-150"' });
    expect(operations('s3')).toEqual([]);
  });

  test('is read for a viewer who has another size or photo', async () => {
    const partner = await stored();

    const served = await serve(partner, { ifNoneMatch: ['"AQADa-300"', '"AQADb-150"'] });

    expect(served.kind).toBe('photo');
  });

  test('and old is served, and asked for once, behind those who see no photo', async () => {
    const partner = await stored(LONG_AGO);

    const kinds = [await serve(partner), await serve(partner), await serve(partner)];

    expect(kinds.map(({ kind }) => kind)).toEqual(['photo', 'photo', 'photo']);
    const checkedBeforeMs = staleBeforeMs(partner.avatarId, NOW, REFRESH_AGE_MS);
    expect(await world.takeJobs('warm')).toEqual([{ avatarId: partner.avatarId, checkedBeforeMs }]);
    expect(await world.takeJobs()).toEqual([]);
  });

  test('and old is asked for when a viewer has it already, too', async () => {
    const partner = await stored(LONG_AGO);

    await serve(partner, { ifNoneMatch: ['"AQADa-150"'] });

    expect(await world.takeJobs('warm')).toHaveLength(1);
  });

  test('and replaced a moment ago is served as the new one, whatever is remembered', async () => {
    const partner = await stored();
    const ports = instance();
    await serve(partner, { size: 64 }, ports);
    await store(partner, 'AQADb', NOW);
    await world.bucket.remove(partner.avatarId, 'AQADa');

    const served = await serve(partner, { size: 300 }, ports);

    expect(served).toMatchObject({ kind: 'photo', etag: '"AQADb-300"' });
  });

  test('but gone from the bucket is asked for again, as lost, once', async () => {
    const partner = await stored(NOW - 11 * 60_000);
    await world.bucket.remove(partner.avatarId, 'AQADa');

    const first = await serve(partner);
    const second = await serve(partner);

    expect([first, second]).toMatchObject([
      { kind: 'miss', reason: 'pending', placeholder: { initials: 'A' } },
      { kind: 'miss', reason: 'pending' },
    ]);
    const jobs = await world.takeJobs();
    expect(jobs).toMatchObject([{ avatarId: partner.avatarId, lostPhotoId: 'AQADa' }]);
    expect(jobs[0]?.checkedBeforeMs).toBeGreaterThan(NOW - 11 * 60_000);
    expect(await world.takeJobs('warm')).toEqual([]);
  });

  test.each([
    ['right after a worker looked', NOW],
    ['for ten minutes after it', NOW - 10 * 60_000],
  ])('but gone from the bucket is not asked for %s', async (_, checkedAtMs) => {
    const partner = await stored(checkedAtMs);
    await world.bucket.remove(partner.avatarId, 'AQADa');

    expect(await serve(partner)).toMatchObject({ kind: 'miss', reason: 'limited' });

    expect(await world.takeJobs()).toEqual([]);
    expect(await world.takeJobs('warm')).toEqual([]);
  });
});

describe('a photo that was never asked for', () => {
  test('is pending, under the initials, and asked for', async () => {
    const partner = await world.join(userId, { firstName: 'Ada', lastName: 'Lovelace' });

    const served = await serve(partner);

    expect(served).toEqual({
      kind: 'miss',
      reason: 'pending',
      placeholder: { colour: userId % 7, initials: 'AL' },
    });
    const checkedBeforeMs = staleBeforeMs(partner.avatarId, NOW, REFRESH_AGE_MS);
    expect(await world.takeJobs()).toEqual([{ avatarId: partner.avatarId, checkedBeforeMs }]);
  });

  test('is asked for once by a hundred viewers at as many instances', async () => {
    const partner = await world.join(userId);

    const served = await Promise.all(Array.from({ length: 100 }, () => serve(partner)));

    expect(new Set(served.map(({ kind }) => kind))).toEqual(new Set(['miss']));
    expect(await world.takeJobs()).toHaveLength(1);
  });

  test('is not asked for while a claim is seen to be held, and again when that is over', async () => {
    const partner = await world.join(userId);
    await serve(partner);
    await world.takeJobs();
    wires.dynamodb.untouched();

    clock.advance(CLAIM_MS - 1);
    await serve(partner);
    const during = [operations('dynamodb'), await world.takeJobs()];
    clock.advance(1);
    await serve(partner);

    expect(during).toEqual([['GetItem'], []]);
    expect(await world.takeJobs()).toHaveLength(1);
  });

  test('is left to another viewer who takes the claim first', async () => {
    const partner = await world.join(userId);
    wires.dynamodb.intercept(async ({ operation, forward }) => {
      if (operation === 'UpdateItem')
        await world.table.claim(partner.avatarId, NOW, NOW + CLAIM_MS);
      return forward();
    });

    const served = await serve(partner);

    expect(served).toMatchObject({ reason: 'pending' });
    expect(operations('dynamodb')).toContain('UpdateItem');
    expect(await world.takeJobs()).toEqual([]);
  });
});

describe('no photo', () => {
  test('is said of a partner whom Telegram shows without one, and not asked about', async () => {
    const partner = await world.join(userId);
    await store(partner, undefined, NOW);

    expect(await serve(partner)).toMatchObject({ kind: 'miss', reason: 'none' });
    expect(await world.takeJobs()).toEqual([]);
    expect(await world.takeJobs('warm')).toEqual([]);
  });

  test('is asked about again when that is old', async () => {
    const partner = await world.join(userId);
    await store(partner, undefined, LONG_AGO);

    const served = [await serve(partner), await serve(partner)];

    expect(served).toMatchObject([{ reason: 'none' }, { reason: 'none' }]);
    expect(await world.takeJobs('warm')).toHaveLength(1);
    expect(await world.takeJobs()).toEqual([]);
  });

  test('is there of an unknown avatarId, which costs one read and no message', async () => {
    const served = await serve({ avatarId: NOBODY });

    expect(served).toMatchObject({
      kind: 'miss',
      reason: 'unknown',
      placeholder: { initials: '' },
    });
    expect([operations('dynamodb'), operations('sqs')]).toEqual([['GetItem'], []]);
  });
});

describe('a viewer who waits', () => {
  test.each([0, 100, 700, 1000, 1300, 1700, 2500, 4000])(
    'is shown a photo that is there after %i ms a tenth later at most',
    async (thereMs) => {
      const partner = await world.join(userId);
      let isThere = false;
      clock.onSleep = async () => {
        if (isThere || clock.nowMs() - NOW < thereMs) return;
        isThere = true;
        await store(partner, 'AQADa', NOW);
      };

      const served = await serve(partner, { waitMs: 5000 });

      expect(served).toMatchObject({ kind: 'photo' });
      expect(clock.nowMs() - NOW).toBeLessThanOrEqual(thereMs * 1.1 + 50);
      expect(await world.takeJobs()).toHaveLength(1);
    },
  );

  test.each([1000, 5000])('is told after %i ms that there is none yet', async (waitMs) => {
    const partner = await world.join(userId);

    const served = await serve(partner, { waitMs });

    expect(served).toMatchObject({ kind: 'miss', reason: 'pending' });
    expect(clock.nowMs()).toBe(NOW + waitMs);
    expect(operations('dynamodb').length).toBeLessThan(60);
  });

  test('waits neither for nobody nor for no photo nor for one that is there', async () => {
    const without = await world.join(userId);
    await store(without, undefined, NOW);
    userId += 1;
    const withPhoto = await stored();

    const wait = { waitMs: 5000 };
    await serve({ avatarId: NOBODY }, wait);
    await serve(without, wait);
    await serve(withPhoto, wait);

    expect(clock.nowMs()).toBe(NOW);
  });

  test('who does not wait is answered at once', async () => {
    await serve(await world.join(userId));

    expect(clock.nowMs()).toBe(NOW);
  });
});

describe('an outage', () => {
  test('of the table is told as such, and reported', async () => {
    const partner = await stored();
    wires.dynamodb.intercept(without('GetItem'));

    const served = await serve(partner);

    expect(served).toMatchObject({ kind: 'unavailable', placeholder: { initials: '' } });
    expect(reported).toHaveLength(1);
  });

  test('of the table is not noticed by an instance that remembers', async () => {
    const partner = await stored();
    const ports = instance();
    await serve(partner, {}, ports);
    wires.dynamodb.intercept(without('GetItem', 'UpdateItem'));

    const served = await serve(partner, { size: 64 }, ports);

    expect(served).toMatchObject({ kind: 'photo', etag: '"AQADa-64"' });
    expect(reported).toEqual([]);
  });

  test('of the bucket is told as such, and reported', async () => {
    const partner = await stored();
    wires.s3.intercept(async () => 'cut');

    expect(await serve(partner)).toMatchObject({ kind: 'unavailable' });
    expect(reported).toHaveLength(1);
    expect(await world.takeJobs()).toEqual([]);
  });

  test('of the queue is a limited miss, and the next viewer asks again', async () => {
    const partner = await world.join(userId);
    wires.sqs.intercept(without('SendMessage'));

    const served = await serve(partner);
    wires.sqs.untouched();
    await serve(partner);

    expect(served).toMatchObject({ kind: 'miss', reason: 'limited' });
    expect(reported).toHaveLength(1);
    expect(await world.takeJobs()).toHaveLength(1);
  });

  test('of the queue does not make a viewer wait', async () => {
    const partner = await world.join(userId);
    wires.sqs.intercept(without('SendMessage'));

    await serve(partner, { waitMs: 5000 });

    expect(clock.nowMs()).toBe(NOW);
  });

  test.each([
    ['queue', 'sqs', 'SendMessage'],
    ['claims', 'dynamodb', 'UpdateItem'],
  ] as const)('of the %s leaves an old photo served', async (_, wire, operation) => {
    const partner = await stored(LONG_AGO);
    wires[wire].intercept(without(operation));

    expect(await serve(partner)).toMatchObject({ kind: 'photo' });
    expect(reported).toHaveLength(1);
  });
});
