// What AWS asks for what Cameo uses: US dollars, pay as you go, the first tier of each. The only file with a price.
//
// Looked up in copies of AWS's own pricing pages (each line names its page), where these show figures, and beside
// them in price lists that others published in 2026. Lines with † were found in the latter alone. Prices change and
// differ by region: check them before you rely on them.

/** Prices by service; the unit is at the end of each name, `Month` where it is paid by the month. */
export const prices = {
  /** The day on which they were looked up. */
  asOf: '2026-11-29',
  /** The region; CloudFront's are those of its cheapest one, North America and Europe. */
  region: 'us-east-1',

  // Amazon CloudFront Pricing. Up to 10 TB a month; S3 and the API send to the edge for nothing.
  cloudFrontGb: 0.085,
  cloudFrontRequestsPer10k: 0.01, // † for HTTPS
  cloudFrontFunctionsPerMillion: 0.1,
  /** Beyond the first thousand of a month. */
  cloudFrontInvalidatedPath: 0.005,

  // Amazon API Gateway Pricing: HTTP APIs, up to 300 million requests a month, 512 KB each.
  httpApiPerMillion: 1,

  // AWS Lambda Pricing: Arm. Time is billed by the millisecond, loading the function included (since August 2025).
  lambdaRequestsPerMillion: 0.2,
  lambdaGbSecondArm: 0.0000133334, // †

  // Amazon DynamoDB Pricing: on-demand, standard tables, since the reduction of November 2024.
  dynamoDbReadUnitsPerMillion: 0.125, // †
  dynamoDbWriteUnitsPerMillion: 0.625, // †
  dynamoDbGbMonth: 0.25,
  /** Point-in-time recovery. Not found in any copy: from memory. */
  dynamoDbRecoveryGbMonth: 0.2,

  // Amazon S3 Pricing: Standard, up to 50 TB. Deleting single objects is free.
  s3PutsPer1k: 0.005, // †
  s3GetsPer1k: 0.0004, // †
  s3GbMonth: 0.023, // †

  // Amazon SQS Pricing: standard queues, messages up to 64 KB.
  sqsRequestsPerMillion: 0.4, // †

  // AWS Secrets Manager Pricing. AWS's own key for them in KMS is free.
  secretMonth: 0.4, // †
  secretCallsPer10k: 0.05, // †

  // Amazon CloudWatch Pricing. An alarm costs by the metrics that it reads.
  cloudWatchMetricMonth: 0.3, // †
  cloudWatchAlarmMetricMonth: 0.1, // †
  cloudWatchCompositeAlarmMonth: 0.5, // †
  cloudWatchDashboardMonth: 3, // †
  cloudWatchLogsGb: 0.5, // †
  cloudWatchLogsGbMonth: 0.03, // †
  /** The additional metrics of a distribution: eight, each at the price of a custom metric. */
  cloudFrontAdditionalMetricsMonth: 2.4,

  // AWS WAF Pricing.
  wafWebAclMonth: 5, // †
  wafRuleMonth: 1, // †
  wafRequestsPerMillion: 0.6, // †

  // AWS X-Ray Pricing: traces recorded.
  xrayTracesPerMillion: 5,

  // Amazon EventBridge Pricing: Scheduler.
  schedulerInvocationsPerMillion: 1, // †

  // Amazon EC2 On-Demand Pricing, Data Transfer: from an API without an edge to the internet, up to 10 TB.
  dataOutGb: 0.09, // †
} as const;

/**
 * What every account has for nothing each month, for ever ("Always Free"); other stacks of the account share it.
 * What is free for a new account's first months only is not here.
 */
export const alwaysFree = {
  cloudFrontGb: 1000,
  cloudFrontRequests: 10_000_000,
  cloudFrontFunctions: 2_000_000,
  lambdaRequests: 1_000_000,
  lambdaGbSeconds: 400_000,
  dynamoDbGbMonth: 25,
  sqsRequests: 1_000_000,
  cloudWatchMetrics: 10,
  cloudWatchAlarmMetrics: 10,
  cloudWatchLogsGb: 5,
  xrayTraces: 100_000,
  schedulerInvocations: 14_000_000,
  dataOutGb: 100,
} as const;
