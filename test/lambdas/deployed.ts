// The handlers as they are deployed: environment first, module afterwards, before real stores on wires
// that a test can cut, a stand-in for Telegram, and a log that is read. Whatever a test does, its secrets are
// looked for in all that is logged, answered, or sent to a store.

import { format } from 'node:util';
import {
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { expect, vi } from 'vitest';
import { defaults } from '../../core/operator-settings.ts';
import { functions, type QueueName, queues, routes } from '../../core/topology.ts';
import type { HttpResult } from '../../lambdas/http-handler.ts';
import { forgetAwsAccount } from '../../local/aws.ts';
import type { BotApi } from '../../local/bot-api/server.ts';
import { startCloudFront } from '../../local/cloudfront.ts';
import { type MetricValues, readEmf } from '../../local/cloudwatch/emf.ts';
import type { HttpAnswer } from '../../local/edge/message.ts';
import { type Handlers, importHandlers } from '../../local/handlers.ts';
import { readResult } from '../../local/http-api/answer.ts';
import { apiEvent } from '../../local/http-api/event.ts';
import { routeTable } from '../../local/http-api/route-table.ts';
import { invocationContext } from '../../local/invocation.ts';
import { startSecretsManager } from '../../local/secrets-manager.ts';
import { sqsEvent } from '../../local/sqs-batch.ts';
import { canarySearch } from '../canary-search.ts';
import { type Hold, startHoldableBotApi } from '../holdable-bot-api.ts';
import { type InitDataSigner, initDataSigner } from '../init-data.ts';
import { startWire, type Wire } from '../wire.ts';
import { startWorld, URL_KEY, type World } from '../world.ts';

/** The bot token, which must be found nowhere. */
export const TOKEN = '123456:AAcanary-canary-canary-canary-canary0';

/** What of it is secret. */
const TOKEN_SECRET = 'AAcanary-canary-canary-canary-canary0';

/** The service key, which must be found nowhere either. */
export const SERVICE_KEY = 'service-key-canary';

/** The id of the bot, and of the distribution. */
const BOT_ID = '123456';
const DISTRIBUTION_ID = 'E2CAMEO';
const METRICS_NAMESPACE = 'cameo-test';
const NOWHERE = 'http://127.0.0.1:9';

/** A request to the HTTP API. */
export interface TestRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What a queue's consumer was given, and what it answered. */
export interface Batch {
  readonly event: SQSEvent;
  readonly response: SQSBatchResponse;
}

/** The deployed functions with what surrounds them. */
export interface Deployed {
  readonly handlers: Handlers;
  readonly world: World;
  readonly botApi: BotApi;
  readonly hold: Hold;
  readonly wires: Readonly<Record<'dynamodb' | 's3' | 'sqs', Wire>>;
  readonly signer: InitDataSigner;
  /** The paths of all invalidations since the last test. */
  readonly invalidated: string[];
  /** Changes the secret as its owner would; no function is told. */
  putBotToken(token: string): void;
  /** Sends a request the way API Gateway does, and reads the result as API Gateway does. */
  request(method: string, path: string, request?: TestRequest): Promise<HttpAnswer>;
  /** The same, but the result as the handler gives it. */
  result(method: string, path: string, request?: TestRequest): Promise<HttpResult>;
  /** Receives a batch of up to ten and gives it to fetch-photo, `remainingMs` before its time-out; it never comes back. */
  fetchBatch(remainingMs?: number): Promise<Batch>;
  /** The same for any queue and its consumer. */
  batchOf(queue: QueueName, remainingMs?: number): Promise<Batch>;
  /** The same as Lambda does it: what the consumer reports as failed stays in the queue and comes back. */
  deliver(queue: QueueName, remainingMs?: number): Promise<Batch>;
  /** Everything that was measured since it was read last, as CloudWatch reads it out of the log. */
  takeMetrics(): MetricValues[];
  /** Everything else that was logged since it was read last. */
  takeLog(): string;
  /** Ends a test: wires untouched, queue and log empty. */
  tidy(): Promise<void>;
  /** Fails if a secret was in anything that was logged, answered or sent to a store. */
  stop(): Promise<void>;
}

/** Starts everything, for a `beforeAll` that returns `stop`. */
export async function deploy(): Promise<Deployed> {
  const world = await startWorld();
  const { botApi, hold } = await startHoldableBotApi(TOKEN);
  const names = { url: 'cameo/url-key', service: 'cameo/service-key', bot: 'cameo/bot-token' };
  const secretValues = new Map([
    [names.url, URL_KEY],
    [names.service, SERVICE_KEY],
    [names.bot, TOKEN],
  ]);
  const secrets = await startSecretsManager(secretValues);
  const { dynamodbUrl, s3Url, sqsUrl } = world.endpoints;
  const search = canarySearch(TOKEN_SECRET, SERVICE_KEY);
  const leaks = new Set<string>();
  const watch = (text: string) => {
    for (const leak of search(text)) leaks.add(leak);
  };
  const wires = {
    dynamodb: await startWire(dynamodbUrl, watch),
    s3: await startWire(s3Url, watch),
    sqs: await startWire(sqsUrl, watch),
  };
  const invalidated: string[] = [];
  const cloudFront = await startCloudFront({
    distributionId: DISTRIBUTION_ID,
    invalidate: (paths) => {
      invalidated.push(...paths);
      watch(paths.join());
    },
  });
  const signer = initDataSigner(BOT_ID);
  const log: string[] = [];
  const emitted: MetricValues[] = [];
  const write = (text: string | Uint8Array) => {
    watch(String(text));
    const metrics = readEmf(String(text));
    emitted.push(...(metrics ?? []));
    if (!metrics) log.push(String(text));
    return true;
  };
  const spies = [
    ...[process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation(write),
    ),
    // Vitest has put a console of its own in the place of the one that writes there.
    ...(['debug', 'error', 'info', 'log', 'warn'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...said) => void write(`${format(...said)}\n`)),
    ),
  ];

  forgetAwsAccount(process.env);
  process.env.POWERTOOLS_LOG_LEVEL = 'DEBUG';
  const { tableName, bucketName, queues: provisioned } = world.resources;
  const handlers = await importHandlers(
    {
      DYNAMODB: wires.dynamodb.url,
      S3: wires.s3.url,
      SQS: wires.sqs.url,
      SECRETS_MANAGER: secrets.url,
      CLOUDFRONT: cloudFront.url,
      // Asked by no function.
      CLOUDWATCH: NOWHERE,
      CLOUDWATCH_LOGS: NOWHERE,
    },
    {
      TABLE_NAME: tableName,
      BUCKET_NAME: bucketName,
      FETCH_QUEUE_URL: provisioned.fetch.url,
      WARM_QUEUE_URL: provisioned.warm.url,
      ERASE_QUEUE_URL: provisioned.erase.url,
      FETCH_DEAD_LETTER_URL: provisioned.fetch.deadLetterUrl,
      WARM_DEAD_LETTER_URL: provisioned.warm.deadLetterUrl,
      ERASE_DEAD_LETTER_URL: provisioned.erase.deadLetterUrl,
      DISTRIBUTION_ID,
      BOT_ID,
      INIT_DATA_PUBLIC_KEYS: signer.publicKeyHex,
      INIT_DATA_MAX_AGE_SECONDS: String(defaults.initDataMaxAgeSeconds),
      WARM_PARTNERS: String(defaults.warmPartners),
      TOMBSTONE_DAYS: String(defaults.tombstoneDays),
      REFRESH_HOURS: String(defaults.refreshHours),
      URL_KEY_SECRET: names.url,
      SERVICE_KEY_SECRET: names.service,
      BOT_TOKEN_SECRET: names.bot,
      TELEGRAM_API_ROOT: botApi.apiRoot,
      METRICS_NAMESPACE,
      DEMO_PAGE: 'on',
    },
  );
  const takeLog = () => log.splice(0).join('');
  const takeMetrics = () => emitted.splice(0);

  /** Receives a batch, gives it to the consumer, and deletes those of its messages that `isOver` says. */
  async function consume(
    name: QueueName,
    remainingMs: number | undefined,
    isOver: (messageId: string, response: SQSBatchResponse) => boolean,
  ): Promise<Batch> {
    const QueueUrl = provisioned[name].url;
    const { Messages = [] } = await world.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    const event = sqsEvent(Messages, QueueUrl);
    const { consumer } = queues[name];
    const response = await handlers[consumer](event, contextOf(consumer, remainingMs));
    watch(JSON.stringify(response));
    for (const { MessageId = '', ReceiptHandle } of Messages) {
      if (!isOver(MessageId, response)) continue;
      await world.clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return { event, response };
  }

  // What failed would come back to a later test.
  const batchOf: Deployed['batchOf'] = (name, remainingMs) =>
    consume(name, remainingMs, () => true);

  const deliver: Deployed['deliver'] = (name, remainingMs) =>
    consume(
      name,
      remainingMs,
      (id, { batchItemFailures }) =>
        !batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === id),
    );

  const result: Deployed['result'] = async (...request) => {
    const answered = await resultOf(handlers, ...request);
    const { headers, body } = readResult(answered);
    watch(JSON.stringify(headers));
    watch(body.toString('latin1'));
    return answered;
  };

  return {
    handlers,
    world,
    botApi,
    hold,
    wires,
    signer,
    invalidated,
    putBotToken: (token) => {
      secretValues.set(names.bot, token);
    },
    takeLog,
    takeMetrics,
    result,
    request: async (...request) => readResult(await result(...request)),
    batchOf,
    deliver,
    fetchBatch: (remainingMs) => batchOf('fetch', remainingMs),
    tidy: async () => {
      for (const wire of Object.values(wires)) wire.untouched();
      // What is delayed, too: it would come to a later test when its time is over.
      for (const { url } of Object.values(provisioned)) {
        await world.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
      }
      invalidated.length = 0;
      takeLog();
      takeMetrics();
    },
    stop: async () => {
      for (const spy of spies) spy.mockRestore();
      for (const wire of Object.values(wires)) await wire.stop();
      await secrets.stop();
      await cloudFront.stop();
      await botApi.close();
      await world.stop();
      expect([...leaks], 'a secret was logged, answered or stored').toEqual([]);
    },
  };
}

/** The context of an invocation, `remainingMs` before its time-out. */
export function contextOf(name: keyof typeof functions, remainingMs?: number): Context {
  const { entry, timeoutSeconds } = functions[name];
  const context = invocationContext({ functionName: entry, timeoutSeconds });
  if (remainingMs === undefined) return context;
  return { ...context, getRemainingTimeInMillis: () => remainingMs };
}

const routeOf = routeTable(routes);

async function resultOf(
  handlers: Handlers,
  method: string,
  target: string,
  { headers = {}, body = '' }: TestRequest = {},
): Promise<HttpResult> {
  const [path = '', query = ''] = target.split('?');
  const match = routeOf(method, path);
  if (!match) throw new Error(`no route takes ${method} ${path}`);
  const { route, pathParameters } = match;
  const event = apiEvent(
    { method, path, query, headers, body: Buffer.from(body), sourceIp: '203.0.113.7' },
    { routeKey: route.key, pathParameters, nowMs: Date.now() },
  );
  return (await handlers[route.function](event, contextOf(route.function))) as HttpResult;
}
