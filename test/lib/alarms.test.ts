import { describe, expect, it } from 'vitest';
import { ranges } from '../../core/operator-settings.ts';
import {
  alarmNameOf,
  type Properties,
  readable,
  resource,
  resources,
  synthesise,
} from './synthesise.ts';

const EMAIL = 'ops@example.com';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const template = synthesise();
const alarms = byName(template);

describe('the alarms', () => {
  it.each([
    ['errors', 'above 1 for 2 × 300 s'],
    ['slow-hits', 'above 100 for 3 × 300 s'],
    ['dead-letters-fetch', 'above 0 for 1 × 300 s'],
    ['dead-letters-warm', 'above 0 for 1 × 300 s'],
    ['dead-letters-erase', 'above 0 for 1 × 300 s'],
    ['dead-letters-schedule', 'above 0 for 1 × 300 s'],
    ['oldest-message', 'above 60 for 5 × 60 s'],
    ['telegram-paused', 'above 300 for 1 × 900 s'],
    ['telegram-unauthorized', 'above 0 for 1 × 300 s'],
    ['many-misses', 'above 10 for 2 × 3600 s'],
  ])('%s ring %s, and never for want of data', (id, rule) => {
    const alarm = alarms[`cameo-${id}`];

    expect(ruleOf(alarm)).toBe(rule);
    expect(alarm).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('are these, the one that is made of two, its other half, and those of releases', () => {
    const others = Object.keys(alarms).filter((name) => !name.startsWith('cameo-release-'));

    expect(others).toHaveLength(12);
    expect(others).toEqual(expect.arrayContaining(['cameo-low-hit-rate', 'cameo-first-day']));
  });

  it('let one error among three requests pass, and hits and misses that are too few', () => {
    expect(expressionOf('errors')).toBe('IF(errors >= 5, 100 * errors / requests, 0)');
    expect(expressionOf('slow-hits')).toBe('IF(hits >= 50, p95, 0)');
    expect(expressionOf('many-misses')).toMatch(/^IF\(SUM\(\[.+\]\) >= 100, .+, 0\)$/);
  });

  it('ring when nothing but misses is left, of whatever kinds: what is divided is what is missed', () => {
    expect(expressionOf('many-misses')).toContain(
      '100 * SUM([FILL(pending, 0), FILL(limited, 0), FILL(unavailable, 0)]) /',
    );
  });

  it('look at every dead-letter queue, the schedule’s included', () => {
    const watched = Object.entries(alarms)
      .filter(([name]) => name.includes('dead-letters'))
      .map(([, { Dimensions }]) => JSON.stringify(readable(Dimensions)));

    const deadLetters = Object.keys(resources(template, 'AWS::SQS::Queue')).filter((id) =>
      id.endsWith('DeadLetters'),
    );
    expect(deadLetters).toHaveLength(watched.length);
    for (const id of deadLetters) expect(watched.join()).toContain(`"${id}.QueueName"`);
  });

  it('tell of a refused token and of a pause by what pauses the fleet', () => {
    const reason = (id: string) => alarms[`cameo-${id}`]?.Dimensions;

    expect(alarms['cameo-telegram-unauthorized']).toMatchObject({
      Namespace: 'cameo',
      MetricName: 'TelegramPause',
      Statistic: 'SampleCount',
    });
    expect(reason('telegram-unauthorized')).toEqual([{ Name: 'Reason', Value: 'unauthorized' }]);
    expect(reason('telegram-paused')).toEqual([{ Name: 'Reason', Value: 'throttled' }]);
  });

  it('keep silent about misses on the first day, which half a day without a run before it tells', () => {
    const rule = readable(alarms['cameo-low-hit-rate']?.AlarmRule);

    expect(rule).toBe(
      '(ALARM("WatchAlarmsmanymisses.Arn") AND (NOT (ALARM("WatchAlarmsfirstday.Arn"))))',
    );
    expect(alarms['cameo-first-day']).toMatchObject({
      MetricName: 'Invocations',
      Period: 12 * 60 * 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    // A run that comes a little late is still in every window.
    expect(12 * 60).toBeGreaterThan(ranges.warmEveryMinutes.most);
  });

  it('are metrics of the stack’s own region: an alarm can look into no other', () => {
    expect(JSON.stringify(alarms)).not.toContain('AWS/CloudFront');
    expect(JSON.stringify(alarms)).not.toContain('us-east-1');
  });

  it('are ten metrics each at most, which is what CloudWatch takes', () => {
    for (const { Metrics } of Object.values(alarms)) {
      const stats = ((Metrics ?? []) as Properties[]).filter(({ MetricStat }) => MetricStat);
      expect(stats.length).toBeLessThanOrEqual(10);
    }
  });
});

describe('whom alarms tell', () => {
  const SILENT = /-(many-misses|first-day|release-[a-z-]+)$/;

  it('is nobody without a setting', () => {
    template.resourceCountIs('AWS::SNS::Topic', 0);
    expect(told(template)).toEqual([]);
    expect(outputOf(template, 'AlarmTopicArn')).toBe('none');
  });

  it('is an address by a topic, each but the halves and those of releases', () => {
    const mailed = synthesise({ alarmEmail: EMAIL });

    expect(Object.values(resources(mailed, 'AWS::SNS::Subscription'))).toMatchObject([
      { Protocol: 'email', Endpoint: EMAIL },
    ]);
    expect(told(mailed)).toEqual(
      Object.keys(alarms)
        .filter((name) => !SILENT.test(name))
        .sort(),
    );
    expect(outputOf(mailed, 'AlarmTopicArn')).toBe('WatchAlarmTopic');
  });

  it('is the operator’s own topic', () => {
    const topical = synthesise({ alarmTopicArn: TOPIC });

    topical.resourceCountIs('AWS::SNS::Topic', 0);
    expect(byName(topical)['cameo-errors']).toMatchObject({ AlarmActions: [TOPIC] });
    expect(told(topical)).toHaveLength(10);
    expect(outputOf(topical, 'AlarmTopicArn')).toBe(TOPIC);
  });

  it('is reached by TLS alone, by the alarms of this stack alone', () => {
    const mailed = synthesise({ alarmEmail: EMAIL });
    const { PolicyDocument } = resource(mailed, 'AWS::SNS::TopicPolicy', 'WatchAlarmTopicPolicy');
    const { Statement } = readable(PolicyDocument) as { Statement: Properties[] };

    expect(Statement).toHaveLength(2);
    expect(Statement).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          Effect: 'Deny',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': 'AWS::AccountId' },
            ArnLike: {
              'aws:SourceArn':
                'arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:cameo-*',
            },
          },
        }),
      ]),
    );
  });
});

describe('the budget', () => {
  it('is none by default', () => {
    template.resourceCountIs('AWS::Budgets::Budget', 0);
  });

  it.each([
    ['alarmEmail', EMAIL, 'EMAIL'],
    ['alarmTopicArn', TOPIC, 'SNS'],
  ])('tells %s when the month will cost more, and when it has', (setting, address, how) => {
    const budgeted = synthesise({ [setting]: address, monthlyBudgetUsd: 20 });
    const [budget] = Object.values(resources(budgeted, 'AWS::Budgets::Budget'));
    const subscribers = [{ Address: address, SubscriptionType: how }];

    expect(budget).toMatchObject({
      Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 20, Unit: 'USD' } },
      NotificationsWithSubscribers: [
        { Notification: { NotificationType: 'FORECASTED' }, Subscribers: subscribers },
        { Notification: { NotificationType: 'ACTUAL' }, Subscribers: subscribers },
      ],
    });
  });

  it('has no name of its own: for whom to tell, CloudFormation makes another before it drops this one', () => {
    const budgeted = synthesise({ alarmEmail: EMAIL, monthlyBudgetUsd: 20 });
    const [budget] = Object.values(resources(budgeted, 'AWS::Budgets::Budget'));

    expect(budget?.Budget).not.toHaveProperty('BudgetName');
  });

  it('is of the whole account: a filter by a tag that nobody activated counts nothing', () => {
    const budgeted = synthesise({ alarmEmail: EMAIL, monthlyBudgetUsd: 20 });

    expect(JSON.stringify(budgeted.findResources('AWS::Budgets::Budget'))).not.toMatch(/Filter/);
  });
});

function byName(of: typeof template): Record<string, Properties> {
  const all = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    Object.values(resources(of, type)),
  );
  const ours = all.filter(({ AlarmName }) => AlarmName);
  return Object.fromEntries(ours.map((alarm) => [alarmNameOf(alarm), alarm]));
}

function told(of: typeof template): string[] {
  const alarmed = Object.entries(byName(of)).filter(([, { AlarmActions }]) => AlarmActions);
  return alarmed.map(([name]) => name).sort();
}

/** `above <threshold> for <periods> × <seconds>`. */
function ruleOf({ Threshold, EvaluationPeriods, Period, Metrics }: Properties = {}): string {
  const periods = ((Metrics ?? []) as { MetricStat?: { Period: number } }[])
    .map(({ MetricStat }) => MetricStat?.Period)
    .filter((seconds) => seconds !== undefined);
  const seconds = [...new Set(Period === undefined ? periods : [Period])];
  return `above ${Threshold} for ${EvaluationPeriods} × ${seconds.join()} s`;
}

function expressionOf(id: string): string {
  const { Metrics } = alarms[`cameo-${id}`] ?? {};
  const found = (Metrics as { Expression?: string }[]).find(({ Expression }) => Expression);
  return found?.Expression ?? '';
}

function outputOf(of: typeof template, name: string): unknown {
  return readable(of.toJSON().Outputs[name].Value);
}
