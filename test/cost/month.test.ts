import { expect, test } from 'vitest';
import { assumptions } from '../../cost/assumptions.ts';
import { monthOf, monthWithoutStore } from '../../cost/month.ts';
import { NOTHING } from '../../cost/usage.ts';
import { measured, nothing } from './measured-by-hand.ts';

const { headerBytes } = assumptions;

test('a month has every avatar at the edge, what the edge lacks behind it, and a list for ten of them', () => {
  const month = monthOf(measured({}), 1_000_000, 150);

  const lists = 80_000;
  expect(month.cloudFrontRequests).toBeCloseTo(1_000_000 + 2 * lists);
  expect(month.cloudFrontFunctions).toBeCloseTo(2 * lists);
  expect(month.s3Gets).toBeCloseTo(80_000);
  // Current photos that the edge does not have, lists with their sign-ins, and views that come too early.
  expect(month.httpApiRequests).toBeCloseTo(140_000 + 2 * lists + 4_000);
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
  // The fetch, its entries in both indices, the claim of each refresh, and the entry that moves with a changed photo.
  expect(month.dynamoDbWriteUnits).toBeCloseTo(2_000 + 2 * 2_000 + 80_000 + 2 * 1_600);
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
    ...NOTHING,
    httpApiRequests: 1_000,
    lambdaRequests: 1_000,
    dataOutGb: expect.closeTo((1_000 * (12_000 + headerBytes)) / 1e9),
    lambdaGbSeconds: undefined,
    logsGb: undefined,
  });
});
