// What one invocation uses and how long Lambda bills it, from what was measured.

import { type FunctionName, functions } from '../core/topology.ts';
import { assumptions } from './assumptions.ts';
import { JOURNEYS, type Journey, type Measured } from './measured.ts';
import { BYTES_PER_GB, NOTHING, type Usage } from './usage.ts';

/** Memory that has one whole processor (AWS Lambda quotas): with less, the same work takes longer. */
const MB_PER_PROCESSOR = 1769;

/** What one invocation uses, without the requests that led to it. */
export function invocation(measured: Measured, journey: Journey): Usage {
  const { requests, readUnits, writeUnits, logBytes } = measured.journeys[journey];
  const memoryGb = memoryMbOf(JOURNEYS[journey]) / 1024;
  return {
    ...NOTHING,
    lambdaRequests: 1,
    lambdaGbSeconds: (memoryGb * billedMs(measured, journey)) / 1000,
    dynamoDbReadUnits: readUnits,
    dynamoDbWriteUnits: writeUnits,
    s3Puts: (requests['S3 PutObject'] ?? 0) + (requests['S3 DeleteObjects'] ?? 0),
    s3Gets: requests['S3 GetObject'] ?? 0,
    sqsRequests: countOf(requests, 'SQS '),
    logsGb: (logBytes + assumptions.platformLogBytes) / BYTES_PER_GB,
  };
}

/** Milliseconds that Lambda bills: the work at this memory's share of a processor, and all that it waits for. */
export function billedMs({ journeys, initMs }: Measured, journey: Journey): number {
  const { requests, processorMs } = journeys[journey];
  const { awsRequestMs, telegramCallMs, telegramDownloadMs, coldShare } = assumptions;
  const slowdown = Math.max(1, MB_PER_PROCESSOR / memoryMbOf(JOURNEYS[journey]));
  const downloads = requests['Telegram download'] ?? 0;
  const toTelegram = countOf(requests, 'Telegram ') - downloads;
  const toAws = countOf(requests, '') - downloads - toTelegram;
  return (
    processorMs * slowdown +
    toAws * awsRequestMs +
    toTelegram * telegramCallMs +
    downloads * telegramDownloadMs +
    coldShare * initMs[JOURNEYS[journey]]
  );
}

function countOf(requests: Readonly<Record<string, number>>, prefix: string): number {
  const matching = Object.entries(requests).filter(([name]) => name.startsWith(prefix));
  return matching.reduce((total, [, times]) => total + times, 0);
}

/** Without a store, that of serve-photo: such a function mostly waits, and a whole processor would wait with it. */
export function memoryMbOf(name: FunctionName | 'direct'): number {
  return functions[name === 'direct' ? 'servePhoto' : name].memoryMb;
}
