// serve-photo's handler alone in a process: its module, the emulators that it starts from, and events.

import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { partnerTable } from '../../adapters/partner-table.ts';
import { photoWriter } from '../../adapters/photo-bucket.ts';
import { defaults, TELEGRAM_PUBLIC_KEY } from '../../core/operator-settings.ts';
import { etagOf } from '../../core/serve-photo.ts';
import { routes } from '../../core/topology.ts';
import { countedAnswer } from '../../lambdas/counted-answers.ts';
import { systemClock } from '../../lambdas/environment.ts';
import { emfMetrics } from '../../lambdas/metrics.ts';
import { awsClients, awsEndpoints, forgetAwsAccount } from '../../local/aws.ts';
import type { HttpRequest } from '../../local/edge/message.ts';
import { NO_BODY } from '../../local/edge/message.ts';
import { importHandlers, type LocalEnvironment } from '../../local/handlers.ts';
import { apiEvent } from '../../local/http-api/event.ts';
import { createHttpApi } from '../../local/http-api.ts';
import { invocationContext } from '../../local/invocation.ts';
import { provision } from '../../local/provision.ts';
import { answerParent } from '../helper.ts';
import { median } from '../measure.ts';

/** The folder for the emulators' state, and how often to measure. */
export interface HandlerQuestion {
  readonly dataDir: string;
  readonly rounds: number;
}

/** A row for each kind of call; `processorMs` is for one request. */
export type HandlerAnswer = readonly {
  readonly what: string;
  readonly perSecond: number;
  readonly processorMs: number;
}[];

const AVATAR_ID = 'abcdefghijklmnopqrstuvwxyz';
const PHOTO_ID = 'AQADbenchmark';
const SIZE = 150;

// About what a photo of 150 px has.
const PHOTO_BYTES = 5_000;

// Of what serve-photo never asks.
const NOWHERE = 'http://127.0.0.1:9';

const ROUND_MS = 300;
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

answerParent<HandlerQuestion, HandlerAnswer>(async ({ dataDir, rounds }) => {
  const { api, handler } = await prepare(dataDir);
  const path = `/avatars/${AVATAR_ID}`;
  const version = `${path}/${PHOTO_ID}/${SIZE}.webp`;
  const unchanged = { 'if-none-match': etagOf(PHOTO_ID, SIZE) };
  const context = invocationContext({ functionName: 'servePhoto', timeoutSeconds: 10 });
  const calls = {
    'current photo, handler alone': call(handler, context, eventOf(path, {})),
    'current photo, 304': call(handler, context, eventOf(path, unchanged)),
    'a version, from the emulated bucket': call(
      handler,
      context,
      eventOf(version, {}, { photoId: PHOTO_ID, file: `${SIZE}.webp` }),
    ),
    'current photo, through the local HTTP API': () => api(requestOf(path, {})),
    'what a hit counts and tells, alone': countedHit(context),
  };
  const measured: { what: string; perSecond: number; processorMs: number }[] = [];
  for (const [what, run] of Object.entries(calls)) {
    measured.push({ what, ...(await measure(run, rounds)) });
  }
  return measured;
});

/** The share of a hit that its metrics have. */
function countedHit(context: Context): () => Promise<void> {
  const { count, during } = emfMetrics('benchmark');
  return () => during(context, async () => countedAnswer(count, systemClock).is('hit-memory'));
}

async function measure(run: () => Promise<unknown>, rounds: number) {
  await repeat(run);
  const measured: { perSecond: number; processorMs: number }[] = [];
  for (let round = 0; round < rounds; round++) measured.push(await repeat(run));
  return {
    perSecond: median(measured.map(({ perSecond }) => perSecond)),
    processorMs: median(measured.map(({ processorMs }) => processorMs)),
  };
}

/** One after the other for as long as a round takes. */
async function repeat(run: () => Promise<unknown>) {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let calls = 0;
  let wallMs = 0;
  while (wallMs < ROUND_MS) {
    await run();
    calls++;
    wallMs = performance.now() - startedAt;
  }
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (calls / wallMs) * 1000, processorMs: (user + system) / 1000 / calls };
}

async function prepare(dataDir: string) {
  const endpoints = await awsEndpoints(dataDir, undefined);
  const clients = awsClients(endpoints);
  const { tableName, bucketName, queues } = await provision(clients);
  await storePhoto(clients, tableName, bucketName);
  const environment: LocalEnvironment = {
    TABLE_NAME: tableName,
    BUCKET_NAME: bucketName,
    FETCH_QUEUE_URL: queues.fetch.url,
    WARM_QUEUE_URL: queues.warm.url,
    ERASE_QUEUE_URL: queues.erase.url,
    FETCH_DEAD_LETTER_URL: queues.fetch.deadLetterUrl,
    WARM_DEAD_LETTER_URL: queues.warm.deadLetterUrl,
    ERASE_DEAD_LETTER_URL: queues.erase.deadLetterUrl,
    DISTRIBUTION_ID: 'unused',
    URL_KEY_SECRET: 'unused',
    SERVICE_KEY_SECRET: 'unused',
    BOT_TOKEN_SECRET: 'unused',
    TELEGRAM_API_ROOT: NOWHERE,
    BOT_ID: 'none',
    INIT_DATA_PUBLIC_KEYS: TELEGRAM_PUBLIC_KEY,
    INIT_DATA_MAX_AGE_SECONDS: '0',
    WARM_PARTNERS: '0',
    TOMBSTONE_DAYS: '0',
    METRICS_NAMESPACE: 'benchmark',
    REFRESH_HOURS: String(defaults.refreshHours),
    DEMO_PAGE: 'off',
  };
  const { dynamodbUrl: DYNAMODB, s3Url: S3, sqsUrl: SQS } = endpoints;
  forgetAwsAccount(process.env);
  const { servePhoto } = await importHandlers(
    {
      DYNAMODB,
      S3,
      SQS,
      SECRETS_MANAGER: NOWHERE,
      CLOUDFRONT: NOWHERE,
      CLOUDWATCH: NOWHERE,
      CLOUDWATCH_LOGS: NOWHERE,
    },
    environment,
  );
  const served = { handler: servePhoto, timeoutSeconds: 10 };
  const functions = { servePhoto: served, partners: served, serveClient: served };
  const api = createHttpApi({ routes, functions });
  return { api, handler: servePhoto };
}

async function storePhoto(
  clients: ReturnType<typeof awsClients>,
  tableName: string,
  bucketName: string,
): Promise<void> {
  const table = partnerTable(clients.dynamodb, tableName);
  const nowMs = Date.now();
  const times = { nowMs, claimUntilMs: nowMs };
  const partner = { userId: '1', firstName: 'Ada' };
  await table.register(AVATAR_ID, partner, times, { afterErasure: false });
  const untilMs = nowMs + 10_000;
  const lease = await table.acquireLease(AVATAR_ID, {
    owner: 'benchmark',
    nowMs,
    untilMs,
    checkedBeforeMs: nowMs,
  });
  if (lease.kind !== 'held') throw new Error(`no lease: ${lease.kind}`);
  await table.commit(lease, { photoId: PHOTO_ID, lqip: 'data:,' }, nowMs + YEAR_MS, nowMs);
  const version = { avatarId: AVATAR_ID, photoId: PHOTO_ID, size: SIZE } as const;
  await photoWriter(clients.s3, bucketName).put(version, new Uint8Array(PHOTO_BYTES));
}

function requestOf(path: string, headers: Record<string, string>): HttpRequest {
  return { method: 'GET', path, query: '', headers, body: NO_BODY, sourceIp: '127.0.0.1' };
}

function eventOf(
  path: string,
  headers: Record<string, string>,
  version?: Record<string, string>,
): APIGatewayProxyEventV2 {
  return apiEvent(requestOf(path, headers), {
    routeKey: version ? 'GET /avatars/{avatarId}/{photoId}/{file}' : 'GET /avatars/{avatarId}',
    pathParameters: { avatarId: AVATAR_ID, ...version },
    nowMs: Date.now(),
  });
}

/** One call, and a check that it is a hit. */
function call(
  handler: (event: APIGatewayProxyEventV2, context: Context) => unknown,
  context: Context,
  event: APIGatewayProxyEventV2,
): () => Promise<void> {
  return async () => {
    const { headers } = (await handler(event, context)) as { headers: Record<string, string> };
    if (headers['x-avatar'] !== 'hit') throw new Error(`no hit: ${headers['x-avatar']}`);
  };
}
