// Numbers out of CloudWatch: one number for each statistic of a metric over a whole range.

import {
  type CloudWatchClient,
  type MetricDataQuery,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';

/** What is asked for. Percentiles are written as CloudWatch does: p50, p95. */
export interface Statistic {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: 'Sum' | 'SampleCount' | 'Maximum' | 'Average' | `p${number}`;
}

/**
 * From when until when, in milliseconds since the epoch: whole multiples of the period, in which counts are read and
 * added up, so that the range has its full length wherever CloudWatch lets a period begin.
 */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** A multiple of a minute. */
  readonly periodMs: number;
}

// GetMetricData's maximum.
const MAX_QUERIES = 500;

// A period is a day at most (CloudWatch concepts, "Periods").
const MAX_PERIOD_MS = 24 * 60 * 60 * 1000;

// What can be put together out of those of short periods.
const ADDITIVE = new Set<Statistic['stat']>(['Sum', 'SampleCount', 'Maximum']);

/** The numbers in the order of the statistics; `undefined` where nothing was measured. */
export async function metricNumbers(
  client: CloudWatchClient,
  statistics: readonly Statistic[],
  range: TimeRange,
): Promise<(number | undefined)[]> {
  const values = new Map<string, number[]>();
  const queries = statistics.map((statistic, index) => queryOf(statistic, index, range));
  for (let begin = 0; begin < queries.length; begin += MAX_QUERIES) {
    const pages = paginateGetMetricData(
      { client },
      {
        MetricDataQueries: queries.slice(begin, begin + MAX_QUERIES),
        StartTime: new Date(range.fromMs),
        EndTime: new Date(range.toMs),
      },
    );
    for await (const { MetricDataResults = [] } of pages) {
      for (const { Id = '', Values = [] } of MetricDataResults) {
        values.set(Id, [...(values.get(Id) ?? []), ...Values]);
      }
    }
  }
  return statistics.map(({ stat }, index) => joined(stat, values.get(idOf(index)) ?? []));
}

function queryOf(
  { namespace, metric, dimensions, stat }: Statistic,
  index: number,
  { fromMs, toMs, periodMs }: TimeRange,
): MetricDataQuery {
  const longestMs = Math.min(toMs - fromMs, MAX_PERIOD_MS);
  return {
    Id: idOf(index),
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: (ADDITIVE.has(stat) ? periodMs : longestMs) / 1000,
      Stat: stat,
    },
  };
}

/** An id begins with a lower-case letter (GetMetricData, MetricDataQuery). */
function idOf(index: number): string {
  return `q${index}`;
}

/** One number out of those of the periods: there is no percentile of percentiles, so it is that of the worst period. */
function joined(stat: Statistic['stat'], values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const total = values.reduce((sum, value) => sum + value, 0);
  if (stat === 'Sum' || stat === 'SampleCount') return total;
  return stat === 'Average' ? total / values.length : Math.max(...values);
}
