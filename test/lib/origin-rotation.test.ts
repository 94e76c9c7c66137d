import { expect, it } from 'vitest';
import { SETTLE_MS } from '../../core/origin-secret.ts';
import { functions } from '../../core/topology.ts';
import { readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();

it('has Secrets Manager change the secret of the edge once a month, and once at the first deployment', () => {
  const schedules = Object.values(resources(template, 'AWS::SecretsManager::RotationSchedule'));

  expect(readable(schedules)).toEqual([
    {
      SecretId: 'SecretsOrigin',
      RotationLambdaARN: 'RotateOriginSecretFunction.Arn',
      RotationRules: { AutomaticallyAfterDays: 30 },
    },
  ]);
});

it('lets Secrets Manager invoke the function for this account alone', () => {
  const permissions = Object.values(resources(template, 'AWS::Lambda::Permission'));
  const rotators = permissions.filter(
    ({ FunctionName }) => readable(FunctionName) === 'RotateOriginSecretFunction.Arn',
  );

  expect(readable(rotators)).toEqual([
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: 'RotateOriginSecretFunction.Arn',
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: 'AWS::AccountId',
    },
  ]);
});

it('makes the schedule only when Secrets Manager may invoke the function', () => {
  const [schedule] = Object.values(template.findResources('AWS::SecretsManager::RotationSchedule'));

  expect(schedule?.DependsOn).toEqual(
    expect.arrayContaining([expect.stringMatching(/^RotateOriginSecretFunctionSecretsManager/)]),
  );
});

it('gives the function time for the wait that a step may need', () => {
  expect(functions.rotateOriginSecret.timeoutSeconds * 1000).toBeGreaterThan(2 * SETTLE_MS);
});
