import { expect, test } from 'vitest';
import { billOf, totalOf } from '../../cost/bill.ts';
import { NOTHING, type Usage } from '../../cost/usage.ts';
import { alwaysFree, prices } from '../../lib/prices.ts';

/** As much of everything as its price is for. */
const used: [keyof Usage, number, number][] = [
  ['cloudFrontRequests', 10_000, prices.cloudFrontRequestsPer10k],
  ['cloudFrontGb', 1, prices.cloudFrontGb],
  ['cloudFrontFunctions', 1_000_000, prices.cloudFrontFunctionsPerMillion],
  ['httpApiRequests', 1_000_000, prices.httpApiPerMillion],
  ['lambdaRequests', 1_000_000, prices.lambdaRequestsPerMillion],
  ['lambdaGbSeconds', 1, prices.lambdaGbSecondArm],
  ['dynamoDbReadUnits', 1_000_000, prices.dynamoDbReadUnitsPerMillion],
  ['dynamoDbWriteUnits', 1_000_000, prices.dynamoDbWriteUnitsPerMillion],
  ['dynamoDbGbMonths', 1, prices.dynamoDbGbMonth + prices.dynamoDbRecoveryGbMonth],
  ['s3Puts', 1_000, prices.s3PutsPer1k],
  ['s3Gets', 1_000, prices.s3GetsPer1k],
  ['s3GbMonths', 1, prices.s3GbMonth],
  ['sqsRequests', 1_000_000, prices.sqsRequestsPerMillion],
  ['logsGb', 1, prices.cloudWatchLogsGb + prices.cloudWatchLogsGbMonth],
  ['dataOutGb', 1, prices.dataOutGb],
];

test.each(used)('%s are billed by the unit of their price', (name, amount, price) => {
  expect(totalOf(billOf({ ...NOTHING, [name]: amount }, 'none'))).toBeCloseTo(price, 12);
});

test('no unit is left out', () => {
  expect(used.map(([name]) => name).sort()).toEqual(Object.keys(NOTHING).sort());
});

test('what is always free is taken off once, and nothing is paid back', () => {
  const { sqsRequests, cloudFrontGb } = alwaysFree;
  const of = (usage: Partial<Usage>) => totalOf(billOf({ ...NOTHING, ...usage }, 'always-free'));

  expect(of({ sqsRequests: sqsRequests - 1 })).toBe(0);
  expect(of({ sqsRequests: sqsRequests + 1_000_000 })).toBeCloseTo(prices.sqsRequestsPerMillion);
  expect(of({ cloudFrontGb: cloudFrontGb + 1 })).toBeCloseTo(prices.cloudFrontGb);
  expect(of({ httpApiRequests: 1_000_000 })).toBeCloseTo(prices.httpApiPerMillion);
});
