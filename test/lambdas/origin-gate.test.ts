// The two functions at the API's door, against Secrets Manager and CloudFront over HTTP.

import { CloudFrontClient, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { SETTLE_MS } from '../../core/origin-secret.ts';
import { ROTATION_STEPS, type RotationStep } from '../../core/rotate-origin-secret.ts';
import { forgetAwsAccount, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { DISTRIBUTION_ID, type DistributionServer, startDistribution } from '../distribution.ts';
import { type RotatingSecretServer, SECRET_ID, startRotatingSecret } from '../rotating-secret.ts';
import { losingTheAnswerOf, startWire, type Wire } from '../wire.ts';

const HEX = /^[0-9a-f]{64}$/;

let secrets: RotatingSecretServer;
let distribution: DistributionServer;
let wire: Wire;
let authorize: (value: string) => Promise<boolean>;
let rotate: (step: RotationStep, versionId: string) => Promise<void>;
const log: string[] = [];

beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => log.push(String(text)) > 0);
  }
  for (const method of ['log', 'info', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => void log.push(said.join(' ')));
  }
});
afterAll(() => vi.restoreAllMocks());

beforeEach(async () => {
  log.length = 0;
  // Old enough: nobody has to wait.
  secrets = await startRotatingSecret('first-secret', () => Date.now() - SETTLE_MS);
  distribution = await startDistribution('first-secret');
  wire = await startWire(secrets.url);
  onTestFinished(async () => {
    await wire.stop();
    await Promise.all([secrets.close(), distribution.close()]);
  });
  forgetAwsAccount(process.env);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: wire.url,
    AWS_ENDPOINT_URL_CLOUDFRONT: distribution.url,
    ORIGIN_SECRET: SECRET_ID,
    DISTRIBUTION_ID,
    POWERTOOLS_LOG_LEVEL: 'INFO',
  });
  vi.resetModules();
  const { handler: authorizer } = await import('../../lambdas/authorize-origin.ts');
  const { handler: rotator } = await import('../../lambdas/rotate-origin-secret.ts');
  authorize = async (value) => (await authorizer({ identitySource: [value] })).isAuthorized;
  rotate = (Step, ClientRequestToken) => rotator({ Step, ClientRequestToken });
});

async function rotation(versionId: string): Promise<void> {
  secrets.beginRotation(versionId);
  for (const step of ROTATION_STEPS) await rotate(step, versionId);
}

describe('authorize-origin', () => {
  test('lets in whoever has the current, the pending or the previous secret, and nobody else', async () => {
    await rotation('second');
    distribution.settle();
    secrets.beginRotation('third');
    await rotate('createSecret', 'third');

    const values = (['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'] as const).map(secrets.valueOf);
    const answers = [];
    for (const value of values) answers.push(await authorize(value ?? ''));

    expect(new Set(values).size).toBe(3);
    expect(answers).toEqual([true, true, true]);
    expect(await authorize('another')).toBe(false);
    expect(await authorize('')).toBe(false);
  });

  test('lets nobody in while Secrets Manager is away, and is itself again afterwards', async () => {
    secrets.fail(true);
    await expect(authorize('first-secret')).rejects.toThrow('could not be checked');
    secrets.fail(false);

    expect(await authorize('first-secret')).toBe(true);
  });
});

describe('rotate-origin-secret', () => {
  test('has the distribution send a new secret, and changes nothing else of it', async () => {
    const client = new CloudFrontClient({
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
      endpoint: distribution.url,
    });
    onTestFinished(() => client.destroy());
    const config = async () => {
      const answer = await client.send(new GetDistributionCommand({ Id: DISTRIBUTION_ID }));
      return JSON.stringify(answer.Distribution?.DistributionConfig);
    };
    const before = await config();

    await rotation('second');

    const sent = distribution.sends() ?? '';
    expect(sent).toMatch(HEX);
    expect(await config()).toBe(before.replace('first-secret', sent));
    expect(secrets.valueOf('AWSCURRENT')).toBe(sent);
    expect(secrets.valueOf('AWSPREVIOUS')).toBe('first-secret');
  });

  test('may take every step again', async () => {
    secrets.beginRotation('second');

    for (const step of [...ROTATION_STEPS, ...ROTATION_STEPS]) {
      await rotate(step, 'second');
      await rotate(step, 'second');
    }

    expect(secrets.valueOf('AWSCURRENT')).toBe(distribution.sends());
    expect(secrets.valueOf('AWSPREVIOUS')).toBe('first-secret');
    expect(distribution.requests.filter((one) => one.startsWith('PUT'))).toHaveLength(1);
  });

  test.each(['PutSecretValue', 'UpdateSecretVersionStage'])(
    'is done when Secrets Manager repeats it, where the answer to %s was lost',
    async (operation) => {
      wire.intercept(losingTheAnswerOf(operation));
      await rotation('second').catch(() => {});

      for (const step of ROTATION_STEPS) await rotate(step, 'second');

      expect(secrets.valueOf('AWSCURRENT')).toBe(distribution.sends());
      expect(secrets.valueOf('AWSPREVIOUS')).toBe('first-secret');
    },
  );

  test('leaves a distribution alone that its edges still learn of', async () => {
    await rotation('second');
    const sent = distribution.sends();

    await expect(rotation('third')).rejects.toThrow('setSecret failed');
    expect(distribution.sends()).toBe(sent);
    distribution.settle();
    for (const step of ROTATION_STEPS) await rotate(step, 'third');

    expect(distribution.sends()).not.toBe(sent);
    expect(secrets.valueOf('AWSCURRENT')).toBe(distribution.sends());
  });

  test('writes no secret into its log', async () => {
    await rotation('second');
    await expect(rotate('createSecret', 'nobody’s')).rejects.toThrow('createSecret failed');

    expect(log.join('')).toContain('RotationOutOfStep');
    for (const stage of ['AWSCURRENT', 'AWSPREVIOUS'] as const) {
      expect(log.join('')).not.toContain(secrets.valueOf(stage));
    }
  });
});
