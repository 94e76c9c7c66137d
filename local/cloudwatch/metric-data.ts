// CloudWatch's GetMetricData, as far as the command line needs it: statistics of metrics, by periods of minutes.

import * as v from 'valibot';
import type { MetricStore } from './metric-store.ts';
import { noStatistics, statistic } from './statistics.ts';

const querySchema = v.object({
  Id: v.pipe(v.string(), v.regex(/^[a-z]\w*$/)),
  Label: v.optional(v.string()),
  MetricStat: v.object({
    Metric: v.object({
      Namespace: v.string(),
      MetricName: v.string(),
      Dimensions: v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []),
    }),
    Period: v.pipe(v.number(), v.integer(), v.minValue(60), v.multipleOf(60)),
    Stat: v.pipe(
      v.string(),
      v.check((name) => statistic(name, noStatistics()) !== undefined, 'not a statistic'),
    ),
  }),
  ReturnData: v.optional(v.boolean(), true),
});

// Times are seconds since the epoch (AWS JSON 1.0). A call has 500 queries at most.
const requestSchema = v.object({
  StartTime: v.number(),
  EndTime: v.number(),
  ScanBy: v.optional(v.picklist(['TimestampAscending', 'TimestampDescending'])),
  MetricDataQueries: v.pipe(v.array(querySchema), v.minLength(1), v.maxLength(500)),
});

type Query = v.InferOutput<typeof querySchema>;

// "A total of as many as 100,800 data points" (GetMetricData's reference).
const MAX_POINTS = 100_800;

/** The answer to a request's body; `undefined` for one that is malformed, or asks for what is not known here. */
export function getMetricData(store: MetricStore, request: unknown): object | undefined {
  const { success, output } = v.safeParse(requestSchema, request);
  if (!success || output.StartTime >= output.EndTime) return undefined;
  const { MetricDataQueries: queries, StartTime, EndTime, ScanBy } = output;
  const points = queries.map(({ MetricStat }) => (EndTime - StartTime) / MetricStat.Period);
  if (points.reduce((sum, count) => sum + count, 0) > MAX_POINTS) return undefined;
  const results = queries
    .filter(({ ReturnData }) => ReturnData)
    .map((query) => resultOf(store, query, StartTime, EndTime, ScanBy === 'TimestampAscending'));
  return { MetricDataResults: results, Messages: [] };
}

function resultOf(
  store: MetricStore,
  { Id, Label, MetricStat: { Metric, Period, Stat } }: Query,
  startSeconds: number,
  endSeconds: number,
  isAscending: boolean,
): object {
  const { Namespace: namespace, MetricName: name, Dimensions } = Metric;
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  const found: { readonly seconds: number; readonly value: number | undefined }[] = [];
  // Periods begin at whole multiples of themselves.
  const first = Math.floor(startSeconds / Period) * Period;
  for (let seconds = first; seconds < endSeconds; seconds += Period) {
    const metric = { namespace, name, dimensions };
    const measured = store.between(metric, seconds * 1000, (seconds + Period) * 1000);
    if (measured) found.push({ seconds, value: statistic(Stat, measured) });
  }
  if (!isAscending) found.reverse();
  return {
    Id,
    Label: Label ?? name,
    Timestamps: found.map(({ seconds }) => seconds),
    Values: found.map(({ value }) => value),
    StatusCode: 'Complete',
  };
}
