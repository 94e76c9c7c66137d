// How many of those who ask serve-photo for a photo that exists get it. The edge's own hits are not among them.

import type { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { HITS, MISSES } from '../core/metrics.ts';
import { ownMetric } from './own-metrics.ts';

/** Among fewer answers than this, ten new partners would be a low rate. */
const LEAST_ANSWERS = 100;

const KINDS = [...HITS, ...MISSES] as const;

const ASKED = answersOf(KINDS);

/** Misses out of hits and misses, in per cent; 0 where there are too few to tell. */
export function missShare(scope: Construct, period: Duration): MathExpression {
  return new MathExpression({
    // Misses, not hits, are counted out: with no hit at all there would be nothing to divide, and so no alarm.
    expression: `IF(${ASKED} >= ${LEAST_ANSWERS}, 100 * ${answersOf(MISSES)} / ${ASKED}, 0)`,
    usingMetrics: counted(scope),
    label: 'misses, %',
    period,
  });
}

/** Hits out of hits and misses, in per cent, however few. */
export function hitShare(scope: Construct): MathExpression {
  return new MathExpression({
    expression: `100 * ${answersOf(HITS)} / ${ASKED}`,
    usingMetrics: counted(scope),
    label: 'photos that were there, %',
  });
}

/** An hour without answers of a kind has no point of it, and must not take those of the others away: hence FILL. */
function answersOf(kinds: readonly (typeof KINDS)[number][]): string {
  return `SUM([${kinds.map((kind) => `FILL(${idOf(kind)}, 0)`).join(', ')}])`;
}

function counted(scope: Construct): Record<string, Metric> {
  const metrics = KINDS.map((Answer) => {
    return [idOf(Answer), ownMetric(scope, 'Answers', { Answer }, { statistic: 'Sum' })] as const;
  });
  return Object.fromEntries(metrics);
}

/** Ids of CloudWatch's metric math have no hyphen. */
function idOf(kind: (typeof KINDS)[number]): string {
  return kind.replace('-', '_');
}
