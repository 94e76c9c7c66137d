import { expect, it } from 'vitest';
import { readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const filters = Object.values(resources(template, 'AWS::Logs::MetricFilter'));

it.each(['TelegramThrottled', 'TelegramUnauthorized'])('counts %s in fetch-photo’s log', (name) => {
  const named = filters.filter(({ FilterPattern }) => String(FilterPattern).includes(name));

  expect(readable(named)).toEqual([
    {
      FilterPattern: `{ $.error.name = "${name}" }`,
      LogGroupName: 'FetchPhotoLog',
      MetricTransformations: [{ MetricNamespace: 'cameo', MetricName: name, MetricValue: '1' }],
    },
  ]);
  expect(filters).toHaveLength(2);
});

it('raises one alarm, at the first refusal of the token, and none while nothing is logged', () => {
  expect(Object.values(resources(template, 'AWS::CloudWatch::Alarm'))).toMatchObject([
    {
      Namespace: 'cameo',
      MetricName: 'TelegramUnauthorized',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  ]);
});
