// Chapter three: what does it cost? Counted by CloudWatch, times lib/prices.ts: an estimate while it happens, without
// free tiers, logs, metrics and what costs the same each month. The bill is right, a day later.

import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { functions as declared, type FunctionName, table } from '../core/topology.ts';
import { type Chapter, graph, totals } from './dashboard-chapters.ts';
import { byDimension, sumOf } from './own-metrics.ts';
import { prices } from './prices.ts';
import { EDGE_METRICS_REGION, edgeMetric, type Watched } from './watched.ts';

const GB = 1024 ** 3;

/** Makes the chapter. What CloudFront costs stands apart: its numbers are in another region, and so is their sum. */
export function costs(scope: Construct, watched: Watched): Chapter {
  return {
    question: `What does it cost? (US dollars at the prices of ${prices.region}, ${prices.asOf})`,
    rows: [
      [
        totals('Cost of the time shown', 'costs', {
          width: 16,
          metrics: withSum(lines(scope, watched)),
        }),
        totals('Cost of the edge', 'costs', {
          width: 8,
          region: EDGE_METRICS_REGION,
          metrics: [edgeCost(watched)],
        }),
      ],
      [
        graph('Cost of an hour', 'costs', {
          width: 8,
          unit: 'USD',
          stacked: true,
          period: Duration.hours(1),
          left: lines(scope, watched),
        }),
        graph('Traffic of the edge', 'traffic', {
          width: 8,
          unit: 'requests',
          left: [edgeSum(watched, 'Requests', 'requests')],
          right: [edgeSum(watched, 'BytesDownloaded', 'bytes to viewers')],
        }),
        graph('Photos in the bucket', 'costs', {
          width: 8,
          unit: 'GB',
          period: Duration.days(1),
          // A point a day: the hours that the dashboard shows have none.
          start: '-P14D',
          left: [stored(watched, 1, 'bytes', 'GB')],
          right: [stored(watched, prices.s3GbMonth, 'paid', 'USD a month')],
        }),
      ],
      [
        graph('Invocations', 'functions', {
          width: 12,
          unit: 'invocations',
          stacked: true,
          left: invocations(watched),
        }),
        graph('GB-seconds', 'functions', {
          width: 12,
          unit: 'GB-seconds',
          stacked: true,
          left: gbSeconds(watched),
        }),
      ],
    ],
  };
}

/** One line for each service of the stack's region. */
function lines(scope: Construct, watched: Watched): MathExpression[] {
  const { stores, api } = watched;
  const { table: partners } = stores.partners;
  const indices = [table.recentIndex, table.changedIndex].map(({ name }) => ({
    dimensionsMap: { TableName: partners.tableName, GlobalSecondaryIndexName: name },
  }));
  const queues = Object.values(stores.queues).flatMap(({ queue }) =>
    [
      'NumberOfMessagesSent',
      'NumberOfMessagesReceived',
      'NumberOfMessagesDeleted',
      'NumberOfEmptyReceives',
    ].map((name) => queue.metric(name, { statistic: 'Sum' })),
  );
  return [
    cost('Lambda', [
      [prices.lambdaGbSecondArm, 1, gbSeconds(watched)],
      [prices.lambdaRequestsPerMillion, 1e6, invocations(watched)],
    ]),
    cost('HTTP API', [[prices.httpApiPerMillion, 1e6, [api.metricCount({ statistic: 'Sum' })]]]),
    cost('DynamoDB', [
      [
        prices.dynamoDbReadUnitsPerMillion,
        1e6,
        [
          partners.metricConsumedReadCapacityUnits(),
          ...indices.map((index) => partners.metricConsumedReadCapacityUnits(index)),
        ],
      ],
      [
        prices.dynamoDbWriteUnitsPerMillion,
        1e6,
        [
          partners.metricConsumedWriteCapacityUnits(),
          ...indices.map((index) => partners.metricConsumedWriteCapacityUnits(index)),
        ],
      ],
    ]),
    cost('SQS', [[prices.sqsRequestsPerMillion, 1e6, queues]]),
    cost('S3 (puts)', [
      [prices.s3PutsPer1k, 1e3, Object.values(byDimension(scope, 'PictureBytes', 'SampleCount'))],
    ]),
  ];
}

function withSum(costs: MathExpression[]): MathExpression[] {
  return [...costs, sumOf(costs, { prefix: 'all', label: 'in all' })];
}

function edgeCost(watched: Watched): MathExpression {
  return cost('CloudFront', [
    [prices.cloudFrontRequestsPer10k, 1e4, [edgeSum(watched, 'Requests', 'requests')]],
    [prices.cloudFrontGb, GB, [edgeSum(watched, 'BytesDownloaded', 'bytes')]],
  ]);
}

/** So many dollars for so many of what these metrics count, summed; a metric without data costs nothing. */
function cost(
  label: string,
  items: readonly (readonly [usd: number, per: number, IMetric[]])[],
): MathExpression {
  const prefix = label.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const parts = items.map(([usd, per, metrics], index) => {
    const counted = sumOf(metrics, { prefix: `${prefix}${'abc'[index]}` });
    const id = `${prefix}Count${index}`;
    return new MathExpression({
      expression: `${usd} * ${id} / ${per}`,
      usingMetrics: { [id]: counted },
    });
  });
  return sumOf(parts, { prefix: `${prefix}Usd`, label });
}

function edgeSum({ distribution }: Watched, name: string, label: string) {
  return edgeMetric(distribution, name, { statistic: 'Sum', label });
}

function invocations({ functions }: Watched) {
  return Object.entries(functions).map(([label, lambda]) =>
    lambda.function.metricInvocations({ label }),
  );
}

function gbSeconds({ functions }: Watched): MathExpression[] {
  return (Object.keys(functions) as FunctionName[]).map((name) => {
    const gb = declared[name].memoryMb / 1024;
    const ms = functions[name].function.metricDuration({ statistic: 'Sum' });
    return new MathExpression({
      expression: `${gb} * ${name}Ms / 1000`,
      usingMetrics: { [`${name}Ms`]: ms },
      label: name,
    });
  });
}

/** What the bucket holds, as S3 counts it once a day. */
function stored({ stores }: Watched, factor: number, id: string, label: string): MathExpression {
  const bytes = new Metric({
    namespace: 'AWS/S3',
    metricName: 'BucketSizeBytes',
    dimensionsMap: { BucketName: stores.photos.bucket.bucketName, StorageType: 'StandardStorage' },
    statistic: 'Average',
  });
  return new MathExpression({
    expression: `${factor} * ${id} / ${GB}`,
    usingMetrics: { [id]: bytes },
    period: Duration.days(1),
    label,
  });
}
