import { describe, expect, it } from 'vitest';
import { type FunctionName, functions, routes } from '../../core/topology.ts';
import { type Properties, readable, resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const RELEASED: [FunctionName, string][] = [
  ['servePhoto', 'ServePhoto'],
  ['partners', 'PartnersApi'],
  ['serveClient', 'ServeClient'],
  ['fetchPhoto', 'FetchPhoto'],
  ['warmRecent', 'WarmRecent'],
  ['erasePartner', 'ErasePartner'],
  ['authorizeOrigin', 'AuthorizeOrigin'],
];

it('releases every function but the one whose steps must not be shared out between versions', () => {
  const names = [...RELEASED.map(([name]) => name), 'rotateOriginSecret'];

  expect(names.sort()).toEqual(Object.keys(functions).sort());
  template.resourceCountIs('AWS::Lambda::Alias', RELEASED.length);
  template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', RELEASED.length);
});

describe.each(RELEASED)('a release of %s', (name, id) => {
  const group = resource(template, 'AWS::CodeDeploy::DeploymentGroup', `WatchReleases${name}`);
  const alias = Object.entries(template.findResources('AWS::Lambda::Alias')).find(([key]) =>
    key.startsWith(`${id}Live`),
  )?.[1];

  it('shifts the alias by CodeDeploy, a tenth for five minutes', () => {
    expect(alias?.Properties).toMatchObject({ Name: 'live' });
    expect(readable(alias?.UpdatePolicy)).toEqual({
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: 'WatchReleasesApplication',
        DeploymentGroupName: `WatchReleases${name}`,
      },
    });
    expect(group.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
  });

  it('goes back when the new version fails, and where viewers need it when the API does', () => {
    const answers = name === 'authorizeOrigin' || routes.some((route) => route.function === name);
    const alarms = [{ Name: alarmOf(name) }, ...(answers ? [{ Name: alarmOf('api') }] : [])];

    expect(readable(group.AlarmConfiguration)).toEqual({ Enabled: true, Alarms: alarms });
    expect(group.AutoRollbackConfiguration).toEqual({
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
    });
  });

  it('is judged by the new version alone, so that a mend gets through, before the alias moves', () => {
    const alarm = resource(template, 'AWS::CloudWatch::Alarm', alarmOf(name));
    const [version] = Object.keys(template.findResources('AWS::Lambda::Version')).filter((key) =>
      key.startsWith(`${id}FunctionCurrentVersion`),
    );

    expect(alarm).toMatchObject({ MetricName: 'Errors', Threshold: 0, Period: 60 });
    expect(readable(dimensions(alarm))).toMatchObject({
      FunctionName: `${id}Function`,
      Resource: `${id}Function:live`,
    });
    expect(dimensions(alarm).ExecutedVersion).toEqual({ 'Fn::GetAtt': [version, 'Version'] });
    expect(alias?.DependsOn).toEqual([
      expect.stringMatching(new RegExp(`^WatchReleases${name}[0-9A-F]{8}$`)),
    ]);
    expect(alias?.Properties.FunctionVersion).toEqual({ 'Fn::GetAtt': [version, 'Version'] });
  });
});

it('gives each version an alarm of its own, which does not ring for the one before', () => {
  for (const [name, id] of RELEASED) {
    const { AlarmName } = resource(template, 'AWS::CloudWatch::Alarm', alarmOf(name));

    expect(readable(AlarmName)).toMatch(
      new RegExp(
        `^cameo-release-${functions[name].entry}-${id}FunctionCurrentVersion\\w+\\.Version$`,
      ),
    );
  }
});

it('keeps old versions to go back to, but for one that was rolled back', () => {
  for (const version of Object.values(template.findResources('AWS::Lambda::Version'))) {
    expect(version).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  }
});

it('leaves nothing that invokes a function past its alias', () => {
  const invokers = [
    ['AWS::Lambda::Permission', 'FunctionName'],
    ['AWS::ApiGatewayV2::Authorizer', 'AuthorizerUri'],
    ['AWS::Lambda::EventSourceMapping', 'FunctionName'],
    ['AWS::ApiGatewayV2::Integration', 'IntegrationUri'],
    ['AWS::Scheduler::Schedule', 'Target'],
    ['AWS::Lambda::EventInvokeConfig', 'Qualifier'],
  ] as const;
  for (const [type, property] of invokers) {
    const found = Object.values(resources(template, type)).filter(
      (one) => !JSON.stringify(one).includes('RotateOriginSecretFunction'),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) expect(JSON.stringify(one[property])).toMatch(/Live[0-9A-F]{8}"/);
  }
});

it('lends its role to CodeDeploy in this account alone', () => {
  const { AssumeRolePolicyDocument } = resource(template, 'AWS::IAM::Role', 'WatchReleasesRole');

  expect(readable(AssumeRolePolicyDocument)).toMatchObject({
    Statement: [
      {
        Principal: { Service: 'codedeploy.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': 'AWS::AccountId' } },
      },
    ],
  });
});

function alarmOf(name: FunctionName | 'api'): string {
  const id = name === 'api' ? name : functions[name].entry.replace('-', '');
  return `WatchReleases${id}fails`;
}

function dimensions({ Dimensions }: Properties): Record<string, unknown> {
  const list = Dimensions as { Name: string; Value: unknown }[];
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}
