import { expect, test } from 'vitest';
import { assumptions } from '../../cost/assumptions.ts';
import { billedMs, invocation } from '../../cost/invocation.ts';
import { measured, nothing } from './measured-by-hand.ts';

const { telegramCallMs, telegramDownloadMs, awsRequestMs } = assumptions;

test('work takes as much longer as the memory is short of a whole processor', () => {
  const hit = { ...nothing, processorMs: 10 };

  // serve-photo has 512 MB, fetch-photo 1,769.
  expect(billedMs(measured({ hit }), 'hit')).toBeCloseTo((10 * 1769) / 512);
  expect(billedMs(measured({ store: hit }), 'store')).toBeCloseTo(10);
  // What waits for Telegram at each view is not given a whole processor for it.
  expect(billedMs(measured({ direct: hit }), 'direct')).toBeCloseTo((10 * 1769) / 512);
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
