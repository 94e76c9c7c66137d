// Everything that wakes the operator, as a list: what is measured, what is too much, for how long, and where the
// runbook says what to do. Missing data never alarms: nothing was asked, or nothing was refused.

import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import {
  MOST_ERRORS_PERCENT,
  OLDEST_MESSAGE_SECONDS,
  SLOWEST_HIT_MS,
} from '../core/alarm-thresholds.ts';
import { ownMetric } from './own-metrics.ts';
import type { RunbookSection } from './runbook.ts';
import { apiErrorShare, deadLetterQueues, type Watched } from './watched.ts';

/** An alarm that rings when the metric is above a number for so many of its periods in a row. */
export interface AlarmDeclaration {
  /** What its name ends with; the name begins with the stack's. */
  readonly id: string;
  readonly meaning: string;
  readonly runbook: RunbookSection;
  readonly metric: IMetric;
  readonly above: number;
  readonly periods: number;
}

/** In fewer hits than this, the slowest of twenty is the first request of an instance or two. */
const LEAST_HITS = 50;

/** The alarms that are one metric each. */
export function alarmList(scope: Construct, watched: Watched): AlarmDeclaration[] {
  const { stores, api } = watched;
  return [
    {
      id: 'errors',
      meaning: `More than ${MOST_ERRORS_PERCENT} % of the API's answers are errors of ours (5xx) for ten minutes.`,
      runbook: 'errors',
      metric: apiErrorShare(api, Duration.minutes(5)),
      above: MOST_ERRORS_PERCENT,
      periods: 2,
    },
    {
      id: 'slow-hits',
      meaning: `One hit of twenty takes serve-photo more than ${SLOWEST_HIT_MS} ms for a quarter of an hour.`,
      runbook: 'slow-hits',
      metric: timeOfHits(scope),
      above: SLOWEST_HIT_MS,
      periods: 3,
    },
    ...Object.entries(deadLetterQueues(stores)).map(([name, queue]) => ({
      id: `dead-letters-${name}`,
      meaning: `Work was given up: the dead-letter queue of ${name} is not empty.`,
      runbook: 'dead-letters' as const,
      metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      above: 0,
      periods: 1,
    })),
    {
      id: 'oldest-message',
      meaning: `For five minutes, a photo that somebody waits for has been asked for over ${OLDEST_MESSAGE_SECONDS} s ago.`,
      runbook: 'oldest-message',
      // Younger ones are right: a postponed job is a new message, which counts from then on and may wait for as
      // long as Telegram says; one that failed counts up to its third receive, 14 s (SQS, ApproximateAgeOfOldestMessage);
      // one whose worker died is hidden for two minutes. Five in a row let all of these pass.
      metric: stores.queues.fetch.queue.metricApproximateAgeOfOldestMessage({
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      above: OLDEST_MESSAGE_SECONDS,
      periods: 5,
    },
    {
      id: 'telegram-paused',
      meaning: 'Telegram made the fleet wait (429) for more than five minutes out of fifteen.',
      runbook: 'telegram-paused',
      metric: ownMetric(
        scope,
        'TelegramPause',
        { Reason: 'throttled' },
        {
          statistic: 'Sum',
          period: Duration.minutes(15),
        },
      ),
      above: 5 * 60,
      periods: 1,
    },
    {
      id: 'telegram-unauthorized',
      meaning:
        'Telegram refuses the bot token (401), or knows no Bot API at this root: no photo is fetched.',
      runbook: 'telegram-refuses-the-token',
      // Every refusal pauses the fleet, whichever call met it: one metric, where the calls are three.
      metric: ownMetric(
        scope,
        'TelegramPause',
        { Reason: 'unauthorized' },
        { statistic: 'SampleCount' },
      ),
      above: 0,
      periods: 1,
    },
  ];
}

/** The 95th percentile, or 0 where there are too few to have one. */
function timeOfHits(scope: Construct): MathExpression {
  const hits = (statistic: string) =>
    ownMetric(scope, 'AnswerTime', { Kind: 'hit' }, { statistic });
  return new MathExpression({
    expression: `IF(hits >= ${LEAST_HITS}, p95, 0)`,
    usingMetrics: { hits: hits('SampleCount'), p95: hits('p95') },
    label: 'p95 of hits, ms',
    period: Duration.minutes(5),
  });
}
