// How new code goes live: a tenth of what invokes a function tries it for five minutes, and it goes back by itself
// when the new version fails.

import { ArnFormat, Aws, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import {
  type IRole,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { MOST_ERRORS_PERCENT } from '../core/alarm-thresholds.ts';
import { functions as declared, type FunctionName, routes } from '../core/topology.ts';
import { type LambdaFunction, LIVE } from './lambda-function.ts';
import { runbookPath } from './runbook.ts';
import { apiErrorShare, type Watched } from './watched.ts';

// Secrets Manager invokes it past its alias: the steps of one rotation are not to be shared out between two versions.
const NOT_RELEASED: FunctionName = 'rotateOriginSecret';

/**
 * Creates, for each function but one, a deployment group that shifts its alias, with alarms that stop and undo the
 * shift; and one role for CodeDeploy, which may shift these aliases and look at alarms. Stateless. The alarms tell
 * nobody: whoever deploys is told by the deployment.
 */
export class Releases extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { functions, api }: Pick<Watched, 'functions' | 'api'>,
  ) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    const released = Object.entries(functions).filter(([name]) => name !== NOT_RELEASED) as [
      FunctionName,
      LambdaFunction<never>,
    ][];
    const role = this.#role(released.map(([, { function: lambda }]) => lambda.functionArn));
    const answersFail = this.#alarm('api', {
      name: 'api',
      meaning: `More than ${MOST_ERRORS_PERCENT} % of the API's answers are errors for two minutes.`,
      metric: apiErrorShare(api, Duration.minutes(1)),
      threshold: MOST_ERRORS_PERCENT,
      evaluationPeriods: 2,
    });
    for (const [name, lambda] of released) {
      const { entry } = declared[name];
      const fails = this.#alarm(entry, {
        // Another version is another alarm: one that is changed stays as it is until it is next looked at (CloudWatch,
        // PutMetricAlarm), and CodeDeploy would see the version before ring.
        name: `${entry}-${lambda.function.currentVersion.version}`,
        meaning: `The newest version of ${entry} crashes or runs out of time.`,
        metric: errorsOfNewest(lambda),
        threshold: 0,
        evaluationPeriods: 1,
      });
      const group = new LambdaDeploymentGroup(this, name, {
        application,
        alias: lambda.live,
        role,
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
        alarms: answersViewers(name) ? [fails, answersFail] : [fails],
        autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      });
      // CodeDeploy has to look at the new version's alarm before the alias leads to that version.
      lambda.live.node.addDependency(group);
    }
  }

  #alarm(
    id: string,
    props: Pick<AlarmProps, 'metric' | 'threshold' | 'evaluationPeriods'> & {
      name: string;
      meaning: string;
    },
  ): Alarm {
    return new Alarm(this, `${id}-fails`, {
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.evaluationPeriods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      alarmName: `${Stack.of(this).stackName}-release-${props.name}`,
      alarmDescription: `${props.meaning} ${runbookPath('a-release-was-rolled-back')}`,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** A role of our own: the CDK's may shift every alias of the account and read buckets. */
  #role(functionArns: readonly string[]): IRole {
    const role = new Role(this, 'Role', {
      // Against the confused deputy (CodeDeploy User Guide).
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        exact: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: [
                'lambda:GetAlias',
                'lambda:UpdateAlias',
                'lambda:GetProvisionedConcurrencyConfig',
              ],
              // Lambda checks the function for some of these, the alias for others (Service Authorization Reference).
              resources: functionArns.flatMap((arn) => [arn, `${arn}:${LIVE}`]),
            }),
            new PolicyStatement({
              actions: ['cloudwatch:DescribeAlarms'],
              // CloudWatch checks it against alarm:*, whichever alarms are asked for.
              resources: [
                Stack.of(this).formatArn({
                  service: 'cloudwatch',
                  resource: 'alarm',
                  resourceName: '*',
                  arnFormat: ArnFormat.COLON_RESOURCE_NAME,
                }),
              ],
            }),
          ],
        }),
      },
    });
    return role.withoutPolicyUpdates();
  }
}

/**
 * The errors of the version that this template makes, as the alias invokes it. Not those of the alias: where the
 * version before fails, its mend has to get through.
 */
function errorsOfNewest({ function: { functionName, currentVersion } }: LambdaFunction<never>) {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    dimensionsMap: {
      FunctionName: functionName,
      Resource: `${functionName}:${LIVE}`,
      ExecutedVersion: currentVersion.version,
    },
    statistic: 'Sum',
    period: Duration.minutes(1),
  });
}

/** Whether the API's answers depend on it. */
function answersViewers(name: FunctionName): boolean {
  return name === 'authorizeOrigin' || routes.some((route) => route.function === name);
}
