import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { declareStacks } from '../../lib/stacks.ts';
import { appWith, readable, resource, settingsOf, synthesise } from './synthesise.ts';

describe('a firewall', () => {
  const app = appWith({ environmentName: 'staging', wafRequestsPer5Minutes: '2000' });
  const cameo = declareStacks(app, settingsOf(app));
  const assembly = app.synth();
  const firewall = assembly.getStackByName('cameo-staging-waf');
  const template = Template.fromJSON(firewall.template);

  it('is a stack of its own in us-east-1, deployed before the other, which may live anywhere', () => {
    const other = assembly.getStackByName('cameo-staging');

    expect(firewall.environment.region).toBe('us-east-1');
    expect(other.environment.region).toBe('unknown-region');
    expect(other.dependencies.map(({ id }) => id)).toContain(firewall.id);
  });

  it('answers 429 to an address that asks too often, and lets all else through', () => {
    expect(resource(template, 'AWS::WAFv2::WebACL', 'WebAcl')).toMatchObject({
      Scope: 'CLOUDFRONT',
      DefaultAction: { Allow: {} },
      Rules: [
        {
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000, EvaluationWindowSec: 300 },
          },
          Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
        },
      ],
    });
    template.resourceCountIs('AWS::WAFv2::WebACL', 1);
  });

  it('stands before the distribution, which finds it by its output', () => {
    const edge = resource(
      Template.fromStack(cameo),
      'AWS::CloudFront::Distribution',
      'EdgeDistribution',
    );
    const outputs = template.toJSON().Outputs as Record<string, { Value: unknown }>;

    expect(edge.DistributionConfig).toMatchObject({
      WebACLId: {
        'Fn::GetStackOutput': {
          StackName: 'cameo-staging-waf',
          OutputName: 'WebAclArn',
          Region: 'us-east-1',
        },
      },
    });
    expect(readable(outputs.WebAclArn?.Value)).toBe('WebAcl.Arn');
  });
});

it('is not there where nobody wants it', () => {
  const app = appWith();
  declareStacks(app, settingsOf(app));

  const edge = resource(synthesise(), 'AWS::CloudFront::Distribution', 'EdgeDistribution');
  expect(app.node.children.map(({ node }) => node.id)).not.toContain('cameo-waf');
  expect(edge.DistributionConfig).not.toHaveProperty('WebACLId');
});
