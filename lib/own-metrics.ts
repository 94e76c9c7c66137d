// Cameo's own metrics, as CloudWatch finds them: what core/metrics.ts declares, in a namespace of the stack's name.

import { type Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type DimensionsOf, type MetricName, metrics } from '../core/metrics.ts';

/** How a metric is read: a CloudWatch statistic, five minutes long unless said otherwise. */
export interface Reading {
  readonly statistic: string;
  readonly label?: string;
  readonly period?: Duration;
}

/** A declared metric, for one value of each of its dimensions. */
export function ownMetric<Name extends MetricName>(
  scope: Construct,
  metricName: Name,
  dimensions: DimensionsOf<Name>,
  reading: Reading,
): Metric {
  return new Metric({
    namespace: Stack.of(scope).stackName,
    metricName,
    dimensionsMap: Object.fromEntries(Object.entries(dimensions)),
    ...reading,
  });
}

/** All values of a metric's only dimension, by value, each in a line of its name. */
export function byDimension(
  scope: Construct,
  metricName: 'Answers' | 'Photos' | 'PictureBytes' | 'TelegramPause',
  statistic: string,
): Record<string, Metric> {
  const namespace = Stack.of(scope).stackName;
  const [[dimension, values] = ['', []]] = Object.entries<readonly string[]>(
    metrics[metricName].dimensions,
  );
  const lines = values.map((value) => {
    const dimensionsMap = { [dimension]: value };
    return [
      value,
      new Metric({ namespace, metricName, dimensionsMap, statistic, label: value }),
    ] as const;
  });
  return Object.fromEntries(lines);
}

/**
 * The sum of metrics of which some may have no data, as metrics that were never counted have: `+` would have none
 * either, SUM of a list takes what there is. `prefix` keeps the ids of one graph apart.
 */
export function sumOf(
  parts: readonly IMetric[],
  { prefix, ...line }: { prefix: string; label?: string; period?: Duration },
): MathExpression {
  const usingMetrics = Object.fromEntries(parts.map((part, index) => [`${prefix}${index}`, part]));
  const expression = `SUM([${Object.keys(usingMetrics).join(', ')}])`;
  return new MathExpression({ expression, usingMetrics, ...line });
}
