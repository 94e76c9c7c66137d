// The alarms of a stack, by the stack's own list of its parts: another stack's names may begin in the same way.

import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';

// DescribeAlarms takes no more names; a stack has a dozen.
const MAX_ALARMS = 100;

/** The metric alarms of the stack. Rejects with the SDK's errors. */
export async function stackAlarms(
  cloudWatch: CloudWatchClient,
  region: string,
  stack: string,
): Promise<MetricAlarm[]> {
  const client = new CloudFormationClient({ region });
  const names: string[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (ResourceType !== 'AWS::CloudWatch::Alarm' || !PhysicalResourceId) continue;
      names.push(PhysicalResourceId);
    }
  }
  // Without names it would tell of every alarm in the account.
  if (names.length === 0) return [];
  const { MetricAlarms = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({
      AlarmNames: names.slice(0, MAX_ALARMS),
      MaxRecords: MAX_ALARMS,
    }),
  );
  return MetricAlarms;
}
