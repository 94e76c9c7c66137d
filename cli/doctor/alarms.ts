// The alarms of the stack, by the stack's own list of its parts: does one ring, and would anybody hear it?

import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import type { Check } from './check.ts';
import { failed, ok, skipped, warning } from './finding.ts';
import type { Subject } from './subject.ts';

const NO_ALARMS = 'alarms are of CloudWatch, which a Cameo on this machine has not';

/** None rings. */
export const alarms: Check = {
  name: 'alarms',
  title: 'Alarms',
  asks: "Does none of the stack's alarms ring, and may each of them act?",
  async look(subject) {
    if (!subject.stack) return skipped(NO_ALARMS);
    const found = await alarmsOf(subject);
    const details = found.map(({ AlarmName, StateValue }) => `${AlarmName}: ${StateValue}`);
    const ringing = namesOf(found, ({ StateValue }) => StateValue === 'ALARM');
    if (ringing.length > 0) {
      return failed(
        `${ringing.length} of ${found.length} ring: ${ringing.join(', ')}`,
        {
          text: 'The description of each says what it means, and the runbook in docs/ has its first command.',
          command: `aws cloudwatch describe-alarms --alarm-names ${ringing.join(' ')}`,
        },
        details,
      );
    }
    const mute = namesOf(found, ({ ActionsEnabled }) => ActionsEnabled === false);
    if (mute.length > 0) {
      return warning(
        `the actions of ${mute.length} are switched off`,
        {
          text: 'Switch them on again, if whoever switched them off is done.',
          command: `aws cloudwatch enable-alarm-actions --alarm-names ${mute.join(' ')}`,
        },
        details,
      );
    }
    if (found.length === 0) {
      return warning('the stack has none', {
        text: 'Deploy this release, which brings them.',
        command: `npx cdk deploy ${subject.stack}`,
      });
    }
    return ok(`${found.length}, none rings`, details);
  },
};

/** Somebody hears them. */
export const subscriptions: Check = {
  name: 'subscriptions',
  title: 'Notified',
  asks: 'Is somebody told when an alarm rings, and has everybody confirmed?',
  async look(subject) {
    if (!subject.stack) return skipped(NO_ALARMS);
    const found = await alarmsOf(subject);
    const topics = [
      ...new Set(found.flatMap(({ AlarmActions = [] }) => AlarmActions.filter(isTopic))),
    ];
    const all = (await Promise.all(topics.map((topic) => subscribersOf(subject, topic)))).flat();
    const details = all.map(
      ({ protocol, isConfirmed }) => `${protocol}: ${isConfirmed ? 'confirmed' : 'not confirmed'}`,
    );
    const waiting = all.filter(({ isConfirmed }) => !isConfirmed).length;
    if (waiting > 0) {
      return failed(
        `${waiting} of ${all.length} did not confirm`,
        {
          text: 'Whoever it is opens the mail "AWS Notification - Subscription Confirmation" and follows its link. After three days it has run out: deploy again.',
        },
        details,
      );
    }
    if (all.length === 0) {
      return warning('nobody is told when an alarm rings', {
        text: 'Set an address for alarms in cdk.json, or subscribe to the topic, and deploy.',
        command: `npx cdk deploy ${subject.stack}`,
      });
    }
    return ok(`${all.length} told when an alarm rings`, details);
  },
};

/** The names of a stack's alarms may begin as those of another stack do, so the stack is asked for its own. */
async function alarmsOf({ stack = '', cameo, aws }: Subject): Promise<MetricAlarm[]> {
  const { clients } = await cameo.get();
  const { region } = await aws.get();
  const names: string[] = [];
  const pages = paginateListStackResources(
    { client: new CloudFormationClient({ region }) },
    { StackName: stack },
  );
  for await (const { StackResourceSummaries = [] } of pages) {
    for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries) {
      if (ResourceType === 'AWS::CloudWatch::Alarm' && PhysicalResourceId)
        names.push(PhysicalResourceId);
    }
  }
  if (names.length === 0) return [];
  // A call takes a hundred names; a stack has a dozen.
  const { MetricAlarms = [] } = await clients.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: names.slice(0, 100), MaxRecords: 100 }),
  );
  return MetricAlarms;
}

function namesOf(found: readonly MetricAlarm[], is: (alarm: MetricAlarm) => boolean): string[] {
  return found.filter(is).map(({ AlarmName = '' }) => AlarmName);
}

function isTopic(action: string): boolean {
  return /^arn:[^:]+:sns:/.test(action);
}

async function subscribersOf({ aws }: Subject, topic: string) {
  const { region } = await aws.get();
  const pages = paginateListSubscriptionsByTopic(
    { client: new SNSClient({ region }) },
    { TopicArn: topic },
  );
  const found: { protocol: string; isConfirmed: boolean }[] = [];
  for await (const { Subscriptions = [] } of pages) {
    for (const { Protocol = '', SubscriptionArn = '' } of Subscriptions) {
      found.push({ protocol: Protocol, isConfirmed: SubscriptionArn.startsWith('arn:') });
    }
  }
  return found;
}
