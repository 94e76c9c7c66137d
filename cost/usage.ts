// What a month uses, in the units that AWS bills: counted up from what one invocation of each kind was measured to do.

import type { Size } from '../core/sizes.ts';
import { SIZES } from '../core/sizes.ts';
import { type FunctionName, functions } from '../core/topology.ts';
import { assumptions } from './assumptions.ts';
import { JOURNEYS, type Journey, type Measured } from './measured.ts';

/** The units that AWS bills; a month, a part of it, or one invocation. GB are of 10⁹ bytes. */
export interface Usage {
  readonly cloudFrontRequests: number;
  readonly cloudFrontGb: number;
  readonly cloudFrontFunctions: number;
  readonly httpApiRequests: number;
  readonly lambdaRequests: number;
  readonly lambdaGbSeconds: number;
  readonly dynamoDbReadUnits: number;
  readonly dynamoDbWriteUnits: number;
  readonly dynamoDbGbMonths: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  readonly s3GbMonths: number;
  readonly sqsRequests: number;
  readonly logsGb: number;
  readonly dataOutGb: number;
}

/** Nothing used. */
export const NOTHING: Usage = {
  cloudFrontRequests: 0,
  cloudFrontGb: 0,
  cloudFrontFunctions: 0,
  httpApiRequests: 0,
  lambdaRequests: 0,
  lambdaGbSeconds: 0,
  dynamoDbReadUnits: 0,
  dynamoDbWriteUnits: 0,
  dynamoDbGbMonths: 0,
  s3Puts: 0,
  s3Gets: 0,
  s3GbMonths: 0,
  sqsRequests: 0,
  logsGb: 0,
  dataOutGb: 0,
};

const BYTES_PER_GB = 1e9;

/** Memory that has one whole processor (AWS Lambda quotas): with less, the same work takes longer. */
const MB_PER_PROCESSOR = 1769;

/** The sum of all, each so many times. */
export function sum(all: readonly (readonly [Partial<Usage>, number])[]): Usage {
  const names = Object.keys(NOTHING) as (keyof Usage)[];
  const totals = names.map((name) => [
    name,
    all.reduce((total, [usage, times]) => total + (usage[name] ?? 0) * times, 0),
  ]);
  return Object.fromEntries(totals) as unknown as Usage;
}

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

/** What Cameo uses in a month in which so many avatars of this size are requested at the edge. */
export function monthOf(measured: Measured, avatars: number, size: Size): Usage {
  const { versionedShare, edgeHitShare, headerBytes, recordBytes } = assumptions;
  const versionedMisses = avatars * versionedShare * (1 - edgeHitShare);
  const currentMisses = avatars * (1 - versionedShare) * (1 - edgeHitShare);
  const lists = (avatars * versionedShare) / assumptions.avatarsPerList;
  const partners = avatars / assumptions.requestsPerPartner;
  const joined = partners * assumptions.newShare;
  const refreshes = partners * assumptions.refreshesPerPartner;
  const changed = refreshes * assumptions.changedShare;
  const throughApi = (journey: Journey) =>
    sum([
      [invocation(measured, journey), 1],
      [{ httpApiRequests: 1 }, 1],
    ]);
  // Lambda takes a message off the queue and deletes it; whoever sent it has counted that.
  const throughQueue = (journey: Journey) =>
    sum([
      [invocation(measured, journey), 1],
      [{ sqsRequests: 2 }, 1],
    ]);
  const atEdge = (bytes: number) => ({
    cloudFrontRequests: 1,
    cloudFrontGb: (bytes + headerBytes) / BYTES_PER_GB,
  });
  // Only what the edge does not cache runs through its function.
  const atEdgeUncached = (bytes: number) => ({ ...atEdge(bytes), cloudFrontFunctions: 1 });
  return sum([
    [atEdge(measured.pictureBytes[size]), avatars],
    [{ s3Gets: 1 }, versionedMisses],
    [throughApi('hit'), currentMisses],
    [atEdgeUncached(measured.listBytes), lists],
    [throughApi('list'), lists],
    [atEdgeUncached(recordBytes), lists],
    [throughApi('register'), lists],
    // The index of the newest partners is written when one joins; the emulator does not bill it.
    [{ dynamoDbWriteUnits: 1 }, joined],
    [throughApi('pendingView'), joined * assumptions.pendingViewsPerNew],
    [throughQueue('store'), joined],
    // Whoever finds a photo old claims the right to ask, and asks.
    [{ dynamoDbWriteUnits: 1, sqsRequests: 1 }, refreshes],
    [throughQueue('unchanged'), refreshes - changed],
    [throughQueue('refresh'), changed],
    [stored(measured), partners],
  ]);
}

/** What the same month uses where each view asks Telegram and nothing is kept. */
export function monthWithoutStore(measured: Measured, avatars: number, size: Size): Usage {
  const bytes = measured.pictureBytes[size] + assumptions.headerBytes;
  return sum([
    [invocation(measured, 'direct'), avatars],
    [{ httpApiRequests: 1, dataOutGb: bytes / BYTES_PER_GB }, avatars],
  ]);
}

function stored({ pictureBytes }: Measured): Partial<Usage> {
  const bytes = SIZES.reduce((total, size) => total + pictureBytes[size], 0);
  return {
    s3GbMonths: bytes / BYTES_PER_GB,
    dynamoDbGbMonths: assumptions.itemBytes / BYTES_PER_GB,
  };
}

function countOf(requests: Readonly<Record<string, number>>, prefix: string): number {
  const matching = Object.entries(requests).filter(([name]) => name.startsWith(prefix));
  return matching.reduce((total, [, times]) => total + times, 0);
}

/** The function without a store has the memory of fetch-photo, which does the same work. */
function memoryMbOf(name: FunctionName | 'direct'): number {
  return functions[name === 'direct' ? 'fetchPhoto' : name].memoryMb;
}
