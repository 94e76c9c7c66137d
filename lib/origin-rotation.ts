// The secret by which the API knows the distribution is another one each month.

import { Aws } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, type Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ORIGIN_SECRET_DAYS } from '../core/topology.ts';

/** What is rotated, and by whom. */
export interface OriginRotationProps {
  readonly secret: Secret;
  readonly rotate: IFunction;
}

/**
 * Creates the schedule of the rotation and lets Secrets Manager, in this account's name, invoke the function, whose
 * own permissions must include what its steps need. Stateless. The first rotation begins with the first deployment,
 * which does not wait for it: one that cannot work is in the function's log then, and not in a month. Secrets Manager waits for the function and repeats a rotation
 * that fails ("Rotation by Lambda function"), so there is nothing for a dead-letter queue.
 */
export class OriginRotation extends Construct {
  constructor(scope: Construct, id: string, { secret, rotate }: OriginRotationProps) {
    super(scope, id);
    rotate.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Aws.ACCOUNT_ID,
    });
    // The CDK's RotationSchedule would leave out for which account the function may be invoked.
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secret.secretArn,
      rotationLambdaArn: rotate.functionArn,
      rotationRules: { automaticallyAfterDays: ORIGIN_SECRET_DAYS },
    });
    schedule.node.addDependency(rotate);
  }
}
