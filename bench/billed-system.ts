// The bundles that are deployed, each in a process of its own as on Lambda, between emulators behind fronts that
// count what is asked of them. What an invocation costs can be told from what the emulators and Telegram spend.

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { defaults, TELEGRAM_PUBLIC_KEY } from '../core/operator-settings.ts';
import { PAUSE_READ_EVERY_MS } from '../core/paced-telegram.ts';
import { PROJECT_ROOT } from '../lib/bundling.ts';
import { awsClients } from '../local/aws.ts';
import { readCounters, setLatency } from '../local/bot-api/control.ts';
import { startBotApi } from '../local/bot-api/server.ts';
import { startEmulators } from '../local/emulators.ts';
import { environmentOf, secretsByName } from '../local/joints.ts';
import { endpointVariables } from '../local/outputs-file.ts';
import { provision, type Resources } from '../local/provision.ts';
import { startSecretsManager } from '../local/secrets-manager.ts';
import {
  BILLED_NAMES,
  type BilledFunction,
  type BilledName,
  startFunction,
} from './billed-function.ts';
import { BOT_TOKEN } from './cameo.ts';
import { startCountingFront, type Traffic, total } from './counting-front.ts';
import type { InvokeAnswer } from './helpers/invoke.ts';
import { temporaryFolder } from './leftovers.ts';

/** An invocation: what it answered, what it took, and what went over the fronts and to Telegram meanwhile. */
export interface Billed extends InvokeAnswer, Traffic {}

/** The running system. */
export interface BilledSystem extends AsyncDisposable {
  /** Straight to the emulators, uncounted. */
  readonly clients: ReturnType<typeof awsClients>;
  readonly resources: Resources;
  readonly telegramRoot: string;
  /** What loading the bundle took of a processor. */
  initMsOf(name: BilledName): number;
  invoke(name: BilledName, event: unknown): Promise<Billed>;
}

/** The key of the backend, and that of the URLs. */
export const SERVICE_KEY = 'the-service-key-of-the-benchmark';
export const URL_KEY = 'the-url-key-of-the-benchmark';

// Longer than a read of the pause is shared, so that each call is preceded by one: the most there can be, and the same
// on a slow machine.
const CALL_MS = PAUSE_READ_EVERY_MS + 20;
const TELEGRAM_MS = { getUserProfilePhotos: CALL_MS, getFile: CALL_MS, download: CALL_MS };

/** Builds, provisions and starts everything. */
export async function startBilledSystem(): Promise<BilledSystem> {
  await using undo = new AsyncDisposableStack();
  const folder = undo.use(temporaryFolder());
  const ground = await startGround(join(folder.path, 'data'), undo);
  // Where the bundles find sharp, which a deployed one has beside it.
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  const running = {} as Record<BilledName, BilledFunction>;
  for (const name of BILLED_NAMES) {
    running[name] = undo.use(await startFunction(name, folder.path, ground.environment));
  }
  const { clients, resources, telegramRoot, take } = ground;
  const kept = undo.move();
  return {
    clients,
    resources,
    telegramRoot,
    initMsOf: (name) => running[name].initMs,
    async invoke(name, event) {
      take();
      const before = await telegramCalls(telegramRoot);
      const answered = await running[name].invoke(event);
      const { requests, ...units } = take();
      const toTelegram = difference(await telegramCalls(telegramRoot), before);
      return { ...answered, ...units, requests: { ...requests, ...toTelegram } };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What the functions stand on; `take` has what went over all fronts since it was called last. */
async function startGround(dataDir: string, undo: AsyncDisposableStack) {
  const emulators = await startEmulators({ dataDir });
  undo.defer(() => emulators.stop());
  const clients = awsClients(emulators);
  undo.defer(() => Object.values(clients).forEach((client) => void client.destroy()));
  const resources = await provision(clients);
  const botApi = await startBotApi({ token: BOT_TOKEN });
  undo.defer(() => botApi.close());
  await setLatency(botApi.apiRoot, TELEGRAM_MS);
  const keys = { urlKey: URL_KEY, serviceKey: SERVICE_KEY, botToken: BOT_TOKEN };
  const secrets = await startSecretsManager(secretsByName(keys));
  undo.defer(() => secrets.stop());
  const fronts = {
    DYNAMODB: await startCountingFront(emulators.dynamodbUrl),
    S3: await startCountingFront(emulators.s3Url),
    SQS: await startCountingFront(emulators.sqsUrl),
  };
  const all = Object.values(fronts);
  for (const front of all) undo.defer(() => front.stop());
  const settings = {
    apiRoot: botApi.apiRoot,
    botId: 'none',
    initDataPublicKeys: [TELEGRAM_PUBLIC_KEY],
    limits: defaults,
  };
  const endpoints = {
    DYNAMODB: fronts.DYNAMODB.url,
    S3: fronts.S3.url,
    SQS: fronts.SQS.url,
    SECRETS_MANAGER: secrets.url,
    // Nothing is evicted in these journeys, and no function reads metrics or logs.
    CLOUDFRONT: secrets.url,
    CLOUDWATCH: secrets.url,
    CLOUDWATCH_LOGS: secrets.url,
  };
  const environment = {
    ...environmentOf(resources, settings),
    ...endpointVariables(endpoints),
    // As deployed; `BOT_TOKEN` is for the one that has no secret to read.
    POWERTOOLS_LOG_LEVEL: 'INFO',
    BOT_TOKEN,
  };
  const take = () => total(all.map((front) => front.take()));
  return { clients, resources, telegramRoot: botApi.apiRoot, environment, take };
}

async function telegramCalls(apiRoot: string): Promise<Record<string, number>> {
  const { calls } = await readCounters(apiRoot);
  return Object.fromEntries(
    Object.entries(calls).map(([name, { total: count }]) => [`Telegram ${name}`, count]),
  );
}

function difference(after: Record<string, number>, before: Record<string, number>) {
  const changed = Object.entries(after).map(
    ([name, count]) => [name, count - (before[name] ?? 0)] as const,
  );
  return Object.fromEntries(changed.filter(([, count]) => count > 0));
}
