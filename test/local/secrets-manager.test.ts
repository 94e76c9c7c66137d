import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { startSecretsManager } from '../../local/secrets-manager.ts';

const TARGET = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
const BODY = JSON.stringify({ SecretId: 'cameo/key' });
let url: string;
let client: SecretsManagerClient;

beforeEach(async () => {
  const secretsManager = await startSecretsManager(new Map([['cameo/key', 'canary']]));
  onTestFinished(() => secretsManager.stop());
  url = secretsManager.url;
  const credentials = LOCAL_CREDENTIALS;
  client = new SecretsManagerClient({ region: LOCAL_REGION, credentials, endpoint: url });
});

/** A call with headers of its own, `host` among them, which fetch would not send. */
async function post(headers: Record<string, string>, body: string) {
  const call = request(url, { method: 'POST', headers }).end(body);
  const [response] = await once(call, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
}

test('gives the SDK a secret by its name', async () => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: 'cameo/key' }));

  expect(SecretString).toBe('canary');
});

test('knows no other name, and no other operation', async () => {
  const unknown = client.send(new GetSecretValueCommand({ SecretId: 'other' }));
  const list = client.send(new ListSecretsCommand({}));

  await expect(unknown).rejects.toThrow(
    expect.objectContaining({ name: 'ResourceNotFoundException' }),
  );
  await expect(list).rejects.toThrow(
    expect.objectContaining({ name: 'UnknownOperationException' }),
  );
});

test('gives no secret to a web page: neither another origin nor a name that resolves to loopback', async () => {
  const { port } = new URL(url);

  const rebound = await post({ ...TARGET, host: `evil.example:${port}` }, BODY);
  const foreign = await post({ ...TARGET, origin: 'https://evil.example' }, BODY);
  const own = await post(TARGET, BODY);

  expect([rebound, foreign]).toEqual([
    { status: 403, body: '' },
    { status: 403, body: '' },
  ]);
  expect(own).toMatchObject({ status: 200, body: expect.stringContaining('canary') });
});

test.each(['', '{', '[]', 'null', '{"SecretId": 1}', '{"secretId": "cameo/key"}'])(
  'says 400 to a body that names no secret: %s',
  async (body) => {
    const answer = await post(TARGET, body);

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ __type: 'SerializationException' });
  },
);

test('cuts off a body without an end', async () => {
  const call = post(TARGET, 'x'.repeat(1_000_000));

  await expect(call).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
});

test('goes on after a caller who left in the middle of a request', async () => {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\n{"Secret`;
  await new Promise<void>((sent) => socket.write(head, () => sent()));
  socket.resetAndDestroy();
  await once(socket, 'close');

  expect(await post(TARGET, BODY)).toMatchObject({ status: 200 });
});
