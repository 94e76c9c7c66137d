// The alarms of a stack, by the stack's own list of its parts: another stack's names may begin in the same way.

import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';

/** An alarm, of a metric or of other alarms. */
export interface StackAlarm {
  readonly name: string;
  readonly isRinging: boolean;
  readonly mayAct: boolean;
  /** ARNs of what is told when it rings. */
  readonly actions: readonly string[];
}

const ALARM_TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

// DescribeAlarms takes no more names; a stack has a dozen or two.
const MAX_ALARMS = 100;

/** The stack's alarms but for those that are only looked at by others. Rejects with the SDK's errors. */
export async function stackAlarms(
  cloudWatch: CloudWatchClient,
  region: string,
  stack: string,
): Promise<StackAlarm[]> {
  const names = await alarmNames(new CloudFormationClient({ region }), stack);
  // Without names it would tell of every alarm in the account.
  if (names.length === 0) return [];
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({
      AlarmNames: names.slice(0, MAX_ALARMS),
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: MAX_ALARMS,
    }),
  );
  const rules = CompositeAlarms.map(({ AlarmRule = '' }) => AlarmRule).join();
  const isLookedAt = ({ AlarmArn = '' }: MetricAlarm) => rules.includes(`"${AlarmArn}"`);
  const others = MetricAlarms.filter((alarm) => !isLookedAt(alarm));
  return [...others, ...CompositeAlarms].map(alarmOf);
}

async function alarmNames(client: CloudFormationClient, stack: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    for (const { ResourceType = '', PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (!ALARM_TYPES.includes(ResourceType) || !PhysicalResourceId) continue;
      // Of a metric alarm it is the name, of a composite one the ARN.
      names.push(PhysicalResourceId.replace(/^arn:.*:alarm:/, ''));
    }
  }
  return names;
}

function alarmOf(alarm: MetricAlarm | CompositeAlarm): StackAlarm {
  const { AlarmName: name = '', StateValue, ActionsEnabled, AlarmActions: actions = [] } = alarm;
  return { name, isRinging: StateValue === 'ALARM', mayAct: ActionsEnabled !== false, actions };
}
