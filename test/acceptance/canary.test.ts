// A bot token that can be recognised, a run with everything that goes wrong at Telegram, and a search of all
// that was printed, answered and written.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from 'vitest';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { addFault } from '../../local/bot-api/control.ts';
import type { FaultEffect, FaultMatch } from '../../local/bot-api/fault.ts';
import type { BotApi } from '../../local/bot-api/server.ts';
import { startEmulators } from '../../local/emulators.ts';
import { provision } from '../../local/provision.ts';
import { getUntil, type RunningCameo, startWithTelegram } from './running-cameo.ts';

const SECRET = 'AAcanaryCANARYcanaryCANARYcanary';
const TOKEN = `7007:${SECRET}`;

type UnaimedFault = Pick<FaultMatch, 'call'> & FaultEffect;

let botApi: BotApi;
let cameo: RunningCameo;
/** Everything that a client of the system was sent. */
const answers: string[] = [];

beforeAll(async () => {
  const started = await startWithTelegram(TOKEN, { POWERTOOLS_LOG_LEVEL: 'DEBUG' });
  ({ botApi, cameo } = started);
  return started.end;
});

const badPath = (path: string | null): UnaimedFault => ({
  call: 'getFile',
  effect: 'merge',
  result: { file_path: path },
});

const faults: readonly UnaimedFault[] = [
  { call: 'getUserProfilePhotos', effect: 'html', status: 502 },
  { call: 'getUserProfilePhotos', effect: 'short' },
  { call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 1 },
  { call: 'getUserProfilePhotos', effect: 'error', status: 500, description: TOKEN },
  { call: 'getFile', effect: 'error', status: 400, description: `Bad Request: ${TOKEN}` },
  { call: 'getFile', effect: 'redirect', location: `https://elsewhere.example/bot${TOKEN}/` },
  badPath(`/var/lib/telegram-bot-api/${TOKEN}/photos/file_1.jpg`),
  badPath(`../bot${TOKEN}/getMe`),
  badPath(`https://elsewhere.example/bot${TOKEN}/file.jpg`),
  badPath(null),
  { call: 'download', effect: 'cut' },
  { call: 'download', effect: 'html', status: 502 },
  { call: 'download', effect: 'redirect', location: `/file/bot${TOKEN}/photos/file_1.jpg` },
  { call: 'download', effect: 'error', status: 404 },
];

test('a bot token is in no output, answer, row, object or message, whatever Telegram does', async () => {
  const partners = await Promise.all(faults.map((fault, n) => registerWith(fault, 2001 + n)));
  await Promise.all(partners.map((avatarId) => untilPhoto(avatarId)));
  await addFault(botApi.apiRoot, {
    call: 'getUserProfilePhotos',
    effect: 'error',
    status: 401,
    times: null,
  });
  await registerWith(undefined, 2999);
  await keep(await cameo.get('/local/status'));
  await cameo.end('SIGTERM');

  // The log is not empty for lack of trouble.
  expect(cameo.output()).toContain('TelegramTransient');
  expect(leaks(cameo.output())).toEqual([]);
  expect(answers.flatMap(leaks)).toEqual([]);
  expect((await storedTexts()).flatMap(leaks)).toEqual([]);
  expect(
    filesIn(cameo.dataDir).filter((file) => leaks(readFileSync(file, 'latin1')).length),
  ).toEqual([]);
});

test('the search finds a token where there is one', () => {
  expect(leaks(`GET /bot${TOKEN}/getMe`)).toHaveLength(1);
  expect(leaks(encodeURIComponent(TOKEN))).toHaveLength(1);
});

function leaks(text: string): string[] {
  const at = text.indexOf(SECRET);
  return at < 0 ? [] : [text.slice(Math.max(0, at - 80), at + SECRET.length)];
}

async function registerWith(fault: UnaimedFault | undefined, userId: number): Promise<string> {
  if (fault) await addFault(botApi.apiRoot, { ...fault, userId });
  const response = await cameo.register(userId);
  return JSON.parse(await keep(response)).avatarId;
}

async function untilPhoto(avatarId: string): Promise<void> {
  const get = async () => {
    const response = await cameo.get(`/avatars/${avatarId}?wait=5`);
    await keep(response.clone());
    return response;
  };
  await getUntil(
    get,
    ({ status, headers }) => status === 200 || headers.get('x-avatar') === 'none',
    20,
  );
}

async function keep(response: Response): Promise<string> {
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
  answers.push(JSON.stringify([...response.headers]), body);
  return body;
}

/** Every row, object and message that the stopped system left, as text. */
async function storedTexts(): Promise<string[]> {
  const emulators = await startEmulators({ dataDir: cameo.dataDir });
  const clients = awsClients(emulators);
  const { tableName, bucketName, queues } = await provision(clients);
  const { Items = [] } = await clients.dynamodb.send(new ScanCommand({ TableName: tableName }));
  const objects = await objectsIn(clients, bucketName);
  const messages = [
    ...(await messagesIn(clients, queues.fetch.url)),
    ...(await messagesIn(clients, queues.fetch.deadLetterUrl)),
  ];
  await emulators.stop();
  expect(Items.length).toBeGreaterThan(faults.length);
  expect(objects.length).toBeGreaterThan(faults.length);
  return [...Items.map((item) => JSON.stringify(item)), ...objects, ...messages];
}

async function objectsIn({ s3 }: AwsClients, bucket: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body, ...rest } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? [];
      return `${Key} ${JSON.stringify(rest.Metadata)} ${Buffer.from(bytes).toString('latin1')}`;
    }),
  );
}

async function messagesIn({ sqs }: AwsClients, queueUrl: string): Promise<string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
  );
  return Messages.map((message) => JSON.stringify(message));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
