// A bot token and a service key that can be recognised, one run of `npm start` with everything that can be made to go
// wrong from outside, and a search of all that was printed, answered and written. What the edge keeps are answers.
// There are no metrics or traces but what is counted out of the log.

import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { queues } from '../../core/topology.ts';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { addFault, hidePhotos, setPhoto } from '../../local/bot-api/control.ts';
import type { FaultEffect, FaultMatch } from '../../local/bot-api/fault.ts';
import { type BotApi, startBotApi } from '../../local/bot-api/server.ts';
import { startEmulators } from '../../local/emulators.ts';
import { writeKeyFile } from '../../local/key-file.ts';
import { KEYS_FILE } from '../../local/keys.ts';
import { provision, type Resources } from '../../local/provision.ts';
import {
  getUntil,
  newDataDir,
  type RunningCameo,
  removeDataDir,
  startCameo,
} from '../acceptance/running-cameo.ts';
import { canarySearch } from '../canary-search.ts';
import {
  SERVICE_KEY as DEPLOYED_SERVICE_KEY,
  TOKEN as DEPLOYED_TOKEN,
  deploy,
} from '../lambdas/deployed.ts';
import { storesOf } from '../world.ts';
import { hostileImages } from './hostile-images.ts';

const SECRET = 'AAcanaryCANARYcanaryCANARYcanary';
const TOKEN = `7007:${SECRET}`;
const SERVICE_KEY = 'KKcanaryCANARYcanaryCANARYcanary-service-key';
const URL_KEY = 'canary-url-key';

type UnaimedFault = Pick<FaultMatch, 'call'> & FaultEffect;

const badPath = (path: string | null): UnaimedFault => ({
  call: 'getFile',
  effect: 'merge',
  result: { file_path: path },
});

const faults: readonly UnaimedFault[] = [
  { call: 'getUserProfilePhotos', effect: 'html', status: 502 },
  { call: 'getUserProfilePhotos', effect: 'short' },
  { call: 'getUserProfilePhotos', effect: 'empty' },
  { call: 'getUserProfilePhotos', effect: 'cut' },
  { call: 'getUserProfilePhotos', effect: 'endless' },
  { call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 1 },
  { call: 'getUserProfilePhotos', effect: 'error', status: 500, description: TOKEN },
  { call: 'getUserProfilePhotos', effect: 'merge', result: { photos: [[{ file_id: TOKEN }]] } },
  { call: 'getFile', effect: 'error', status: 400, description: `Bad Request: ${TOKEN}` },
  { call: 'getFile', effect: 'error', status: 400, description: 'Bad Request: invalid file_id' },
  { call: 'getFile', effect: 'redirect', location: `https://elsewhere.example/bot${TOKEN}/` },
  badPath(`/var/lib/telegram-bot-api/${TOKEN}/photos/file_1.jpg`),
  badPath(`../bot${TOKEN}/getMe`),
  badPath(`https://elsewhere.example/bot${TOKEN}/file.jpg`),
  badPath(null),
  { call: 'download', effect: 'cut' },
  { call: 'download', effect: 'short' },
  { call: 'download', effect: 'endless' },
  { call: 'download', effect: 'html', status: 502 },
  { call: 'download', effect: 'redirect', location: `/file/bot${TOKEN}/photos/file_1.jpg` },
  { call: 'download', effect: 'error', status: 404 },
];

/** Those that can go on for ever: a 429 would keep the whole fleet silent. */
const givenUp = faults.filter((fault) => !('retryAfter' in fault));

// By what its owner goes wrong: users who fail once, whose messages are given up, with hostile photos, and others.
const FAILING = 2001;
const GIVEN_UP = 3001;
const HOSTILE = 4001;
const REFUSED = 5001;

const dataDir = newDataDir();
let botApi: BotApi;
let cameo: RunningCameo;
/** Everything that a client of the system was sent. */
const answers: string[] = [];

const leaks = canarySearch(SECRET, SERVICE_KEY);

beforeAll(async () => {
  botApi = await startBotApi({ token: TOKEN });
  mkdirSync(dataDir, { recursive: true });
  writeKeyFile(
    join(dataDir, KEYS_FILE),
    JSON.stringify({ serviceKey: SERVICE_KEY, urlKey: URL_KEY }),
  );
  await withStores(almostGiveUp);
  cameo = await startCameo(dataDir, {
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: botApi.apiRoot,
  });
  return async () => {
    await cameo.end('SIGTERM');
    await botApi.close();
    removeDataDir(dataDir);
  };
});

test('fault 38: neither bot token nor service key is in anything that is printed, answered or written, whatever goes wrong', async () => {
  // A few of each kind: images.test.ts has them all.
  const images = (await hostileImages()).filter(({ bytes }, n) => bytes.length > 0 && n % 5 === 0);
  const failing = faults.map((fault, n) => registerWith(fault, FAILING + n));
  const hostile = images.map(async ({ bytes }, n) => {
    await setPhoto(botApi.apiRoot, HOSTILE + n, Buffer.from(bytes));
    return registerWith(undefined, HOSTILE + n);
  });
  const partners = await Promise.all([...failing, ...hostile]);
  await Promise.all(wrongRequests().map(send));
  await Promise.all(partners.map(untilAnswered));
  await eraseAndHide();
  await runSchedule();
  await refuseTheToken();
  await send({ path: '/local/status' });
  await cameo.end('SIGTERM');

  // The log is not empty for lack of trouble.
  for (const kind of ['TelegramTransient', 'TelegramThrottled', 'TelegramUnauthorized']) {
    expect(cameo.output()).toContain(`"name":"${kind}"`);
  }
  const { rows, objects, messages, deadLetters } = await withStores(everythingStored);
  expect(rows.length).toBeGreaterThan(faults.length);
  expect(objects.length).toBeGreaterThan(faults.length);
  expect(deadLetters.filter((letter) => letter.includes('reason')).length).toBeGreaterThan(5);
  const found = [cameo.output(), ...answers, ...rows, ...objects, ...messages, ...deadLetters];
  expect(found.flatMap(leaks)).toEqual([]);
  // Where the keys are kept, and there the service key alone.
  expect(filesWithLeaks()).toEqual([KEYS_FILE]);
  expect(readFileSync(join(dataDir, KEYS_FILE), 'utf8')).not.toContain(SECRET);
});

describe('the search', () => {
  test.each([TOKEN, SERVICE_KEY])('finds a secret where there is one', (secret) => {
    expect(leaks(`GET /bot${secret}/getMe`)).toHaveLength(1);
    expect(leaks(encodeURIComponent(secret))).toHaveLength(1);
    expect(leaks(Buffer.from(`{"token":"${secret}"}`).toString('base64'))).toHaveLength(1);
  });

  test.each<[string, (secret: string, deployed: Awaited<ReturnType<typeof deploy>>) => unknown]>([
    ['to a store', (secret, { wires }) => fetch(wires.sqs.url, { method: 'POST', body: secret })],
    ['into the log', (secret) => process.stdout.write(`{"message":"${secret}"}\n`)],
    ['into a metric', (secret) => process.stdout.write(`${metricOf(secret)}\n`)],
    // biome-ignore lint/suspicious/noConsole: as a library would that knows no logger of ours.
    ['to the console', (secret) => globalThis.console.error(new Error(secret))],
    [
      'in an answer',
      (secret, { request }) => request('GET', `/avatars/${'a'.repeat(26)}?size=${secret}`),
    ],
  ])('of every deployed test fails if a secret goes %s', async (_, leak) => {
    for (const secret of [DEPLOYED_TOKEN, DEPLOYED_SERVICE_KEY]) {
      const deployed = await deploy();
      await leak(secret, deployed);
      await expect(deployed.stop()).rejects.toThrow('a secret was logged, answered or stored');
    }
  });

  test('of every deployed test does not fail for nothing', async () => {
    const deployed = await deploy();
    await deployed.request('GET', `/avatars/${'a'.repeat(26)}?size=1`);
    await deployed.stop();
  });
});

/** A line of metrics as nobody may write one. */
function metricOf(secret: string): string {
  const directive = { Namespace: 'cameo', Dimensions: [['Of']], Metrics: [{ Name: 'Answers' }] };
  const metadata = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  return JSON.stringify({ _aws: metadata, Answers: 1, Of: secret });
}

/** Partners whose messages were received so often that the next failure is the last: their faults never end. */
async function almostGiveUp(clients: AwsClients, resources: Resources): Promise<void> {
  const { table } = storesOf(clients, resources);
  const { url } = resources.queues.fetch;
  for (const [n, fault] of givenUp.entries()) {
    const userId = GIVEN_UP + n;
    const avatarId = avatarIdOf(URL_KEY, String(userId));
    const times = { nowMs: Date.now(), claimUntilMs: 0 };
    await table.register(avatarId, { userId: String(userId) }, times, { afterErasure: true });
    await addFault(botApi.apiRoot, { ...fault, userId, times: null });
    const MessageBody = JSON.stringify({ avatarId, checkedBeforeMs: Date.now() });
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
  }
  for (let receive = 1; receive < queues.fetch.maxReceiveCount; receive++) {
    for (let received = 0; received < givenUp.length; ) {
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
      );
      received += Messages.length;
    }
  }
}

interface TestRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What callers get wrong, some of them with a secret in their hands. */
function wrongRequests(): TestRequest[] {
  const nobody = 'a'.repeat(26);
  const authorizations = [
    `Bearer ${SERVICE_KEY}x`,
    `Bearer ${TOKEN}`,
    `Bearer ${SERVICE_KEY} ${SERVICE_KEY}`,
    `bearer:${SERVICE_KEY}`,
    `Basic ${Buffer.from(`u:${SERVICE_KEY}`).toString('base64')}`,
    `tma ${TOKEN}`,
    `tma user=%7B%22id%22%3A1%7D&auth_date=1&hash=${SECRET}&signature=${SERVICE_KEY}`,
  ];
  const bearer = { authorization: `Bearer ${SERVICE_KEY}` };
  const json = { ...bearer, 'content-type': 'application/json' };
  return [
    ...authorizations.flatMap((authorization) => [
      { path: '/api/partner/42', method: 'PUT', headers: { authorization }, body: '{}' },
      { path: '/api/partner/42', method: 'DELETE', headers: { authorization } },
      { path: '/api/partner/me', method: 'POST', headers: { authorization } },
      { path: '/api/partner/recent', headers: { authorization } },
    ]),
    { path: '/api/partner/42', method: 'PUT', headers: json, body: '{"firstName":' },
    {
      path: '/api/partner/42',
      method: 'PUT',
      headers: json,
      body: `{"firstName":${'9'.repeat(99_999)}}`,
    },
    { path: '/api/partner/0', method: 'PUT', headers: json, body: '{}' },
    { path: '/api/partner/resolve', method: 'POST', headers: json, body: '{"ids":[null]}' },
    { path: '/api/partner/resolve', method: 'POST', headers: json, body: '{"ids":["2001"]}' },
    { path: '/api/partner/recent?limit=50&inline=64', headers: bearer },
    { path: '/api/partner/recent?limit=x', headers: bearer },
    { path: '/api/partner/changes', headers: bearer },
    { path: '/api/partner/erasures/none', headers: bearer },
    { path: '/api/partner/none', method: 'PATCH', headers: bearer },
    { path: `/avatars/${nobody}?size=x`, headers: bearer },
    { path: `/avatars/${nobody}/%2e%2e/64.webp` },
    { path: `/avatars/${nobody}`, headers: { cookie: SERVICE_KEY, 'x-api-key': SERVICE_KEY } },
    { path: '/%ff/%00' },
  ];
}

async function send({ path, ...init }: TestRequest): Promise<string> {
  return keep(await cameo.get(path, init));
}

/** One whose photo Telegram hides afterwards, one who is erased while a message waits, and one who comes back. */
async function eraseAndHide(): Promise<void> {
  const headers = { authorization: `Bearer ${SERVICE_KEY}` };
  await hidePhotos(botApi.apiRoot, FAILING);
  for (const userId of [FAILING + 1, FAILING + 2, GIVEN_UP]) {
    const erased = await send({ path: `/api/partner/${userId}`, method: 'DELETE', headers });
    await send({ path: `/api/partner/erasures/${JSON.parse(erased).erasureId}`, headers });
  }
  await registerWith(undefined, FAILING + 1);
  await sendRaw('GET /avatars HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n');
  await sendRaw(`GET /bot${'x'.repeat(30_000)} HTTP/1.1\r\nhost: x\r\n\r\n`);
}

/** Bytes that no client library would send. */
async function sendRaw(request: string): Promise<void> {
  const socket = connect(Number(new URL(cameo.url).port), '127.0.0.1');
  socket.on('data', (chunk) => answers.push(chunk.toString('latin1'))).on('error', () => {});
  socket.end(request);
  await once(socket, 'close');
}

async function runSchedule(): Promise<void> {
  const headers = { origin: cameo.url };
  await send({ path: '/local/schedule/warm/run', method: 'POST', headers });
  await send({ path: '/local/schedule/warm/run', method: 'POST' });
}

/** Telegram refuses the token from now on: the last thing that it says, since the fleet is silent for a minute. */
async function refuseTheToken(): Promise<void> {
  const refused = { call: 'getUserProfilePhotos', effect: 'error', status: 401 } as const;
  await addFault(botApi.apiRoot, {
    ...refused,
    description: `Unauthorized: ${TOKEN}`,
    times: null,
  });
  await registerWith(undefined, REFUSED);
  await expect.poll(() => cameo.output(), { timeout: 20_000 }).toContain('TelegramUnauthorized');
}

async function registerWith(fault: UnaimedFault | undefined, userId: number): Promise<string> {
  if (fault) await addFault(botApi.apiRoot, { ...fault, userId });
  const response = await cameo.register(userId);
  return JSON.parse(await keep(response)).avatarId;
}

async function untilAnswered(avatarId: string): Promise<void> {
  const get = async () => {
    const response = await cameo.get(`/avatars/${avatarId}?wait=5`);
    await keep(response.clone());
    return response;
  };
  const accept = ({ status, headers }: Response) =>
    status === 200 || headers.get('x-avatar') === 'none';
  await getUntil(get, accept);
}

async function keep(response: Response): Promise<string> {
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
  answers.push(JSON.stringify([...response.headers]), body);
  return body;
}

/** The stores of a system that does not run. */
async function withStores<T>(
  use: (clients: AwsClients, resources: Resources) => Promise<T>,
): Promise<T> {
  const emulators = await startEmulators({ dataDir });
  const clients = awsClients(emulators);
  try {
    return await use(clients, await provision(clients));
  } finally {
    await emulators.stop();
  }
}

/** Every row, object and message that the stopped system left, as text. */
async function everythingStored(
  clients: AwsClients,
  { tableName, bucketName, queues: provisioned, schedules }: Resources,
) {
  const { Items = [] } = await clients.dynamodb.send(new ScanCommand({ TableName: tableName }));
  const waiting = Object.values(provisioned).map(({ url }) => url);
  const dead = [...Object.values(provisioned), ...Object.values(schedules)].map(
    ({ deadLetterUrl }) => deadLetterUrl,
  );
  return {
    rows: Items.map((item) => JSON.stringify(item)),
    objects: await objectsIn(clients, bucketName),
    messages: (await Promise.all(waiting.map((url) => messagesIn(clients, url)))).flat(),
    deadLetters: (await Promise.all(dead.map((url) => messagesIn(clients, url)))).flat(),
  };
}

async function objectsIn({ s3 }: AwsClients, bucket: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body, ...rest } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? [];
      return `${Key} ${JSON.stringify(rest)} ${Buffer.from(bytes).toString('latin1')}`;
    }),
  );
}

/** All that can be received: what is delayed is in the data folder's files, which are searched, too. */
async function messagesIn({ sqs }: AwsClients, QueueUrl: string): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return texts;
    texts.push(...Messages.map((message) => JSON.stringify(message)));
  }
}

/** The files of the data folder that hold a secret, by their names in it. */
function filesWithLeaks(): string[] {
  return readdirSync(dataDir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => leaks(readFileSync(file, 'latin1')).length > 0)
    .map((file) => relative(dataDir, file));
}
