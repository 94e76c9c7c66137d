// Chapter two: do photos come from Telegram, and does work pile up?

import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { OLDEST_MESSAGE_SECONDS } from '../core/alarm-thresholds.ts';
import { metrics } from '../core/metrics.ts';
import { alarmLine, type Chapter, type Figure, graph } from './dashboard-chapters.ts';
import { byDimension, ownMetric, sumOf } from './own-metrics.ts';
import { deadLetterQueues, type Watched } from './watched.ts';

/** Makes the chapter. */
export function fetching(scope: Construct, { stores }: Watched): Chapter {
  return {
    question: 'Is it fetching?',
    rows: [queueRow(stores), telegramRow(scope), photoRow(scope), renderRow(scope)],
  };
}

function queueRow(stores: Watched['stores']): Figure[] {
  const queues = Object.entries(stores.queues);
  return [
    graph('Messages waiting', 'oldest-message', {
      width: 8,
      unit: 'messages',
      left: queues.map(([label, { queue }]) =>
        queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', label }),
      ),
    }),
    graph('Oldest message', 'oldest-message', {
      width: 8,
      unit: 's',
      left: queues.map(([label, { queue }]) =>
        queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', label }),
      ),
      leftAnnotations: [alarmLine(OLDEST_MESSAGE_SECONDS, 'alarm above (fetch)')],
    }),
    graph('Dead letters', 'dead-letters', {
      width: 8,
      unit: 'messages',
      left: Object.entries(deadLetterQueues(stores)).map(([label, queue]) =>
        queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', label }),
      ),
    }),
  ];
}

function telegramRow(scope: Construct): Figure[] {
  return [
    graph('Telegram calls', 'telegram-calls', {
      width: 8,
      unit: 'calls',
      stacked: true,
      left: metrics.TelegramCalls.dimensions.Outcome.map((outcome) => calls(scope, outcome)),
    }),
    graph('Telegram pauses', 'telegram-paused', {
      width: 8,
      unit: 's',
      left: Object.values(byDimension(scope, 'TelegramPause', 'Sum')),
    }),
    graph('Calls per photo stored', 'telegram-calls', {
      width: 8,
      unit: 'calls',
      // Over five minutes, a photo is stored in one point and its calls are in the one before.
      period: Duration.hours(1),
      left: [callsPerPhoto(scope)],
    }),
  ];
}

function photoRow(scope: Construct): Figure[] {
  const counted = (name: 'LeaseContention' | 'LeaseTakeovers', label: string) =>
    ownMetric(scope, name, {}, { statistic: 'Sum', label });
  return [
    graph('Photos', 'photos', {
      width: 8,
      unit: 'photos',
      stacked: true,
      left: Object.values(byDimension(scope, 'Photos', 'Sum')),
    }),
    graph('From registration to photo', 'time-to-photo', {
      width: 8,
      unit: 'ms',
      left: spread(scope, 'TimeToPhoto'),
    }),
    graph('Leases', 'leases', {
      width: 8,
      unit: 'jobs',
      left: [
        counted('LeaseContention', 'met another worker'),
        counted('LeaseTakeovers', 'taken over from the dead'),
      ],
    }),
  ];
}

function renderRow(scope: Construct): Figure[] {
  return [
    graph('Time to render', 'rendering', {
      width: 12,
      unit: 'ms',
      left: spread(scope, 'RenderTime'),
    }),
    graph('Bytes of a picture', 'rendering', {
      width: 12,
      unit: 'bytes',
      left: Object.values(byDimension(scope, 'PictureBytes', 'Average')),
    }),
  ];
}

type Outcome = (typeof metrics.TelegramCalls.dimensions.Outcome)[number];

function calls(scope: Construct, Outcome: Outcome): MathExpression {
  const byMethod = metrics.TelegramCalls.dimensions.Method.map((Method) =>
    ownMetric(scope, 'TelegramCalls', { Method, Outcome }, { statistic: 'Sum' }),
  );
  return sumOf(byMethod, { prefix: Outcome, label: Outcome });
}

/** All calls, the vain ones and those for unchanged photos included, for each photo that came of them. */
function callsPerPhoto(scope: Construct): MathExpression {
  const outcomes = metrics.TelegramCalls.dimensions.Outcome;
  const { stored, refreshed } = byDimension(scope, 'Photos', 'Sum');
  const photos = [stored, refreshed].filter((metric) => metric !== undefined);
  return new MathExpression({
    expression: 'calls / photos',
    usingMetrics: {
      calls: sumOf(
        outcomes.map((outcome) => calls(scope, outcome)),
        { prefix: 'call' },
      ),
      photos: sumOf(photos, { prefix: 'photo' }),
    },
    label: 'calls per photo',
  });
}

function spread(scope: Construct, name: 'TimeToPhoto' | 'RenderTime') {
  return ['p50', 'p95', 'p99'].map((statistic) =>
    ownMetric(scope, name, {}, { statistic, label: statistic }),
  );
}
