import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { commandFor, findDeployment } from '../../cli/deployment.ts';
import { outputs } from '../../core/outputs.ts';
import { type Endpoints, writeOutputs } from '../../local/outputs-file.ts';
import { testStacks } from './stack-server.ts';

const OUTPUTS = {
  ...(Object.fromEntries(Object.keys(outputs).map((name) => [name, `the-${name}`])) as Record<
    keyof typeof outputs,
    string
  >),
  Doctor: 'npx cameo doctor --stack Cameo --region r',
};
const { Url: _, ...WITHOUT_URL } = OUTPUTS;

afterEach(() => vi.unstubAllEnvs());

async function stacks(): Promise<void> {
  const { url } = await testStacks({ Cameo: OUTPUTS, Older: WITHOUT_URL });
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
}

describe('a stack', () => {
  test('is found by its name and tells its outputs', async () => {
    await stacks();

    const found = await findDeployment({ stack: 'Cameo' }, {});

    expect(found).toMatchObject({ kind: 'stack', outputs: OUTPUTS });
    expect(commandFor(found, 'inspect 42')).toBe('npx cameo inspect 42 --stack Cameo --region r');
    expect(await found.clients.sqs.config.region()).toBe('eu-west-1');
  });

  test('is found by the environment, in the region that is given', async () => {
    await stacks();

    const found = await findDeployment({ region: 'us-west-2' }, { CAMEO_STACK: 'Cameo' });

    expect(await found.clients.dynamodb.config.region()).toBe('us-west-2');
  });

  test('that is not there is a mistake of the name, the region or the account', async () => {
    await stacks();

    await expect(findDeployment({ stack: 'Camel' }, {})).rejects.toThrow(
      /^There is no stack Camel in this account and region: check --stack/,
    );
  });

  test('whose AWS says nothing is not waited for for ever', async () => {
    await stacks();

    const { clients } = await findDeployment({ stack: 'Cameo' }, {});

    const handlers = Object.values(clients).map(({ config }) => config.requestHandler);
    // Private: by its public name a handler tells its settings only after a request.
    const settings = handlers.map(
      (handler) => (handler as object as { configProvider: object }).configProvider,
    );
    expect(await Promise.all(settings)).toEqual(
      settings.map(() =>
        expect.objectContaining({ requestTimeout: 10_000, throwOnRequestTimeout: true }),
      ),
    );
  });

  test('of an older release is told by what it lacks', async () => {
    await stacks();

    await expect(findDeployment({ stack: 'Older' }, {})).rejects.toThrow(
      'The stack Older has no output Url',
    );
  });
});

describe('the Cameo on this machine', () => {
  const endpoints = {
    DYNAMODB: 'http://127.0.0.1:1',
    S3: 'http://127.0.0.1:2',
    SQS: 'http://127.0.0.1:3',
    SECRETS_MANAGER: 'http://127.0.0.1:4',
    CLOUDFRONT: 'http://127.0.0.1:5',
    CLOUDWATCH: 'http://127.0.0.1:6',
    CLOUDWATCH_LOGS: 'http://127.0.0.1:6',
  } as Endpoints;

  function dataDir(): string {
    const folder = mkdtempSync(join(tmpdir(), 'cameo-deployment-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  test('is found by the file in its data folder, whatever account the shell has', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'REAL');
    const CAMEO_DATA_DIR = dataDir();
    writeOutputs(CAMEO_DATA_DIR, { outputs: OUTPUTS, endpoints });

    const { kind, outputs: told, clients } = await findDeployment({}, { CAMEO_DATA_DIR });

    expect({ kind, told }).toEqual({ kind: 'local', told: OUTPUTS });
    expect(await clients.sqs.config.credentials()).toMatchObject({ accessKeyId: 'local' });
    expect(await clients.sqs.config.endpoint?.()).toMatchObject({ port: 3 });
  });

  test('that does not run is told with what to begin or to set', async () => {
    await expect(findDeployment({}, { CAMEO_DATA_DIR: dataDir() })).rejects.toThrow(
      /^No Cameo runs on .*: begin one with npm start, set CAMEO_DATA_DIR .* or name a stack with --stack\.$/,
    );
  });
});
