// What the deployed handlers count, each metric with every value of its dimensions: the declaration and what is
// emitted are held against each other in both directions.

import { randomUUID } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SETTLE_MS } from '../../core/erasure.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import type { Lease } from '../../core/lease.ts';
import { metrics } from '../../core/metrics.ts';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { countedBudget, countedPut, countedTable } from '../../lambdas/counted-ports.ts';
import {
  addFault,
  changePhoto,
  hidePhotos,
  resetBotApi,
  setPhoto,
} from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import type { MetricValues } from '../../local/cloudwatch/emf.ts';
import { without } from '../wire.ts';
import { type Deployed, deploy } from './deployed.ts';
import { endPause } from './end-pause.ts';

const NOBODY = 'a'.repeat(26);
const DAY_MS = 24 * 60 * 60 * 1000;

let deployed: Deployed;
let userId = 1;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(async () => {
  await deployed.tidy();
  await endPause(deployed);
  await resetBotApi(deployed.botApi.apiRoot);
});

/** A metric with the values of its dimensions, as in `TelegramCalls getFile ok`: the sum, or how often it was measured. */
type Counted = Readonly<Record<string, number>>;

function counted(values: readonly MetricValues[]): Counted {
  const totals: Record<string, number> = {};
  for (const { name, dimensions, values: all } of values) {
    const key = [name, ...Object.values(dimensions)].join(' ');
    const { unit } = metrics[name as keyof typeof metrics];
    const isSum = unit === 'Count' || unit === 'Seconds';
    totals[key] =
      (totals[key] ?? 0) + (isSum ? all.reduce((sum, one) => sum + one, 0) : all.length);
  }
  return totals;
}

const get = (path: string, headers = {}) => deployed.request('GET', path, { headers });
const fault = (injected: Fault) => addFault(deployed.botApi.apiRoot, injected);

function joined(): Promise<Partner> {
  userId += 10;
  return deployed.world.join(userId);
}

/** A partner whose photo, or whose lack of one, was looked for `agoMs` ago. */
async function checked(photoId?: string, agoMs = 0): Promise<Partner> {
  const partner = await joined();
  const { avatarId } = partner;
  const { table, bucket } = deployed.world;
  const nowMs = Date.now() - agoMs;
  const request = { owner: 'worker', nowMs, untilMs: nowMs + 1, checkedBeforeMs: nowMs };
  const lease = (await table.acquireLease(avatarId, request)) as Lease;
  if (photoId) {
    const webp = Buffer.from('a picture');
    await Promise.all(SIZES.map((size) => bucket.put({ avatarId, photoId, size }, webp)));
  }
  await table.commit(lease, photoId ? { photoId, lqip: 'l' } : undefined, nowMs, nowMs);
  return partner;
}

/** Gives fetch-photo a message; what was counted before is forgotten. */
async function fetched(
  { avatarId }: Pick<Partner, 'avatarId'>,
  job: Partial<FetchJob> = {},
): Promise<void> {
  deployed.takeMetrics();
  await deployed.world.queues.fetch.send({ avatarId, checkedBeforeMs: Date.now(), ...job });
  await deployed.fetchBatch();
}

/** A partner whose photo the function itself has stored. */
async function stored(): Promise<Partner> {
  const { avatarId } = await joined();
  await fetched({ avatarId });
  return (await deployed.world.table.get(avatarId)) as Partner;
}

/** Somebody else takes the lease, and holds it until then. */
async function leasedUntil(untilMs: number): Promise<Partner> {
  const partner = await joined();
  const nowMs = untilMs - 60_000;
  const request = { owner: 'another', nowMs, untilMs, checkedBeforeMs: nowMs };
  await deployed.world.table.acquireLease(partner.avatarId, request);
  return partner;
}

async function erased(): Promise<void> {
  const { avatarId, joinedAtMs } = await joined();
  const { erasures, eraseQueue, clients, resources } = deployed.world;
  const job = { kind: 'erase', avatarId, joinedAtMs, erasureId: randomUUID() } as const;
  const requestedAtMs = Date.now();
  const expiresAtMs = requestedAtMs + DAY_MS;
  await erasures.begin({ erasureId: job.erasureId, requestedAtMs, expiresAtMs });
  await eraseQueue.send(job);
  await deployed.batchOf('erase');
  // As if the tombstone stood for as long as an erasure takes.
  await clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: resources.tableName,
      Key: { avatarId: { S: avatarId } },
      UpdateExpression: 'SET erasedAtMs = :erasedAt',
      ExpressionAttributeValues: { ':erasedAt': { N: String(requestedAtMs - SETTLE_MS) } },
    }),
  );
  for (const again of ['the second sweep', 'a message too many']) {
    await eraseQueue.send(job);
    const { response } = await deployed.batchOf('erase');
    expect(response, again).toEqual({ batchItemFailures: [] });
  }
}

const OK_CALLS = {
  'TelegramCalls getUserProfilePhotos ok': 1,
  'TelegramCalls getFile ok': 1,
  'TelegramCalls download ok': 1,
};
const PICTURES = {
  RenderTime: 1,
  ...Object.fromEntries(SIZES.map((size) => [`PictureBytes ${size}`, 1])),
};
const LISTED = { 'TelegramCalls getUserProfilePhotos ok': 1 };
const answered = (answer: string, kind: string) => ({
  [`Answers ${answer}`]: 1,
  [`AnswerTime ${kind}`]: 1,
});

interface Case {
  readonly what: string;
  readonly act: () => Promise<unknown>;
  readonly counts: Counted;
}

const answers: readonly Case[] = [
  {
    what: 'a photo out of the bucket',
    act: async () => get(`/avatars/${(await checked('AQADa')).avatarId}`),
    counts: answered('hit-s3', 'hit'),
  },
  {
    what: 'a photo out of memory',
    act: async () => {
      const path = `/avatars/${(await checked('AQADa')).avatarId}`;
      await get(path);
      deployed.takeMetrics();
      await get(path);
    },
    counts: answered('hit-memory', 'hit'),
  },
  {
    what: 'a photo that the viewer has',
    act: async () => {
      const { avatarId } = await checked('AQADa');
      await get(`/avatars/${avatarId}`, { 'if-none-match': '"AQADa-150"' });
    },
    counts: answered('not-modified', 'hit'),
  },
  {
    what: 'the headers of a photo under the older path',
    act: async () =>
      deployed.request('HEAD', `/api/partner/photo/${(await checked('AQADa')).avatarId}`),
    counts: answered('hit-s3', 'hit'),
  },
  {
    what: 'a photo that is on its way',
    act: async () => get(`/avatars/${(await joined()).avatarId}`),
    counts: answered('pending', 'miss'),
  },
  {
    what: 'a photo that there is not',
    act: async () => get(`/avatars/${(await checked()).avatarId}?d=404`),
    counts: answered('none', 'miss'),
  },
  {
    what: 'nobody',
    act: () => get(`/avatars/${NOBODY}`),
    counts: answered('unknown', 'miss'),
  },
  {
    what: 'a photo that cannot be asked for',
    act: async () => {
      const { avatarId } = await joined();
      deployed.wires.sqs.intercept(without('SendMessage'));
      await get(`/avatars/${avatarId}`);
    },
    counts: answered('limited', 'miss'),
  },
  {
    what: 'an outage of the table',
    act: () => {
      deployed.wires.dynamodb.intercept(without('GetItem'));
      return get(`/avatars/${NOBODY}`);
    },
    counts: answered('unavailable', 'miss'),
  },
  {
    what: 'an outage of the bucket, for a version',
    act: () => {
      deployed.wires.s3.intercept(async () => 'cut');
      return get(`/avatars/${NOBODY}/AQADa/64.webp`);
    },
    counts: answered('unavailable', 'miss'),
  },
  {
    what: 'a version that the edge did not find',
    act: async () => get(`/avatars/${(await checked('AQADa')).avatarId}/AQADa/64.webp`),
    counts: answered('hit-s3', 'hit'),
  },
  {
    what: 'a version that is not stored',
    act: async () => get(`/avatars/${NOBODY}/AQADa/64.webp`),
    counts: answered('moved', 'miss'),
  },
  {
    what: 'a placeholder, and what is malformed or nowhere',
    act: async () => {
      await get('/placeholders/1/A.svg');
      await get(`/avatars/${NOBODY}?size=1`);
      await get('/nowhere');
    },
    counts: {},
  },
];

const photos: readonly Case[] = [
  {
    what: 'the first photo',
    act: async () => fetched(await joined()),
    counts: { ...OK_CALLS, ...PICTURES, 'Photos stored': 1, TimeToPhoto: 1 },
  },
  {
    what: 'a photo that changed',
    act: async () => {
      const partner = await stored();
      await changePhoto(deployed.botApi.apiRoot, userId);
      await fetched(partner);
    },
    counts: { ...OK_CALLS, ...PICTURES, 'Photos refreshed': 1 },
  },
  {
    what: 'the same photo',
    act: async () => fetched(await stored()),
    counts: { ...LISTED, 'Photos unchanged': 1 },
  },
  {
    what: 'a photo that Telegram did not show once',
    act: async () => {
      const partner = await stored();
      await hidePhotos(deployed.botApi.apiRoot, userId);
      await fetched(partner);
    },
    counts: LISTED,
  },
  {
    what: 'a photo that was hidden',
    act: async () => {
      const partner = await stored();
      await hidePhotos(deployed.botApi.apiRoot, userId);
      await fetched(partner, { missingPhotoId: partner.photo?.photoId ?? '' });
    },
    counts: { ...LISTED, 'Photos gone': 1 },
  },
  {
    what: 'no photo',
    act: async () => {
      const partner = await joined();
      await hidePhotos(deployed.botApi.apiRoot, userId);
      await fetched(partner);
    },
    counts: { ...LISTED, 'Photos none': 1 },
  },
  {
    what: 'a photo that came long after the partner',
    act: async () => fetched(await checked(undefined, DAY_MS)),
    counts: { ...OK_CALLS, ...PICTURES, 'Photos stored': 1 },
  },
  {
    what: 'a photo that is none',
    act: async () => {
      const partner = await joined();
      await setPhoto(deployed.botApi.apiRoot, userId, Buffer.from('<svg/>'));
      await fetched(partner);
    },
    counts: { ...OK_CALLS, 'Photos rejected': 1 },
  },
  {
    what: 'an erasure, over two sweeps and a message too many',
    act: erased,
    counts: { 'Photos erased': 1 },
  },
  {
    what: 'a message that has nothing to do',
    act: async () => fetched(await stored(), { checkedBeforeMs: 1 }),
    counts: {},
  },
  {
    what: 'a lease that another worker holds',
    act: async () => fetched(await leasedUntil(Date.now() + 60_000)),
    counts: { LeaseContention: 1 },
  },
  {
    what: 'a lease whose holder died',
    act: async () => fetched(await leasedUntil(Date.now() - 1)),
    counts: { ...OK_CALLS, ...PICTURES, 'Photos stored': 1, TimeToPhoto: 1, LeaseTakeovers: 1 },
  },
];

const CALLS = ['getUserProfilePhotos', 'getFile', 'download'] as const;

const before: Readonly<Record<(typeof CALLS)[number], Counted>> = {
  getUserProfilePhotos: {},
  getFile: LISTED,
  download: { ...LISTED, 'TelegramCalls getFile ok': 1 },
};

function failing(call: (typeof CALLS)[number], injected: object, told: Counted): Case {
  return {
    what: `${call} that is answered by ${JSON.stringify(injected)}`,
    act: async () => {
      await fault({ call, ...injected } as Fault);
      await fetched(await joined());
    },
    counts: { ...before[call], ...told },
  };
}

const refusals: readonly Case[] = [
  ...CALLS.flatMap((call) => [
    failing(
      call,
      { effect: 'error', status: 429, retryAfter: 35 },
      { [`TelegramCalls ${call} throttled`]: 1, 'TelegramPause throttled': 35 },
    ),
    failing(
      call,
      { effect: 'error', status: 401 },
      { [`TelegramCalls ${call} unauthorized`]: 1, 'TelegramPause unauthorized': 60 },
    ),
    failing(call, { effect: 'html', status: 502 }, { [`TelegramCalls ${call} transient`]: 1 }),
  ]),
  ...(['getUserProfilePhotos', 'getFile'] as const).map((call) =>
    failing(
      call,
      { effect: 'error', status: 400, description: 'Bad Request: odd' },
      { [`TelegramCalls ${call} refused`]: 1 },
    ),
  ),
  failing(
    'getFile',
    { effect: 'error', status: 400, description: 'Bad Request: file is too big' },
    { 'TelegramCalls getFile refused': 1, 'Photos rejected': 1 },
  ),
  {
    what: 'a file_id that is not good any more',
    act: async () => {
      const description = 'Bad Request: invalid file_id';
      await fault({ call: 'getFile', effect: 'error', status: 400, description });
      await fetched(await joined());
    },
    counts: {
      ...OK_CALLS,
      ...PICTURES,
      'Photos stored': 1,
      TimeToPhoto: 1,
      'TelegramCalls getUserProfilePhotos ok': 2,
      'TelegramCalls getFile gone': 1,
    },
  },
  {
    what: 'a link that is over',
    act: async () => {
      await fault({ call: 'download', effect: 'error', status: 404 });
      await fetched(await joined());
    },
    counts: {
      ...OK_CALLS,
      ...PICTURES,
      'Photos stored': 1,
      TimeToPhoto: 1,
      'TelegramCalls getFile ok': 2,
      'TelegramCalls download gone': 1,
    },
  },
];

describe.each([
  ['an answer', answers],
  ['what became of a photo', photos],
  ['what Telegram says', refusals],
])('%s is counted once', (_, cases) => {
  test.each(cases)('$what', async ({ act, counts }) => {
    await act();

    expect(counted(deployed.takeMetrics())).toEqual(counts);
  });
});

describe('the declaration', () => {
  const told = new Set(
    [...answers, ...photos, ...refusals].flatMap(({ counts }) => Object.keys(counts)),
  );
  const names = new Set([...told].map((key) => key.split(' ')[0]));

  test('has no metric that is not counted above, and none is counted that it has not', () => {
    expect([...names].toSorted()).toEqual(Object.keys(metrics).toSorted());
  });

  const declared = Object.entries(metrics).flatMap(([name, { dimensions }]) =>
    Object.values<readonly string[]>(dimensions).flatMap((values, at) =>
      values.map((value) => ({ name, at, value })),
    ),
  );

  test.each(declared)(
    'has no value that is not counted above: $name $value',
    ({ name, at, value }) => {
      const values = [...told]
        .map((key) => key.split(' '))
        .filter(([known]) => known === name)
        .map(([, ...all]) => all[at]);

      expect(values).toContain(value);
    },
  );
});

describe('what is measured', () => {
  test('is the time of an answer without the time that its viewer wanted to wait', async () => {
    const { avatarId } = await joined();

    const { headers } = await get(`/avatars/${avatarId}?wait=1`);

    const wholeMs = Number.parseFloat(String(headers['x-response-time']));
    const { AnswerTime = [] } = valuesByName();
    expect(AnswerTime).toHaveLength(1);
    // The last look begins before the second is over where looking itself takes long.
    expect(wholeMs - (AnswerTime[0] ?? 0)).toBeGreaterThan(500);
  });

  test('is the time from the registration to the photo', async () => {
    const avatarId = 'b'.repeat(26);
    const beforeMs = Date.now() - 60_000;
    const times = { nowMs: beforeMs, claimUntilMs: 0 };
    await deployed.world.table.register(avatarId, { userId: '3' }, times, { afterErasure: true });

    await fetched({ avatarId });

    const { TimeToPhoto: [time = 0] = [] } = valuesByName();
    expect(time).toBeGreaterThanOrEqual(60_000);
    expect(time).toBeLessThanOrEqual(Date.now() - beforeMs);
  });

  test('is never less than nothing where the other function’s clock is ahead', async () => {
    // Partners of these tests join in the future.
    await fetched(await joined());

    expect(valuesByName().TimeToPhoto).toEqual([0]);
  });

  test('are the bytes that are stored, and a time to render them', async () => {
    const { avatarId, photo } = await stored();

    const taken = deployed.takeMetrics();
    const photoId = photo?.photoId ?? '';
    const bytes = taken.filter(({ name }) => name === 'PictureBytes');
    for (const size of SIZES) {
      const webp = await deployed.world.bucket.get({ avatarId, photoId, size });
      const { values } = bytes.find(({ dimensions }) => dimensions.Size === String(size)) ?? {};
      expect(values).toEqual([webp?.byteLength]);
    }
    expect(taken.find(({ name }) => name === 'RenderTime')?.values[0]).toBeGreaterThan(0);
  });

  test('is a pause once, though two workers are told of it', async () => {
    const told: unknown[] = [];
    const budget = countedBudget(deployed.world.budget, (...given) => told.push(given));
    const nowMs = Date.now();

    await Promise.all([
      budget.pause('throttled', nowMs + 35_000, nowMs),
      budget.pause('throttled', nowMs + 35_000, nowMs),
    ]);
    await budget.pause('unauthorized', nowMs + 60_000, nowMs);

    expect(told).toEqual([
      ['TelegramPause', 35, { Reason: 'throttled' }],
      ['TelegramPause', 25, { Reason: 'unauthorized' }],
    ]);
  });

  test('is no photo that another worker, or an outage, kept from being stored', async () => {
    const told: unknown[] = [];
    const count = (...given: unknown[]) => void told.push(given);
    const table = countedTable(deployed.world.table, count, { nowMs: Date.now });
    const { avatarId } = await leasedUntil(Date.now() - 1);
    const nowMs = Date.now();
    const request = { nowMs, untilMs: nowMs, checkedBeforeMs: nowMs };
    const late = (await deployed.world.table.acquireLease(avatarId, {
      ...request,
      owner: 'late',
    })) as Lease;
    await deployed.world.table.acquireLease(avatarId, {
      ...request,
      owner: 'next',
      nowMs: nowMs + 1,
    });
    const put = countedPut(() => Promise.reject(new Error('no bucket')), count);

    expect(await table.commit(late, { photoId: 'AQADa', lqip: 'l' }, nowMs, nowMs)).toBe(false);
    await expect(put({ avatarId, photoId: 'AQADa', size: 64 }, Buffer.from('a'))).rejects.toThrow();
    expect(told).toEqual([]);
  });

  function valuesByName(): Record<string, readonly number[]> {
    return Object.fromEntries(deployed.takeMetrics().map(({ name, values }) => [name, values]));
  }
});
