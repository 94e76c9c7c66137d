import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { GitHubDeployer } from '../../lib/github-deployer.ts';
import { readGitHubDeployerSettings } from '../../lib/github-deployer-settings.ts';
import { InvalidSettings } from '../../lib/settings.ts';
import { readable, resource, resources } from './synthesise.ts';

const PROVIDER = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';

const read = (context: Record<string, unknown>) =>
  readGitHubDeployerSettings((name) => context[name]);

function deployer(context: Record<string, unknown>): Template {
  const app = new App({ context: cdkJson.context });
  const props = { settings: read(context), deploys: 'cameo' };
  return Template.fromStack(new GitHubDeployer(app, 'cameo-github', props));
}

const made = deployer({ githubRepository: 'octo/cameo' });
const role = (name: string, template = made) =>
  readable(resource(template, 'AWS::IAM::Role', name)) as Record<string, unknown>;

const trust = (provider: string, subject: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: provider },
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': subject,
        },
      },
    },
  ],
});

const policy = (statement: object) => [
  {
    PolicyName: 'exact',
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] },
  },
];

describe('the roles of GitHub', () => {
  it('are two: one for pull requests, one for the main branch, by exact audience and subject', () => {
    expect(Object.keys(resources(made, 'AWS::IAM::Role')).sort()).toEqual([
      'DeployRole',
      'DiffRole',
    ]);
    expect(role('DiffRole').AssumeRolePolicyDocument).toEqual(
      trust('GitHub', 'repo:octo/cameo:pull_request'),
    );
    expect(role('DeployRole').AssumeRolePolicyDocument).toEqual(
      trust('GitHub', 'repo:octo/cameo:ref:refs/heads/main'),
    );
  });

  it('let a pull request read two templates, and the main branch become what deploys, the firewall’s included', () => {
    const stack = (region: string, name: string) =>
      `arn:AWS::Partition:cloudformation:${region}:AWS::AccountId:stack/${name}/*`;
    const cdkRoles = ['deploy', 'file-publishing'].flatMap((purpose) =>
      ['AWS::Region', 'us-east-1'].map(
        (region) =>
          `arn:AWS::Partition:iam::AWS::AccountId:role/cdk-hnb659fds-${purpose}-role-AWS::AccountId-${region}`,
      ),
    );

    expect(role('DiffRole').Policies).toEqual(
      policy({
        Action: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
        Resource: [stack('AWS::Region', 'cameo'), stack('us-east-1', 'cameo-waf')],
      }),
    );
    expect(role('DeployRole').Policies).toEqual(
      policy({
        Action: 'sts:AssumeRole',
        Resource: cdkRoles,
      }),
    );
    expect(role('DeployRole').ManagedPolicyArns).toBeUndefined();
    expect(role('DiffRole').ManagedPolicyArns).toBeUndefined();
  });

  it('trust a provider that the stack makes for this audience alone', () => {
    expect(resource(made, 'AWS::IAM::OIDCProvider', 'GitHub')).toEqual({
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    });
  });

  it('trust the provider that the account has, and none is made', () => {
    const existing = deployer({
      githubRepository: 'octo@12/cameo@34',
      githubOidcProviderArn: PROVIDER,
    });

    expect(resources(existing, 'AWS::IAM::OIDCProvider')).toEqual({});
    expect(role('DeployRole', existing).AssumeRolePolicyDocument).toEqual(
      trust(PROVIDER, 'repo:octo@12/cameo@34:ref:refs/heads/main'),
    );
  });

  it('are in a stack of their own, which the workflow does not deploy', () => {
    const app = new App();
    const settings = { repository: 'octo/cameo' };

    const { stackName } = new GitHubDeployer(app, 'cameo-github', { settings, deploys: 'cameo' });

    expect(stackName).toBe('cameo-github');
  });

  it('pass the AwsSolutions pack', () => {
    const app = new App({ context: cdkJson.context });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const settings = { repository: 'octo/cameo' };
    new GitHubDeployer(app, 'cameo-github', { settings, deploys: 'cameo' });

    expect(() => app.synth()).not.toThrow();
  });

  it('are printed for the workflow', () => {
    expect(Object.keys(made.findOutputs('*')).sort()).toEqual(['DeployRoleArn', 'DiffRoleArn']);
  });
});

describe('the settings', () => {
  it.each(['octo/cameo', 'Octo-Cat/cameo.js_2', 'octo@1/cameo@22'])('take %s', (repository) => {
    expect(read({ githubRepository: repository })).toEqual({ repository });
  });

  it.each([
    undefined,
    '',
    'cameo',
    'octo/*',
    'octo/cameo:ref:refs/heads/x',
    'octo@1/cameo',
    'octo/cameo@2',
    'octo@0/cameo@2',
    'https://github.com/octo/cameo',
    'octo/cameo\nx',
    7,
  ])('refuse the repository %j in one line', (githubRepository) => {
    expect(() => read({ githubRepository })).toThrow(InvalidSettings);
    expect(() => read({ githubRepository })).toThrow(/^githubRepository: set .+$/);
  });

  it.each([
    'token.actions.githubusercontent.com',
    PROVIDER.replace('githubusercontent', 'example'),
    `${PROVIDER}/octo`,
    12,
  ])('refuse the provider %j in one line', (githubOidcProviderArn) => {
    const context = { githubRepository: 'octo/cameo', githubOidcProviderArn };

    expect(() => read(context)).toThrow(/^githubOidcProviderArn: set .+$/);
  });
});
