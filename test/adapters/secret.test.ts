import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { secretOf } from '../../adapters/secret.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { startSecretsManager } from '../../local/secrets-manager.ts';
import { startWire, type Wire } from '../wire.ts';

const NAME = 'cameo/bot-token';
let values: Map<string, string>;
let wire: Wire;
let nowMs = 0;
beforeEach(async () => {
  values = new Map([[NAME, 'first-value']]);
  const secretsManager = await startSecretsManager(values);
  wire = await startWire(secretsManager.url);
  onTestFinished(async () => {
    await wire.stop();
    await secretsManager.stop();
  });
});

function secret(name = NAME) {
  const client = new SecretsManagerClient({
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
    endpoint: wire.url,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return secretOf(client, name, () => nowMs);
}

test('is read once and remembered', async () => {
  const token = secret();

  const reads = [await token.read(), await token.read(), await token.read()];

  expect(reads).toEqual(['first-value', 'first-value', 'first-value']);
  expect(wire.seen).toHaveLength(1);
});

test('is read anew once it is forgotten, and remembered again', async () => {
  const token = secret();
  await token.read();
  values.set(NAME, 'rotated-value');
  const before = await token.read();

  token.forget();

  expect([before, await token.read(), await token.read()]).toEqual([
    'first-value',
    'rotated-value',
    'rotated-value',
  ]);
  expect(wire.seen).toHaveLength(2);
});

test('forgotten while it is being read is read once more', async () => {
  const token = secret();
  await token.read();
  token.forget();
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  wire.intercept(async ({ forward }) => {
    const answer = await forward();
    onAsked();
    await gate;
    return answer;
  });
  const underWay = token.read();
  await asked;
  values.set(NAME, 'rotated-value');
  nowMs += 30_000;

  token.forget();
  open();

  expect(await underWay).toBe('first-value');
  expect(await token.read()).toBe('rotated-value');
});

test('is not read again at every refusal: forgetting works once in thirty seconds', async () => {
  const token = secret();
  const readAgain = async () => {
    token.forget();
    await token.read();
    return wire.seen.length;
  };
  await token.read();

  const reads = [await readAgain(), await readAgain()];
  nowMs += 29_999;
  reads.push(await readAgain());
  nowMs += 1;
  reads.push(await readAgain());

  expect(reads).toEqual([2, 2, 2, 3]);
});

test('stays forgotten while it cannot be read', async () => {
  const token = secret();
  await token.read();
  values.set(NAME, 'rotated-value');
  token.forget();
  wire.intercept(async () => 'cut');
  const failed = token.read();

  await expect(failed).rejects.toThrow();
  wire.untouched();
  expect(await token.read()).toBe('rotated-value');
});

test('loses the line break that an editor put at its end', async () => {
  values.set(NAME, 'first-value\n');

  expect(await secret().read()).toBe('first-value');
});

test.each([
  ['empty', ''],
  ['blank', ' \n'],
])('that is %s is an error with its name, until it is filled', async (_, value) => {
  values.set(NAME, value);
  const token = secret();

  await expect(token.read()).rejects.toThrow(`secret ${NAME} is empty`);
  values.set(NAME, 'filled');

  expect(await token.read()).toBe('filled');
});

test('that does not exist is an error, and has no value in it', async () => {
  const error = await secret('cameo/nothing')
    .read()
    .catch((reason) => reason);

  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 10 })).not.toContain('first-value');
});
