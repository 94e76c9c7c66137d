// A month's usage at AWS's prices.

import { alwaysFree, prices } from '../lib/prices.ts';
import type { Usage } from './usage.ts';

/** Dollars a month, by service. */
export type Bill = Readonly<Record<string, number>>;

const MILLION = 1_000_000;

/** The bill of what is used; with `'always-free'`, less what an account that has nothing else has for nothing. */
export function billOf(usage: Usage, tiers: 'none' | 'always-free'): Bill {
  const paid = tiers === 'none' ? usage : beyondFree(usage);
  const { logsGb } = usage;
  return {
    'CloudFront transfer': paid.cloudFrontGb * prices.cloudFrontGb,
    'CloudFront requests':
      (paid.cloudFrontRequests / 10_000) * prices.cloudFrontRequestsPer10k +
      (paid.cloudFrontFunctions / MILLION) * prices.cloudFrontFunctionsPerMillion,
    'HTTP API': (paid.httpApiRequests / MILLION) * prices.httpApiPerMillion,
    Lambda:
      (paid.lambdaRequests / MILLION) * prices.lambdaRequestsPerMillion +
      paid.lambdaGbSeconds * prices.lambdaGbSecondArm,
    DynamoDB:
      (paid.dynamoDbReadUnits / MILLION) * prices.dynamoDbReadUnitsPerMillion +
      (paid.dynamoDbWriteUnits / MILLION) * prices.dynamoDbWriteUnitsPerMillion +
      paid.dynamoDbGbMonths * prices.dynamoDbGbMonth +
      usage.dynamoDbGbMonths * prices.dynamoDbRecoveryGbMonth,
    S3:
      (paid.s3Puts / 1000) * prices.s3PutsPer1k +
      (paid.s3Gets / 1000) * prices.s3GetsPer1k +
      paid.s3GbMonths * prices.s3GbMonth,
    SQS: (paid.sqsRequests / MILLION) * prices.sqsRequestsPerMillion,
    // Logs are kept for about a month.
    Logs: paid.logsGb * prices.cloudWatchLogsGb + logsGb * prices.cloudWatchLogsGbMonth,
    'Transfer without an edge': paid.dataOutGb * prices.dataOutGb,
  };
}

/** All of a bill. */
export function totalOf(bill: Bill): number {
  return Object.values(bill).reduce((total, dollars) => total + dollars, 0);
}

/** What is left to pay; S3, the HTTP API and on-demand requests to DynamoDB have nothing that is free for ever. */
function beyondFree(usage: Usage): Usage {
  const beyond = (used: number, free: number) => Math.max(0, used - free);
  return {
    ...usage,
    cloudFrontRequests: beyond(usage.cloudFrontRequests, alwaysFree.cloudFrontRequests),
    cloudFrontGb: beyond(usage.cloudFrontGb, alwaysFree.cloudFrontGb),
    cloudFrontFunctions: beyond(usage.cloudFrontFunctions, alwaysFree.cloudFrontFunctions),
    lambdaRequests: beyond(usage.lambdaRequests, alwaysFree.lambdaRequests),
    lambdaGbSeconds: beyond(usage.lambdaGbSeconds, alwaysFree.lambdaGbSeconds),
    dynamoDbGbMonths: beyond(usage.dynamoDbGbMonths, alwaysFree.dynamoDbGbMonth),
    sqsRequests: beyond(usage.sqsRequests, alwaysFree.sqsRequests),
    logsGb: beyond(usage.logsGb, alwaysFree.cloudWatchLogsGb),
    dataOutGb: beyond(usage.dataOutGb, alwaysFree.dataOutGb),
  };
}
