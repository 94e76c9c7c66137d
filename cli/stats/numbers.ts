// Cameo's own metrics over a range, asked for by their declaration and put together for an operator. The names are
// those of the document and stay.

import { metricNumbers, type Statistic, type TimeRange } from '../../adapters/metric-data.ts';
import {
  HITS,
  type MetricDeclaration,
  type MetricName,
  MISSES,
  metrics,
} from '../../core/metrics.ts';
import type { Deployment } from '../deployment.ts';

/** A measured time in milliseconds; null where nothing was measured. */
export interface Times {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Counts by a dimension's value. */
export type Counts = Readonly<Record<string, number>>;

/** The numbers of a range. */
export interface Numbers {
  readonly answers: Counts;
  /** Of those who asked for a photo that exists, who got it, 0 to 1; null where nobody did. */
  readonly hitRate: number | null;
  readonly answerTimeMs: Readonly<Record<string, Times>>;
  readonly telegram: {
    readonly calls: Readonly<Record<string, Counts>>;
    readonly total: number;
    readonly throttled: number;
    /** Null where no photo was stored. */
    readonly callsPerPhoto: number | null;
    readonly pauses: Readonly<Record<string, { readonly count: number; readonly seconds: number }>>;
  };
  readonly photos: Counts;
  readonly timeToPhotoMs: Times;
  readonly renderTimeMs: Times;
  readonly pictureBytes: Readonly<
    Record<
      string,
      { readonly count: number; readonly average: number | null; readonly max: number | null }
    >
  >;
  readonly leases: { readonly contention: number; readonly takeovers: number };
}

const STATS = {
  Count: ['Sum'],
  Milliseconds: ['SampleCount', 'p50', 'p95', 'p99'],
  Seconds: ['SampleCount', 'Sum'],
  Bytes: ['SampleCount', 'Sum', 'Maximum'],
} as const satisfies Record<MetricDeclaration['unit'], readonly Statistic['stat'][]>;

/** Reads them. */
export async function numbersOf(
  { clients, outputs }: Deployment,
  range: TimeRange,
): Promise<Numbers> {
  const statistics = statisticsIn(outputs.MetricsNamespace);
  const numbers = await metricNumbers(clients.cloudWatch, statistics, range);
  const byKey = new Map(
    statistics.map(({ metric, dimensions, stat }, index) => [
      keyOf(metric, Object.values(dimensions), stat),
      numbers[index],
    ]),
  );
  return composed((name, values, stat) => byKey.get(keyOf(name, values, stat)));
}

/** Everything that is declared, under every combination of its dimensions' values. */
function statisticsIn(namespace: string): Statistic[] {
  return Object.entries<MetricDeclaration>(metrics).flatMap(([metric, { unit, dimensions }]) =>
    combinationsOf(dimensions).flatMap((combination) =>
      STATS[unit].map((stat) => ({ namespace, metric, dimensions: combination, stat })),
    ),
  );
}

function combinationsOf(dimensions: MetricDeclaration['dimensions']): Record<string, string>[] {
  return Object.entries(dimensions).reduce<Record<string, string>[]>(
    (soFar, [name, values]) =>
      soFar.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

type Lookup = (
  name: MetricName,
  values: readonly string[],
  stat: Statistic['stat'],
) => number | undefined;

function keyOf(name: string, values: readonly string[], stat: string): string {
  return [name, ...values, stat].join(' ');
}

function composed(lookup: Lookup): Numbers {
  const sum = (name: MetricName, ...values: string[]) => lookup(name, values, 'Sum') ?? 0;
  const counts = (name: MetricName, of: readonly string[], ...before: string[]) =>
    byValue(of, (value) => sum(name, ...before, value));
  const { Method, Outcome } = metrics.TelegramCalls.dimensions;
  const answers = counts('Answers', metrics.Answers.dimensions.Answer);
  const calls = byValue(Method, (method) => counts('TelegramCalls', Outcome, method));
  const photos = counts('Photos', metrics.Photos.dimensions.Outcome);
  const total = Object.values(calls).reduce((soFar, outcomes) => soFar + totalOf(outcomes), 0);
  const throttled = Object.values(calls).reduce((soFar, one) => soFar + (one.throttled ?? 0), 0);
  const hits = totalOf(answers, HITS);
  return {
    answers,
    hitRate: ratio(hits, hits + totalOf(answers, MISSES)),
    answerTimeMs: byValue(metrics.AnswerTime.dimensions.Kind, (kind) =>
      timesOf(lookup, 'AnswerTime', kind),
    ),
    telegram: {
      calls,
      total,
      throttled,
      callsPerPhoto: ratio(total, totalOf(photos, ['stored', 'refreshed'])),
      pauses: byValue(metrics.TelegramPause.dimensions.Reason, (reason) => ({
        count: lookup('TelegramPause', [reason], 'SampleCount') ?? 0,
        seconds: sum('TelegramPause', reason),
      })),
    },
    photos,
    timeToPhotoMs: timesOf(lookup, 'TimeToPhoto'),
    renderTimeMs: timesOf(lookup, 'RenderTime'),
    pictureBytes: byValue(metrics.PictureBytes.dimensions.Size, (size) => {
      const count = lookup('PictureBytes', [size], 'SampleCount') ?? 0;
      const max = lookup('PictureBytes', [size], 'Maximum') ?? null;
      return { count, average: ratio(sum('PictureBytes', size), count), max };
    }),
    leases: { contention: sum('LeaseContention'), takeovers: sum('LeaseTakeovers') },
  };
}

function timesOf(lookup: Lookup, name: MetricName, ...values: string[]): Times {
  const time = (stat: Statistic['stat']) => lookup(name, values, stat) ?? null;
  return { count: time('SampleCount') ?? 0, p50: time('p50'), p95: time('p95'), p99: time('p99') };
}

function byValue<Value>(values: readonly string[], of: (value: string) => Value) {
  return Object.fromEntries(values.map((value) => [value, of(value)])) as Record<string, Value>;
}

/** The sum of these counts, of all by default. */
function totalOf(counts: Counts, names: readonly string[] = Object.keys(counts)): number {
  return names.reduce((soFar, name) => soFar + (counts[name] ?? 0), 0);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
