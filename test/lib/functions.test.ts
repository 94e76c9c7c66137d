import { describe, expect, it } from 'vitest';
import { type FunctionDeclaration, functions } from '../../core/topology.ts';
import { readable, resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const deployed = resources(template, 'AWS::Lambda::Function');

const DECLARED: [string, FunctionDeclaration][] = [
  ['ServePhoto', functions.servePhoto],
  ['PartnersApi', functions.partners],
  ['FetchPhoto', functions.fetchPhoto],
];

it('deploys the declared functions and no others', () => {
  const ids = DECLARED.map(([id]) => `${id}Function`);

  expect(Object.keys(deployed).sort()).toEqual(ids.sort());
  expect(DECLARED).toHaveLength(Object.keys(functions).length);
});

describe.each(DECLARED)('%s', (id, declaration) => {
  const lambda = resource(template, 'AWS::Lambda::Function', `${id}Function`);

  it('runs on arm64 and Node 24 with the declared time and memory', () => {
    expect(lambda).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Timeout: declaration.timeoutSeconds,
      MemorySize: declaration.memoryMb,
    });
  });

  it('is told what it declares and nothing else', () => {
    const { Variables } = lambda.Environment as { Variables: Record<string, unknown> };

    expect(Object.keys(Variables).sort()).toEqual([...declaration.environment].sort());
  });

  it('writes a log of its own, which is kept for a month', () => {
    expect(readable(lambda)).toMatchObject({ LoggingConfig: { LogGroup: `${id}Log` } });
    expect(resources(template, 'AWS::Logs::LogGroup')[`${id}Log`]).toEqual({ RetentionInDays: 30 });
  });
});

it('tells functions the names of secrets, never their values', () => {
  const environment = deployed.FetchPhotoFunction?.Environment;
  const partners = JSON.stringify(deployed.PartnersApiFunction?.Environment);

  expect(environment).toMatchObject({ Variables: { BOT_TOKEN_SECRET: 'cameo/bot-token' } });
  // The name is cut out of the ARN that Ref gives; a value could only come by `resolve`.
  expect(partners).toContain('"Ref":"SecretsUrlKey');
  expect(partners).not.toContain('resolve');
});

it('lets a postponed fetch come back more than 16 times', () => {
  expect(deployed.FetchPhotoFunction).toMatchObject({ RecursiveLoop: 'Allow' });
  expect(deployed.ServePhotoFunction).toMatchObject({ RecursiveLoop: 'Terminate' });
});
