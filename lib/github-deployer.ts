// Deploying from GitHub without a key that lasts: GitHub's workflows prove who they are by OpenID Connect, and get
// one of two roles for an hour. A stack of its own, deployed once by a person.

import {
  Aws,
  CfnOutput,
  DefaultStackSynthesizer,
  Stack,
  type StackProps,
  Validations,
} from 'aws-cdk-lib';
import {
  OidcProviderNative,
  PolicyDocument,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FIREWALL_REGION, firewallOf } from './firewall.ts';
import type { GitHubDeployerSettings } from './github-deployer-settings.ts';

const ISSUER = 'token.actions.githubusercontent.com';

/** What the official action asks GitHub's token for. */
const AUDIENCE = 'sts.amazonaws.com';

/** What the stack is made of. */
export interface GitHubDeployerProps extends StackProps {
  readonly settings: GitHubDeployerSettings;
  /** The name of the stack that a pull request is compared with. */
  readonly deploys: string;
}

/**
 * Creates GitHub's identity provider, unless there is one, and the roles: `DiffRole` for pull requests, which may read
 * the deployed templates, the firewall's included, and nothing else, and `DeployRole` for the main branch, which may
 * become the CDK's roles of this account that publish and deploy, here and where a firewall is. Stateless; replacing a role changes its ARN, which the workflow names.
 */
export class GitHubDeployer extends Stack {
  constructor(scope: Construct, id: string, props: GitHubDeployerProps) {
    super(scope, id, props);
    const { repository, oidcProviderArn = this.#provider() } = props.settings;
    const roleFor = (name: string, subject: string, allowed: PolicyStatement) => {
      const role = new Role(this, name, {
        description: `GitHub: ${repository}, ${subject}`,
        assumedBy: new WebIdentityPrincipal(oidcProviderArn, {
          StringEquals: {
            [`${ISSUER}:aud`]: AUDIENCE,
            [`${ISSUER}:sub`]: `repo:${repository}:${subject}`,
          },
        }),
        inlinePolicies: { exact: new PolicyDocument({ statements: [allowed] }) },
      });
      new CfnOutput(this, `${name}Arn`, { value: role.roleArn });
      return role;
    };
    const compared = [
      { stackName: props.deploys, region: Aws.REGION, finding: '<AWS::Region>' },
      {
        stackName: firewallOf(props.deploys),
        region: FIREWALL_REGION,
        finding: FIREWALL_REGION,
      },
    ];
    const diffRole = roleFor('DiffRole', 'pull_request', readTemplates(compared));
    for (const { stackName, finding } of compared) {
      Validations.of(diffRole).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:${finding}:<AWS::AccountId>:stack/${stackName}/*]`,
        reason: 'CloudFormation ends the ARN of a stack with an id of its own; the name is exact.',
      });
    }
    roleFor('DeployRole', 'ref:refs/heads/main', becomeCdkRoles(this));
  }

  #provider(): string {
    return new OidcProviderNative(this, 'GitHub', {
      url: `https://${ISSUER}`,
      clientIds: [AUDIENCE],
    }).oidcProviderArn;
  }
}

/**
 * Not the CDK's lookup role: that one may read everything in the account, photos and partners included, and whoever
 * may push a branch could with it.
 */
function readTemplates(of: readonly { stackName: string; region: string }[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
    resources: of.map(
      ({ stackName, region }) =>
        `arn:${Aws.PARTITION}:cloudformation:${region}:${Aws.ACCOUNT_ID}:stack/${stackName}/*`,
    ),
  });
}

/** The two that a deployment without container images needs; CloudFormation itself uses a third. */
function becomeCdkRoles(stack: Stack): PolicyStatement {
  const qualifier =
    stack.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  const arnOf = (purpose: string, region: string) =>
    `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-${qualifier}-${purpose}-role-${Aws.ACCOUNT_ID}-${region}`;
  return new PolicyStatement({
    actions: ['sts:AssumeRole'],
    resources: [Aws.REGION, FIREWALL_REGION].flatMap((region) => [
      arnOf('deploy', region),
      arnOf('file-publishing', region),
    ]),
  });
}
