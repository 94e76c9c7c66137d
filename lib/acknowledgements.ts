// What cdk-nag finds and we keep as it is, each with its reason. docs/security.md has the same as a table; a test
// compares the two, and finds an acknowledgement of nothing.

import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { WAF_MONTH } from './setting-rules.ts';

/** A finding that stays. */
export interface Acknowledgement {
  /** The rule, by cdk-nag's name for it and, for a wildcard, the wildcard. */
  readonly finding: string;
  /** The constructs that it is found in, by their paths within the stack. */
  readonly constructs: readonly string[];
  readonly reason: string;
}

const PHOTOS = '<PhotosBucket4131342A.Arn>/avatars/*';
const CLIENT = '<PhotosBucket4131342A.Arn>/client/v1/*';

/** All of them. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    finding: 'AwsSolutions-S1',
    constructs: ['Photos/Bucket'],
    reason:
      'Nobody but the distribution and five functions can read or write the bucket; a log of all reads would tell who is looked at, in a bucket that costs more than this one',
  },
  {
    finding: 'AwsSolutions-SQS3',
    constructs: ['Warming/DeadLetters'],
    reason:
      'It is the dead-letter queue: of the schedule, and of the runs that its function failed, which the rule does not look at',
  },
  {
    finding: 'AwsSolutions-SMG4',
    constructs: ['Secrets/UrlKey'],
    reason: 'Another key would give every partner another address and orphan all photos',
  },
  {
    finding: 'AwsSolutions-SMG4',
    constructs: ['Secrets/ServiceKey'],
    reason:
      'The operator’s backend has to be told of a new key, which nobody but the operator can; two keys count while it is changed',
  },
  {
    finding: `AwsSolutions-IAM5[Resource::${PHOTOS}]`,
    constructs: ['ServePhoto/Role', 'PartnersApi/Role', 'FetchPhoto/Role', 'ErasePartner/Role'],
    reason: 'All photos, whose keys come with their owners, and nothing else that is in the bucket',
  },
  {
    finding: `AwsSolutions-IAM5[Resource::${CLIENT}]`,
    constructs: ['ServeClient/Role'],
    reason: 'The browser client’s files, whose names come with each release',
  },
  {
    finding: 'AwsSolutions-IAM5[Resource::*]',
    constructs: [
      'ServePhoto/Role',
      'PartnersApi/Role',
      'ServeClient/Role',
      'FetchPhoto/Role',
      'WarmRecent/Role',
      'ErasePartner/Role',
      'AuthorizeOrigin/Role',
      'RotateOriginSecret/Role',
    ],
    reason: 'With `tracing` alone: the two actions of X-Ray know no resources',
  },
  {
    finding:
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]',
    constructs: ['Watch/Releases/Role'],
    reason:
      'CodeDeploy looks at the alarms of a release; CloudWatch checks that against all alarms of the account, whichever are asked for',
  },
  {
    finding: 'AwsSolutions-CFR1',
    constructs: ['Edge/Distribution'],
    reason: 'Telegram’s users are everywhere',
  },
  {
    finding: 'AwsSolutions-CFR2',
    constructs: ['Edge/Distribution'],
    reason: `AWS WAF is a setting, \`wafRequestsPer5Minutes\`, since it costs $${WAF_MONTH} a month at least`,
  },
  {
    finding: 'AwsSolutions-CFR3',
    constructs: ['Edge/Distribution'],
    reason:
      'An access log would have the address of every viewer and whom they looked at; metrics and the API’s own log tell what an operator needs',
  },
  {
    finding: 'AwsSolutions-CFR4',
    constructs: ['Edge/Distribution'],
    reason:
      'CloudFront’s own domain names take no other policy; with `domainName` it is TLS 1.2 at least',
  },
];

/** Acknowledges all of them in a stack, whether its settings lead to them or not. */
export function acknowledgeFindings(stack: Stack): void {
  for (const { finding: id, constructs, reason } of ACKNOWLEDGEMENTS) {
    for (const path of constructs) {
      const names = path.split('/');
      const construct = names.reduce<IConstruct>((at, name) => at.node.findChild(name), stack);
      Validations.of(construct).acknowledge({ id, reason });
    }
  }
}

/** Has synthesis fail on what cdk-nag finds and nobody has acknowledged. */
export function checkTemplates(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
