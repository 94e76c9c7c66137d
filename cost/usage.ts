// What is used, in the units that AWS bills.

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

/** A GB is 10⁹ bytes here; AWS counts 2³⁰ for storage, so that what is stored is a little less than told. */
export const BYTES_PER_GB = 1e9;

/** The sum of all, each so many times. */
export function sum(all: readonly (readonly [Partial<Usage>, number])[]): Usage {
  const names = Object.keys(NOTHING) as (keyof Usage)[];
  const totals = names.map((name) => [
    name,
    all.reduce((total, [usage, times]) => total + (usage[name] ?? 0) * times, 0),
  ]);
  return Object.fromEntries(totals) as unknown as Usage;
}
