import { expect, test } from 'vitest';
import { metrics } from '../../core/metrics.ts';
import { fixedLines, metricCombinations } from '../../cost/fixed.ts';
import { readMeasured } from '../../cost/measured.ts';
import { prices } from '../../lib/prices.ts';

const measured = readMeasured();

function linesOf(...resources: [Type: string, Properties?: Record<string, unknown>][]) {
  const entries = resources.map(([Type, Properties = {}], index) => [
    `R${index}`,
    { Type, Properties },
  ]);
  const lines = fixedLines({ Resources: Object.fromEntries(entries) }, measured);
  return Object.fromEntries(lines.map(({ what, ...line }) => [what, line]));
}

test('each combination of dimension values is a metric', () => {
  const { Method, Outcome } = metrics.TelegramCalls.dimensions;
  const { TelegramCalls: _, ...others } = metrics;

  const ofOthers = Object.values(others).map(
    ({ dimensions }) => Object.values(dimensions).flat().length || 1,
  );
  const expected = ofOthers.reduce((sum, one) => sum + one, Method.length * Outcome.length);
  expect(metricCombinations()).toBe(expected);
});

test('an alarm costs by the metrics that it reads', () => {
  const { 'metrics that alarms read': alarms } = linesOf(
    ['AWS::CloudWatch::Alarm', { MetricName: 'Errors' }],
    [
      'AWS::CloudWatch::Alarm',
      { Metrics: [{ Expression: 'a / b' }, { MetricStat: {} }, { MetricStat: {} }] },
    ],
  );

  expect(alarms).toMatchObject({ count: 3, dollars: expect.closeTo(0.3), dollarsBeyondFree: 0 });
});

test('the bot token is a secret like those of the stack', () => {
  const { secrets } = linesOf(['AWS::SecretsManager::Secret'], ['AWS::SecretsManager::Secret']);

  expect(secrets).toMatchObject({ count: 3, dollars: expect.closeTo(1.2) });
});

test('a rate rule costs its web ACL and itself', () => {
  const lines = linesOf(['AWS::WAFv2::WebACL', { Rules: [{}] }]);

  expect(lines['web ACLs']?.dollars).toBe(prices.wafWebAclMonth);
  expect(lines['rules of web ACLs']?.dollars).toBe(prices.wafRuleMonth);
});

test('a queue costs the asking, and the schedule its runs', () => {
  const lines = linesOf(['AWS::Lambda::EventSourceMapping'], ['AWS::Scheduler::Schedule']);

  // Five pollers, three times a minute; one run in five minutes.
  expect(lines['empty receives of queues']?.count).toBe(5 * 3 * 60 * 24 * 30);
  expect(lines['runs of the schedule']?.count).toBe(12 * 24 * 30);
});

test('what is not there is no line', () => {
  expect(Object.keys(linesOf())).toEqual(['custom metrics', 'secrets', 'reads of secrets']);
});
