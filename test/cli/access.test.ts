import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { accessTo, findAccess, readAccess } from '../../cli/access.ts';
import type { Deployment } from '../../cli/deployment.ts';
import { outputs } from '../../core/outputs.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { type Endpoints, writeOutputs } from '../../local/outputs-file.ts';
import { startSecretsManager } from '../../local/secrets-manager.ts';

const KEY = 'a-service-key-of-the-tests';
const NO_ENDPOINTS = Object.fromEntries(
  ['DYNAMODB', 'S3', 'SQS', 'CLOUDFRONT', 'CLOUDWATCH', 'CLOUDWATCH_LOGS'].map((service) => [
    service,
    'http://127.0.0.1:1',
  ]),
) as unknown as Endpoints;
const DAY_MS = 24 * 60 * 60 * 1000;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cameo-access-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
});

test('the option goes before the environment, and this machine is the default', () => {
  const environment = { CAMEO_SERVICE_KEY: KEY, CAMEO_URL: 'https://a.example' };
  expect(readAccess('https://b.example/', environment)).toEqual({
    url: 'https://b.example',
    serviceKey: KEY,
    keySource: 'CAMEO_SERVICE_KEY',
    refreshAgeMs: DAY_MS,
  });
  expect(readAccess(undefined, environment).url).toBe('https://a.example');
  expect(readAccess(undefined, { ...environment, CAMEO_URL: ' ' }).url).toBe(
    'http://127.0.0.1:8787',
  );
});

test('of two keys, one of which takes the other’s place, the first is sent', () => {
  expect(readAccess(undefined, { CAMEO_SERVICE_KEY: `${KEY}\nold-${KEY}\n` }).serviceKey).toBe(KEY);
});

test('on this machine the key is in the data folder', () => {
  writeFileSync(join(dataDir, 'keys.json'), JSON.stringify({ serviceKey: KEY, urlKey: 'u' }));
  expect(readAccess('http://localhost:1', { CAMEO_DATA_DIR: dataDir })).toEqual({
    url: 'http://localhost:1',
    serviceKey: KEY,
    keySource: join(dataDir, 'keys.json'),
    refreshAgeMs: DAY_MS,
  });
});

describe('a call that cannot work says what to do, and no secret:', () => {
  test.each([
    ['no key for another machine', 'https://a.example', {}, /CAMEO_SERVICE_KEY is not set/],
    ['plain http', 'http://a.example', { CAMEO_SERVICE_KEY: KEY }, /http:\/\/a\.example .* https/],
    ['no URL', 'a.example', {}, /https:\/\/host/],
    ['a path', 'https://a.example/api', {}, /https:\/\/host/],
    ['a password in the URL', `https://a:${KEY}@a.example`, {}, /https:\/\/host/],
    ['a key that no header carries', undefined, { CAMEO_SERVICE_KEY: `${KEY}é` }, /header/],
    ['no key file', undefined, {}, /keys\.json cannot be read \(ENOENT\)/],
  ])('%s', (_, url, environment, message) => {
    const call = () => readAccess(url, { CAMEO_DATA_DIR: dataDir, ...environment });
    expect(call).toThrow(message);
    expect(call).not.toThrow(KEY);
  });

  test('a key file without a key', () => {
    writeFileSync(join(dataDir, 'keys.json'), `{"serviceKey": "${KEY}"`);
    const call = () => readAccess(undefined, { CAMEO_DATA_DIR: dataDir });
    expect(call).toThrow(/does not hold the keys/);
    expect(call).not.toThrow(KEY);
  });
});

describe('without an address or a stack', () => {
  async function running(): Promise<string> {
    const stand = await startSecretsManager(new Map([['the-ServiceKeySecretName', KEY]]));
    onTestFinished(() => stand.stop());
    const named = Object.keys(outputs).map((name) => [name, `the-${name}`]);
    writeOutputs(dataDir, {
      outputs: { ...Object.fromEntries(named), Url: 'http://127.0.0.1:8931', RefreshHours: '1' },
      endpoints: { ...NO_ENDPOINTS, SECRETS_MANAGER: stand.url },
    });
    return dataDir;
  }

  test('it is the Cameo that runs on this machine, on whatever port', async () => {
    const CAMEO_DATA_DIR = await running();

    expect(await findAccess({}, { CAMEO_DATA_DIR })).toMatchObject({
      url: 'http://127.0.0.1:8931',
      serviceKey: KEY,
      refreshAgeMs: DAY_MS / 24,
    });
  });

  test.each([
    { CAMEO_URL: 'https://a.example', CAMEO_SERVICE_KEY: 'k' },
    { CAMEO_SERVICE_KEY: 'k' },
  ])('it is not where the environment has %o', async (given) => {
    const CAMEO_DATA_DIR = await running();

    const access = await findAccess({}, { CAMEO_DATA_DIR, ...given });

    expect(access.keySource).toBe('CAMEO_SERVICE_KEY');
  });
});

describe('a stack', () => {
  const told = {
    Url: 'https://a.example',
    ServiceKeySecretName: 'cameo/service-key',
    RefreshHours: '48',
  };

  async function accessWith(secrets: [string, string][]) {
    const stand = await startSecretsManager(new Map(secrets));
    onTestFinished(() => stand.stop());
    const secretsManager = new SecretsManagerClient({
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
      endpoint: stand.url,
    });
    return accessTo({ outputs: told, clients: { secretsManager } } as unknown as Deployment);
  }

  test('tells its address, and its key by the secret that holds it', async () => {
    expect(await accessWith([['cameo/service-key', `${KEY} old-${KEY}\n`]])).toEqual({
      url: 'https://a.example',
      serviceKey: KEY,
      keySource: 'the secret cameo/service-key',
      refreshAgeMs: 2 * DAY_MS,
    });
  });

  test('without its secret, or with an empty one, is a mistake', async () => {
    await expect(accessWith([])).rejects.toThrow('The secret cameo/service-key is not there');
    await expect(accessWith([['cameo/service-key', ' ']])).rejects.toThrow('is empty');
  });

  test('and an address are two Cameos', async () => {
    const both = { stack: 'Cameo', url: 'https://a.example' };
    await expect(findAccess(both, {})).rejects.toThrow('--url and --stack name two Cameos');
  });

  test('of the environment gives way to an address', async () => {
    const environment = { CAMEO_STACK: 'Cameo', CAMEO_SERVICE_KEY: KEY };
    const { url } = await findAccess({ url: 'https://b.example' }, environment);
    expect(url).toBe('https://b.example');
  });
});
