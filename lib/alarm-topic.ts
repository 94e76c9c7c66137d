// Where alarms go: a topic of our own that sends e-mail, the operator's own topic, or nowhere.

import { Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Notify } from './settings.ts';

/**
 * Finds the operator's topic, or creates one that takes the stack's alarms alone, by TLS alone, and sends them to the
 * address once its owner has confirmed. Stateful for its confirmation: a new topic asks for a new one.
 */
export function alarmTopic(scope: Construct, notify: Notify | undefined): ITopic | undefined {
  if (!notify) return undefined;
  if ('topicArn' in notify) return Topic.fromTopicArn(scope, 'AlarmTopic', notify.topicArn);
  const topic = new Topic(scope, 'AlarmTopic', { displayName: 'Cameo', enforceSSL: true });
  topic.addSubscription(new EmailSubscription(notify.email));
  topic.addToResourcePolicy(
    // A policy of our own takes the place of the one that lets the account's alarms in.
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': alarmsOf(scope) },
      },
    }),
  );
  return topic;
}

function alarmsOf(scope: Construct): string {
  const { partition, region, account, stackName } = Stack.of(scope);
  return `arn:${partition}:cloudwatch:${region}:${account}:alarm:${stackName}-*`;
}
