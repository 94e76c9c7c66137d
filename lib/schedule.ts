// A function that runs by the clock, as core/topology.ts declares it, and where the runs go that failed.

import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule as CdkSchedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ScheduleDeclaration } from '../core/topology.ts';
import { SAFE_QUEUE } from './job-queue.ts';

/** A schedule as declared, and how often the operator wants it to run. */
export interface ScheduleProps extends ScheduleDeclaration {
  readonly everyMinutes: number;
}

/**
 * Creates the dead-letter queue of a schedule, encrypted and TLS only; grants nothing until `invoke`.
 * Stateful for as long as dead letters wait; no work is lost with them, since the next run does the same.
 */
export class Schedule extends Construct {
  /** Where both failures go: a run that Lambda did not take, and one that the function failed. */
  readonly deadLetters: Queue;
  readonly #props: ScheduleProps;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    this.#props = props;
    this.deadLetters = new Queue(this, 'DeadLetters', SAFE_QUEUE);
  }

  /**
   * Creates the schedule, and a role for EventBridge Scheduler that may invoke this function and tell these
   * dead letters. The function's own permissions must include sending to them, too.
   *
   * Scheduler invokes asynchronously: for Scheduler all is well as soon as Lambda has taken the event (AWS,
   * "Invoke a Lambda function on a schedule"). So the same limits are set twice, and Lambda's count where the
   * function throws or times out.
   */
  invoke(target: IFunction): void {
    const { everyMinutes, maximumRetries } = this.#props;
    const limits = { retryAttempts: maximumRetries, maxEventAge: Duration.minutes(everyMinutes) };
    target.configureAsyncInvoke({
      ...limits,
      // The CDK's SqsDestination would attach a policy of its own to the function's exact role.
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
    });
    new CdkSchedule(this, 'Schedule', {
      schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
      target: new LambdaInvoke(target, {
        ...limits,
        deadLetterQueue: this.deadLetters,
        role: this.#role(target),
      }),
    });
  }

  /** A role of our own: the one that the CDK makes may invoke every version and alias of the function. */
  #role(target: IFunction) {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: ownSchedulesOnly(this) },
      }),
      inlinePolicies: {
        exact: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [target.functionArn],
            }),
            new PolicyStatement({
              actions: ['sqs:SendMessage'],
              resources: [this.deadLetters.queueArn],
            }),
          ],
        }),
      },
    });
    return role.withoutPolicyUpdates();
  }
}

/** Against the confused deputy; a schedule is named by its group (EventBridge Scheduler User Guide). */
function ownSchedulesOnly(scope: Construct): Record<string, string> {
  return {
    'aws:SourceAccount': Aws.ACCOUNT_ID,
    'aws:SourceArn': Stack.of(scope).formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
    }),
  };
}
