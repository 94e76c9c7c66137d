import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { awsClients } from '../../local/aws.ts';
import { DataFolderInUse, DataFolderUnusable } from '../../local/data-folder.ts';
import { type Emulators, startEmulators } from '../../local/emulators.ts';
import { provision, type Resources } from '../../local/provision.ts';

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-emulators-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string): Promise<Emulators> {
  const emulators = await startEmulators({ dataDir });
  undo.push(() => emulators.stop());
  return emulators;
}

/** A process that has written to each emulator of the folder and still runs. */
async function startHolder(dataDir: string): Promise<ChildProcess> {
  const script = new URL('hold-folder.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(() => kill(child));
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function written(emulators: Emulators, { tableName, bucketName, queues }: Resources) {
  const { dynamodb, s3, sqs } = awsClients(emulators);
  const key = { avatarId: { S: 'a' } };
  const [{ Item }, { Body }, { Messages }] = await Promise.all([
    dynamodb.send(new GetItemCommand({ TableName: tableName, Key: key })),
    s3.send(new GetObjectCommand({ Bucket: bucketName, Key: 'photo' })),
    sqs.send(new ReceiveMessageCommand({ QueueUrl: queues.fetch.url })),
  ]);
  return [Item, await Body?.transformToString(), Messages?.[0]?.Body];
}

async function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  const call = request(url, { headers }).end();
  const [response] = await once(call, 'response');
  response.resume();
  return response.statusCode;
}

test('listens on the loopback address alone', async () => {
  const emulators = await start(newFolder());
  const urls = [emulators.dynamodbUrl, emulators.s3Url, emulators.sqsUrl];
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal);

  for (const url of urls) {
    const { hostname, port } = new URL(url);
    expect(hostname).toBe('127.0.0.1');
    for (const { address } of [...others, { address: '127.0.0.2' }]) {
      await expect(statusOf(`http://${address}:${port}`, {})).rejects.toThrow('ECONNREFUSED');
    }
  }
});

test('answers no web page: neither another origin nor a name that resolves to loopback', async () => {
  const { dynamodbUrl, s3Url } = await start(newFolder());

  for (const url of [dynamodbUrl, `${s3Url}/health`]) {
    expect(await statusOf(url, {})).toBe(200);
    expect(await statusOf(url, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(url, { host: `evil.example:${new URL(url).port}` })).toBe(403);
  }
});

test('keeps its state over kill -9, under queue URLs that can be reached', async () => {
  const dataDir = newFolder();
  const holder = await startHolder(dataDir);
  await kill(holder);

  const emulators = await start(dataDir);
  const resources = await provision(awsClients(emulators));

  expect(await written(emulators, resources)).toEqual([{ avatarId: { S: 'a' } }, 'pixels', 'job']);
  expect(resources.queues.fetch.url).toContain(emulators.sqsUrl);
});

test('refuses a folder that another process uses, and takes it once that one is gone', async () => {
  const dataDir = newFolder();
  const holder = await startHolder(dataDir);

  const refused = startEmulators({ dataDir });

  await expect(refused).rejects.toThrow(DataFolderInUse);
  await expect(refused).rejects.toThrow(dataDir);
  await kill(holder);
  await start(dataDir);
});

test('says in one line that a folder cannot be used', async () => {
  const file = join(newFolder(), 'a-file');
  writeFileSync(file, '');

  const refused = startEmulators({ dataDir: file });

  await expect(refused).rejects.toThrow(DataFolderUnusable);
  await expect(refused).rejects.toThrow(/a-file cannot be used .*CAMEO_DATA_DIR/);
});

test('keeps its state over an orderly restart in the same process', async () => {
  const dataDir = newFolder();
  await kill(await startHolder(dataDir));
  const first = await startEmulators({ dataDir });
  await first.stop();

  const second = await start(dataDir);

  const resources = await provision(awsClients(second));
  expect(await written(second, resources)).toContain('pixels');
});

test('gives no message to a long poll whose caller has gone', async () => {
  const { sqs, ...others } = awsClients(await start(newFolder()));
  const { queues } = await provision({ sqs, ...others });
  const QueueUrl = queues.fetch.url;
  const leaving = new AbortController();
  const poll = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
  const beganAtMs = performance.now();
  const gone = sqs.send(poll, { abortSignal: leaving.signal }).catch((error) => error.name);
  // The queue is asked once more, so that the poll is known to wait there before it is cut off.
  const second = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl }));

  leaving.abort();

  expect(await gone).toBe('AbortError');
  // The cut ends the other poll, too, which shows that the emulator has noticed it; by itself that poll
  // would last for its twenty seconds.
  expect((await second).Messages).toBeUndefined();
  expect(performance.now() - beganAtMs).toBeLessThan(19_000);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'job' }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  expect(Messages?.[0]?.Body).toBe('job');
});
