// What a stack costs that nobody asks anything of: read from its template, so that an alarm more is a line more.

import { metrics } from '../core/metrics.ts';
import { schedules } from '../core/topology.ts';
import { alwaysFree, prices } from '../lib/prices.ts';
import { assumptions } from './assumptions.ts';
import { billOf, totalOf } from './bill.ts';
import type { Measured } from './measured.ts';
import { invocation, NOTHING, type Usage } from './usage.ts';

/** A CloudFormation template, as far as it is read. */
export interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }
    >
  >;
}

/** A line of the fixed cost: so many of something, and dollars a month with and without what is always free. */
export interface FixedLine {
  readonly what: string;
  readonly count: number;
  readonly dollars: number;
  readonly dollarsBeyondFree: number;
}

const MINUTES_PER_MONTH = 30 * 24 * 60;

// A secret is remembered for five minutes (adapters/secret.ts).
const SECRET_READS = MINUTES_PER_MONTH / 5;

/** The lines of a stack's fixed cost. */
export function fixedLines(template: Template, measured: Measured): FixedLine[] {
  const all = Object.values(template.Resources);
  const of = (type: string) => all.filter(({ Type }) => Type === type);
  // The bot token's is made by hand.
  const secrets = of('AWS::SecretsManager::Secret').length + 1;
  const alarmMetrics = of('AWS::CloudWatch::Alarm').reduce(
    (total, { Properties }) => total + metricsReadBy(Properties),
    0,
  );
  const customMetrics = metricCombinations() + of('AWS::Logs::MetricFilter').length;
  const webAcls = of('AWS::WAFv2::WebACL');
  const rules = webAcls.flatMap(({ Properties }) => (Properties?.Rules as unknown[]) ?? []);
  const standing = standingUsage(measured, of('AWS::Lambda::EventSourceMapping').length);
  return [
    line(
      'custom metrics',
      customMetrics,
      prices.cloudWatchMetricMonth,
      alwaysFree.cloudWatchMetrics,
    ),
    line(
      'metrics that alarms read',
      alarmMetrics,
      prices.cloudWatchAlarmMetricMonth,
      alwaysFree.cloudWatchAlarmMetrics,
    ),
    line(
      'composite alarms',
      of('AWS::CloudWatch::CompositeAlarm').length,
      prices.cloudWatchCompositeAlarmMonth,
    ),
    line(
      'dashboards',
      of('AWS::CloudWatch::Dashboard').length,
      prices.cloudWatchDashboardMonth,
      alwaysFree.cloudWatchDashboards,
    ),
    line(
      "the distribution's additional metrics",
      of('AWS::CloudFront::MonitoringSubscription').length,
      prices.cloudFrontAdditionalMetricsMonth,
    ),
    line('secrets', secrets, prices.secretMonth),
    line(
      'reads of secrets',
      secrets * assumptions.secretReaders * SECRET_READS,
      prices.secretCallsPer10k / 10_000,
    ),
    line('web ACLs', webAcls.length, prices.wafWebAclMonth),
    line('rules of web ACLs', rules.length, prices.wafRuleMonth),
    {
      what: 'empty receives of queues',
      count: standing.sqsRequests,
      dollars: (standing.sqsRequests / 1e6) * prices.sqsRequestsPerMillion,
      dollarsBeyondFree: totalOf(
        billOf({ ...NOTHING, sqsRequests: standing.sqsRequests }, 'always-free'),
      ),
    },
    {
      what: 'runs of the schedule',
      count: standing.lambdaRequests,
      ...runDollars({ ...standing, sqsRequests: 0 }),
    },
  ].filter(({ count }) => count > 0);
}

/** How many metrics CloudWatch bills for those of core/metrics.ts: each combination of dimension values is one. */
export function metricCombinations(): number {
  return Object.values(metrics).reduce((total, { dimensions }) => {
    const values = Object.values<readonly string[]>(dimensions);
    return total + values.reduce((product, each) => product * each.length, 1);
  }, 0);
}

function line(what: string, count: number, price: number, free = 0): FixedLine {
  const paid = Math.max(0, count - free);
  return { what, count, dollars: count * price, dollarsBeyondFree: paid * price };
}

/** An alarm over an expression pays for each metric in it. */
function metricsReadBy(properties: Readonly<Record<string, unknown>> | undefined): number {
  const parts = (properties?.Metrics ?? []) as readonly { readonly MetricStat?: unknown }[];
  return Math.max(1, parts.filter(({ MetricStat }) => MetricStat).length);
}

/** What runs by itself: the schedule, and Lambda's pollers of the queues. */
function standingUsage(measured: Measured, queueCount: number): Usage {
  const { pollersPerQueue, pollSeconds } = assumptions;
  const runs = Object.values(schedules).reduce(
    (total, { everyMinutes }) => total + MINUTES_PER_MONTH / everyMinutes,
    0,
  );
  const run = invocation(measured, 'warmRun');
  const perRun = Object.entries(run).map(([name, used]) => [name, used * runs]);
  const polls = (queueCount * pollersPerQueue * MINUTES_PER_MONTH * 60) / pollSeconds;
  return { ...(Object.fromEntries(perRun) as unknown as Usage), sqsRequests: polls };
}

function runDollars(runs: Usage) {
  const scheduled = (runs.lambdaRequests / 1e6) * prices.schedulerInvocationsPerMillion;
  return {
    dollars: totalOf(billOf(runs, 'none')) + scheduled,
    dollarsBeyondFree: totalOf(billOf(runs, 'always-free')),
  };
}
