// The alarms of the stack, by the stack's own list of its parts: does one ring, and would anybody hear it?

import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import type { Check } from './check.ts';
import { bringUp } from './commands.ts';
import { failed, ok, skipped, warning } from './finding.ts';
import type { StackAlarm } from './stack-alarms.ts';
import type { Subject } from './subject.ts';

const NO_ALARMS = 'alarms are of CloudWatch, which a Cameo on this machine has not';

/** None rings. */
export const alarms: Check = {
  name: 'alarms',
  title: 'Alarms',
  asks: "Does none of the stack's alarms ring, and may each of them act?",
  async look(subject) {
    if (!subject.stack) return skipped(NO_ALARMS);
    const found = await subject.alarms.own();
    const details = found.map(({ name, isRinging }) => `${name}${isRinging ? ' rings' : ''}`);
    const ringing = namesOf(found, ({ isRinging }) => isRinging);
    if (ringing.length > 0) {
      return failed(
        `${ringing.length} of ${found.length} ${ringing.length === 1 ? 'rings' : 'ring'}: ${ringing.join(', ')}`,
        {
          text: 'The description of each says what it means, and where docs/runbook.md has its first command and its fix.',
          command: `aws cloudwatch describe-alarms --alarm-names ${ringing.join(' ')}`,
        },
        details,
      );
    }
    const mute = namesOf(found, ({ mayAct }) => !mayAct);
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
        command: bringUp(subject),
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
    const found = await subject.alarms.get();
    const topics = [...new Set(found.flatMap(({ actions }) => actions.filter(isTopic)))];
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
        text: 'Set alarmEmail or alarmTopicArn in cdk.json, and deploy. A topic of your own needs a subscriber.',
        command: bringUp(subject),
      });
    }
    return ok(`${all.length} told when an alarm rings`, details);
  },
};

function namesOf(found: readonly StackAlarm[], is: (alarm: StackAlarm) => boolean): string[] {
  return found.filter(is).map(({ name }) => name);
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
