// What the alarms and the dashboard look at, and the numbers of AWS's own that both read.

import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../core/topology.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Stores } from './permissions.ts';

/** The boxes that can be looked at. */
export interface Watched {
  readonly stores: Stores;
  // The names of its environment variables do not matter here.
  readonly functions: Readonly<Record<FunctionName, LambdaFunction<never>>>;
  readonly api: HttpApi;
  readonly distribution: Distribution;
}

/** Below so many errors in a period none is worth waking anybody: one of three requests at night is 33 %. */
const WORTH_WAKING_ERRORS = 5;

/**
 * Which share of the API's answers is a 5xx, in per cent; 0 for a handful. What the edge has or S3 answers is not
 * among them: CloudFront's numbers are in us-east-1, where no alarm of another region can look.
 */
export function apiErrorShare(api: HttpApi, period: Duration): MathExpression {
  return new MathExpression({
    expression: `IF(errors >= ${WORTH_WAKING_ERRORS}, 100 * errors / requests, 0)`,
    usingMetrics: {
      errors: api.metricServerError({ statistic: 'Sum' }),
      requests: api.metricCount({ statistic: 'Sum' }),
    },
    label: 'of the API, %',
    period,
  });
}

/** Where CloudFront counts, wherever the stack is. */
export const EDGE_METRICS_REGION = 'us-east-1';

/** A number of CloudFront's. All of them are in us-east-1: a dashboard may show them, an alarm elsewhere may not. */
export function edgeMetric(
  { distributionId }: Distribution,
  metricName: string,
  line: { statistic: string; label: string },
): Metric {
  return new Metric({
    namespace: 'AWS/CloudFront',
    metricName,
    dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
    region: EDGE_METRICS_REGION,
    period: Duration.minutes(5),
    ...line,
  });
}

/** All dead-letter queues by what they are of, the schedule's included. */
export function deadLetterQueues({ queues, schedules }: Stores) {
  return {
    fetch: queues.fetch.deadLetters,
    warm: queues.warm.deadLetters,
    erase: queues.erase.deadLetters,
    schedule: schedules.warm.deadLetters,
  };
}
