import { expect, test } from 'vitest';
import { assumptions } from '../../cost/assumptions.ts';
import { JOURNEYS, type Journey, type Measured } from '../../cost/measured.ts';
import {
  billedMs,
  invocation,
  monthOf,
  monthWithoutStore,
  NOTHING,
  sum,
} from '../../cost/usage.ts';

const nothing = { requests: {}, readUnits: 0, writeUnits: 0, processorMs: 0, logBytes: 0 };

/** Figures that are easy to reckon with; what is not given does nothing. */
function measured(journeys: Partial<Measured['journeys']>): Measured {
  const names = Object.keys(JOURNEYS) as Journey[];
  return {
    by: 'hand',
    journeys: {
      ...(Object.fromEntries(names.map((name) => [name, nothing])) as Measured['journeys']),
      ...journeys,
    },
    initMs: { servePhoto: 0, partners: 0, fetchPhoto: 0, warmRecent: 0, direct: 0 },
    pictureBytes: { 64: 1_000, 150: 4_000, 300: 12_000, 512: 24_000 },
    listBytes: 8_000,
  };
}

const { telegramCallMs, telegramDownloadMs, awsRequestMs, headerBytes } = assumptions;

test('work takes as much longer as the memory is short of a whole processor', () => {
  const hit = { ...nothing, processorMs: 10 };

  // serve-photo has 512 MB, fetch-photo 1,769.
  expect(billedMs(measured({ hit }), 'hit')).toBeCloseTo((10 * 1769) / 512);
  expect(billedMs(measured({ store: hit }), 'store')).toBeCloseTo(10);
});

test('what an invocation waits for is billed at any memory', () => {
  const requests = {
    'DynamoDB GetItem': 2,
    'S3 PutObject': 4,
    'Telegram getFile': 1,
    'Telegram download': 1,
  };
  const store = { ...nothing, requests };

  const waited = 6 * awsRequestMs + telegramCallMs + telegramDownloadMs;
  expect(billedMs(measured({ store }), 'store')).toBeCloseTo(waited);
});

test('a cold start is billed for its share of invocations', () => {
  const cold = { ...measured({}), initMs: { ...measured({}).initMs, servePhoto: 200 } };

  expect(billedMs(cold, 'hit')).toBeCloseTo(200 * assumptions.coldShare);
});

test('an invocation uses what was measured', () => {
  const requests = {
    'DynamoDB GetItem': 3,
    'S3 PutObject': 4,
    'S3 GetObject': 2,
    'S3 DeleteObjects': 1,
    'SQS SendMessage': 1,
  };
  const store = { ...nothing, requests, readUnits: 3.5, writeUnits: 2, logBytes: 400 };

  expect(invocation(measured({ store }), 'store')).toMatchObject({
    lambdaRequests: 1,
    lambdaGbSeconds: expect.closeTo(((1769 / 1024) * 11 * awsRequestMs) / 1000),
    dynamoDbReadUnits: 3.5,
    dynamoDbWriteUnits: 2,
    s3Puts: 5,
    s3Gets: 2,
    sqsRequests: 1,
    logsGb: (400 + assumptions.platformLogBytes) / 1e9,
  });
});

test('a month has every avatar at the edge, a tenth of them behind it, and a list for ten of them', () => {
  const month = monthOf(measured({}), 1_000_000, 150);

  const lists = 80_000;
  expect(month.cloudFrontRequests).toBeCloseTo(1_000_000 + 2 * lists);
  expect(month.cloudFrontFunctions).toBeCloseTo(2 * lists);
  expect(month.s3Gets).toBeCloseTo(80_000);
  // Current photos that the edge does not have, lists with their sign-ins, and views that come too early.
  expect(month.httpApiRequests).toBeCloseTo(20_000 + 2 * lists + 4_000);
  expect(month.cloudFrontGb * 1e9).toBeCloseTo(
    1_000_000 * (4_000 + headerBytes) + lists * (8_000 + assumptions.recordBytes + 2 * headerBytes),
  );
});

test('a month fetches for whoever joined, and asks once for each day on which a partner is seen', () => {
  const asked = measured({
    store: { ...nothing, writeUnits: 1 },
    unchanged: { ...nothing, readUnits: 1 },
    refresh: { ...nothing, requests: { 'S3 PutObject': 1 } },
  });

  const month = monthOf(asked, 1_000_000, 64);

  expect(month.s3Puts).toBeCloseTo(80_000 * 0.02);
  expect(month.dynamoDbReadUnits).toBeCloseTo(80_000 * 0.98);
  // The fetch, the index's entry, and the claim of each refresh.
  expect(month.dynamoDbWriteUnits).toBeCloseTo(2_000 + 2_000 + 80_000);
  // Sent for a refresh, received and deleted for both; a registration's own is in its invocation.
  expect(month.sqsRequests).toBeCloseTo(80_000 + 2 * (80_000 + 2_000));
});

test('a size differs by the bytes of its pictures and by nothing else', () => {
  const [small, large] = [monthOf(measured({}), 1_000, 64), monthOf(measured({}), 1_000, 512)];

  expect(large.cloudFrontGb - small.cloudFrontGb).toBeCloseTo((1_000 * 23_000) / 1e9);
  expect({ ...large, cloudFrontGb: 0 }).toEqual({ ...small, cloudFrontGb: 0 });
});

test('without a store each view is a request, an invocation and its bytes', () => {
  const month = monthWithoutStore(measured({}), 1_000, 300);

  const { lambdaGbSeconds, logsGb, ...counted } = month;
  expect(counted).toEqual({
    ...sum([[NOTHING, 1]]),
    httpApiRequests: 1_000,
    lambdaRequests: 1_000,
    dataOutGb: expect.closeTo((1_000 * (12_000 + headerBytes)) / 1e9),
    lambdaGbSeconds: undefined,
    logsGb: undefined,
  });
});
