// Chapter one: do viewers get photos, and how fast?

import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  MOST_ERRORS_PERCENT,
  MOST_MISSES_PERCENT,
  SLOWEST_HIT_MS,
} from '../core/alarm-thresholds.ts';
import { alarmLine, type Chapter, graph } from './dashboard-chapters.ts';
import { hitShare } from './hit-rate.ts';
import { byDimension, ownMetric, sumOf } from './own-metrics.ts';
import { apiErrorShare, edgeMetric, type Watched } from './watched.ts';

/** Makes the chapter. The edge's hit rate is empty unless CloudFront's additional metrics are switched on. */
export function serving(scope: Construct, { api, distribution, functions }: Watched): Chapter {
  const edge = (name: string, label: string) =>
    edgeMetric(distribution, name, { statistic: 'Average', label });
  const all = Object.values(functions).map((lambda) => lambda.function);
  return {
    question: 'Is it serving?',
    rows: [
      [
        graph('Edge hit rate', 'edge-hit-rate', {
          width: 6,
          unit: '%',
          most: 100,
          left: [edge('CacheHitRate', 'from the cache, %')],
        }),
        graph('Hit rate behind the edge', 'low-hit-rate', {
          width: 6,
          unit: '%',
          most: 100,
          left: [hitShare(scope)],
          leftAnnotations: [alarmLine(100 - MOST_MISSES_PERCENT, 'alarm below')],
        }),
        graph('Errors', 'errors', {
          width: 6,
          unit: '%',
          left: [apiErrorShare(api, Duration.minutes(5)), edge('5xxErrorRate', 'of the edge, %')],
          leftAnnotations: [alarmLine(MOST_ERRORS_PERCENT, 'alarm above')],
        }),
        graph('Time to serve a hit', 'slow-hits', {
          width: 6,
          unit: 'ms',
          left: percentiles(scope, 'hit'),
          leftAnnotations: [alarmLine(SLOWEST_HIT_MS, 'alarm above (p95)')],
        }),
      ],
      [
        graph('Answers', 'answers', {
          width: 8,
          unit: 'answers',
          stacked: true,
          left: Object.values(byDimension(scope, 'Answers', 'Sum')),
        }),
        graph('Time to serve a miss', 'answers', {
          width: 8,
          unit: 'ms',
          left: percentiles(scope, 'miss'),
        }),
        graph('Functions that fail', 'functions', {
          width: 8,
          unit: 'invocations',
          left: [
            sumOf(
              all.map((lambda) => lambda.metricErrors()),
              { prefix: 'error', label: 'crashed or out of time' },
            ),
            sumOf(
              all.map((lambda) => lambda.metricThrottles()),
              { prefix: 'throttle', label: 'throttled' },
            ),
          ],
        }),
      ],
    ],
  };
}

function percentiles(scope: Construct, Kind: 'hit' | 'miss') {
  return ['p50', 'p95', 'p99'].map((statistic) =>
    ownMetric(scope, 'AnswerTime', { Kind }, { statistic, label: statistic }),
  );
}
