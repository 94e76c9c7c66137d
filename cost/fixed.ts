// What a stack costs that nobody asks anything of: read from its template, so that an alarm more is a line more.

import { metrics } from '../core/metrics.ts';
import { defaults } from '../core/operator-settings.ts';
import { alwaysFree, prices } from '../lib/prices.ts';
import { assumptions } from './assumptions.ts';
import { billOf, totalOf } from './bill.ts';
import { invocation } from './invocation.ts';
import type { Measured } from './measured.ts';

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

const MILLION = 1_000_000;

const MINUTES_PER_MONTH = 30 * 24 * 60;

// A secret is remembered for five minutes (adapters/secret.ts).
const SECRET_READS = MINUTES_PER_MONTH / 5;

/** The lines of a stack's fixed cost; what is not there is none. */
export function fixedLines(template: Template, measured: Measured): FixedLine[] {
  const all = Object.values(template.Resources);
  const of: Find = (type) => all.filter(({ Type }) => Type === type);
  const lines = [...watching(of), ...secrets(of), ...rateRules(of), ...standing(of, measured)];
  return lines.filter(({ count }) => count > 0);
}

type Resource = Template['Resources'][string];
type Find = (type: string) => readonly Resource[];

function watching(of: Find): FixedLine[] {
  const customMetrics = metricCombinations() + of('AWS::Logs::MetricFilter').length;
  const alarmMetrics = of('AWS::CloudWatch::Alarm').map(metricsReadBy);
  const compositeAlarms = of('AWS::CloudWatch::CompositeAlarm').length;
  const dashboards = of('AWS::CloudWatch::Dashboard').length;
  const additional = of('AWS::CloudFront::MonitoringSubscription').length;
  return [
    line(
      'custom metrics',
      customMetrics,
      prices.cloudWatchMetricMonth,
      alwaysFree.cloudWatchMetrics,
    ),
    line(
      'metrics that alarms read',
      alarmMetrics.reduce((total, each) => total + each, 0),
      prices.cloudWatchAlarmMetricMonth,
      alwaysFree.cloudWatchAlarmMetrics,
    ),
    line('composite alarms', compositeAlarms, prices.cloudWatchCompositeAlarmMonth),
    // Three of an account are free, of up to 50 metrics each; this one has more.
    line('dashboards', dashboards, prices.cloudWatchDashboardMonth),
    line("sets of the edge's own metrics", additional, prices.cloudFrontAdditionalMetricsMonth),
  ];
}

function secrets(of: Find): FixedLine[] {
  // The bot token's is made by hand.
  const kept = of('AWS::SecretsManager::Secret').length + 1;
  const reads = kept * assumptions.secretReaders * SECRET_READS;
  return [
    line('secrets', kept, prices.secretMonth),
    line('reads of secrets', reads, prices.secretCallsPer10k / 10_000),
  ];
}

function rateRules(of: Find): FixedLine[] {
  const webAcls = of('AWS::WAFv2::WebACL');
  const rules = webAcls.flatMap(({ Properties }) => (Properties?.Rules as unknown[]) ?? []);
  return [
    line('web ACLs', webAcls.length, prices.wafWebAclMonth),
    line('rules of web ACLs', rules.length, prices.wafRuleMonth),
  ];
}

/** What runs by itself. What is free of SQS and Lambda is not taken off here, but off what is asked. */
function standing(of: Find, measured: Measured): FixedLine[] {
  const { pollersPerQueue, pollSeconds } = assumptions;
  const pollers = of('AWS::Lambda::EventSourceMapping').length * pollersPerQueue;
  const runs =
    of('AWS::Scheduler::Schedule').length * (MINUTES_PER_MONTH / defaults.warmEveryMinutes);
  const perRun =
    totalOf(billOf(invocation(measured, 'warmRun'), 'none')) +
    prices.schedulerInvocationsPerMillion / MILLION;
  return [
    line(
      'empty receives of queues',
      (pollers * MINUTES_PER_MONTH * 60) / pollSeconds,
      prices.sqsRequestsPerMillion / MILLION,
    ),
    line('runs of the schedule', runs, perRun),
  ];
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
function metricsReadBy({ Properties }: Resource): number {
  const parts = (Properties?.Metrics ?? []) as readonly { readonly MetricStat?: unknown }[];
  return Math.max(1, parts.filter(({ MetricStat }) => MetricStat).length);
}
