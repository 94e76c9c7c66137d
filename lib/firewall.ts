// The rate rule before the edge: a stack of its own, since CloudFront takes a web ACL of us-east-1 alone while the
// rest may live anywhere.

import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';

/** The region of a firewall's stack, wherever the stack is that it stands before. */
export const FIREWALL_REGION = 'us-east-1';

const OUTPUT = 'WebAclArn';

/** The name of the stack that stands before this one. */
export function firewallOf(stackName: string): string {
  return `${stackName}-waf`;
}

/** How many requests an address may make. */
export interface FirewallStackProps extends StackProps {
  readonly requestsPer5Minutes: number;
}

/**
 * Creates a web ACL that answers 429 to an IP address which asked too often in the last five minutes, and lets all
 * else through. Stateless. Its price is that of one web ACL and one rule, and of every request that it looks at.
 */
export class FirewallStack extends Stack {
  /** The web ACL's ARN, for a stack in any region of the account. */
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, props: FirewallStackProps) {
    super(scope, id, { ...props, env: { region: FIREWALL_REGION } });
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: this.stackName,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(this.stackName),
      rules: [
        {
          name: 'rate',
          priority: 0,
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: props.requestsPer5Minutes,
              evaluationWindowSec: 300,
            },
          },
          action: {
            block: {
              customResponse: {
                responseCode: 429,
                responseHeaders: [{ name: 'retry-after', value: '300' }],
              },
            },
          },
          visibilityConfig: visibility(`${this.stackName}-rate`),
        },
      ],
    });
    new CfnOutput(this, OUTPUT, { value: acl.attrArn, description: 'before the edge' });
    this.webAclArn = Fn.getStackOutput(this.stackName, OUTPUT, FIREWALL_REGION);
  }
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
