// `stats`: how a Cameo did over the last hour, day or week.

import { metricNumbers, type Statistic, type TimeRange } from '../../adapters/metric-data.ts';
import { lineOf } from '../aws-error.ts';
import {
  commandFor,
  type Deployment,
  type DeploymentOptions,
  findDeployment,
} from '../deployment.ts';
import { EXIT, type Outcome } from '../perform.ts';
import { type QueueStates, queueStates, queueUrls } from '../queues.ts';
import type { Session } from '../session.ts';
import { isoOf } from '../times.ts';
import { type EdgeNumbers, edgeNumbers } from './edge-numbers.ts';
import { statsLines } from './lines.ts';
import { type Numbers, numbersOf } from './numbers.ts';
import { RANGES, type Range, rangeUntil } from './ranges.ts';

/** The options of `stats`. */
export interface StatsOptions extends DeploymentOptions {
  readonly since: Range;
}

/** A part of the numbers, or why it cannot be told. */
export type Told<Value> =
  | ({ readonly available: true } & Value)
  | { readonly available: false; readonly reason: string };

/** The age in seconds of the oldest message that was in each queue in the range; null where nothing was measured. */
export type Ages = Readonly<Record<string, number | null>>;

/** All that is told. */
export interface Stats extends QueueStates {
  readonly since: Range;
  readonly from: string;
  readonly to: string;
  readonly metrics: Told<Numbers>;
  readonly edge: Told<EdgeNumbers>;
  readonly oldestSeconds: Told<{ readonly byQueue: Ages }>;
}

/** Tells the numbers. Throws Mistake and Unreachable where not even the queues can be read. */
export async function stats(options: StatsOptions, session: Session): Promise<Outcome> {
  const deployment = await findDeployment(options, session.environment);
  const range = rangeUntil(Date.now(), RANGES[options.since]);
  const [states, metrics, edge, oldestSeconds] = await Promise.all([
    queueStates(deployment),
    told(numbersOf(deployment, range)),
    told(edgeNumbers(deployment, range)),
    told(agesOf(deployment, range)),
  ]);
  const document: Stats = {
    since: options.since,
    from: isoOf(range.fromMs) ?? '',
    to: isoOf(range.toMs) ?? '',
    metrics,
    edge,
    oldestSeconds,
    ...states,
  };
  const isComplete = metrics.available && edge.available && oldestSeconds.available;
  return {
    document,
    lines: statsLines(document, commandFor(deployment, 'redrive'), session.colours),
    exitCode: isComplete ? EXIT.ok : EXIT.notAllWell,
  };
}

async function agesOf({ clients, outputs }: Deployment, range: TimeRange) {
  const queues = Object.entries(queueUrls(outputs));
  const statistics = queues.map(
    ([, { url }]): Statistic => ({
      namespace: 'AWS/SQS',
      metric: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: url.slice(url.lastIndexOf('/') + 1) },
      stat: 'Maximum',
    }),
  );
  const ages = await metricNumbers(clients.cloudWatch, statistics, range);
  const byQueue: Ages = Object.fromEntries(
    queues.map(([name], index) => [name, ages[index] ?? null]),
  );
  return { byQueue };
}

/** The queues are worth telling without the metrics. */
async function told<Value>(value: Promise<Value>): Promise<Told<Value>> {
  try {
    return { available: true, ...(await value) };
  } catch (error) {
    return { available: false, reason: lineOf(error) };
  }
}
