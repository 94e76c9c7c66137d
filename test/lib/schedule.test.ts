import { expect, it } from 'vitest';
import { defaults, ranges } from '../../core/operator-settings.ts';
import { functions, schedules } from '../../core/topology.ts';
import { readable, resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const { maximumRetries, target } = schedules.warm;
const everyMinutes = defaults.warmEveryMinutes;
const limits = {
  MaximumRetryAttempts: maximumRetries,
  MaximumEventAgeInSeconds: everyMinutes * 60,
};

it('runs warm-recent by the clock, and keeps a run that Lambda did not take', () => {
  const deployed = resources(template, 'AWS::Scheduler::Schedule');

  expect(readable(Object.values(deployed))).toMatchObject([
    {
      State: 'ENABLED',
      ScheduleExpression: `rate(${everyMinutes} minutes)`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'WarmRecentLive',
        RoleArn: 'WarmingRole.Arn',
        DeadLetterConfig: { Arn: 'WarmingDeadLetters.Arn' },
        RetryPolicy: limits,
      },
    },
  ]);
  expect(Object.keys(schedules)).toEqual(['warm']);
  expect(target).toBe('warmRecent');
});

it('keeps a run that the function failed, too: Scheduler does not see it, since it does not wait', () => {
  const configured = Object.values(resources(template, 'AWS::Lambda::EventInvokeConfig'));

  expect(readable(configured)).toEqual([
    {
      FunctionName: 'WarmRecentFunction',
      Qualifier: 'WarmRecentLive[7]',
      ...limits,
      DestinationConfig: { OnFailure: { Destination: 'WarmingDeadLetters.Arn' } },
    },
  ]);
});

it.each([
  ['1', 'rate(1 minute)', 60],
  ['360', 'rate(6 hours)', 21_600],
])('runs as often as the operator wants: every %s minutes', (minutes, rate, maximumAge) => {
  const set = synthesise({ warmEveryMinutes: minutes });

  const [deployed] = Object.values(resources(set, 'AWS::Scheduler::Schedule'));
  const [configured] = Object.values(resources(set, 'AWS::Lambda::EventInvokeConfig'));
  expect(deployed).toMatchObject({ ScheduleExpression: rate });
  expect(configured).toMatchObject({ MaximumEventAgeInSeconds: maximumAge });
});

it('ends a run before the next one starts', () => {
  expect(functions[target].timeoutSeconds).toBeLessThan(ranges.warmEveryMinutes.least * 60);
});

it('lends its role to schedules of this account alone', () => {
  const { AssumeRolePolicyDocument } = resource(template, 'AWS::IAM::Role', 'WarmingRole');

  expect(readable(AssumeRolePolicyDocument)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:SourceAccount': 'AWS::AccountId',
            'aws:SourceArn':
              'arn:AWS::Partition:scheduler:AWS::Region:AWS::AccountId:schedule-group/default',
          },
        },
      },
    ],
  });
});
