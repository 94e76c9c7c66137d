// The bundles that are deployed, each in a process of its own as on Lambda, between emulators behind fronts that
// count what is asked of them. What an invocation costs can be told from what the emulators and Telegram spend.

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { TELEGRAM_PUBLIC_KEY } from '../core/operator-settings.ts';
import { PAUSE_READ_EVERY_MS } from '../core/paced-telegram.ts';
import { type FunctionName, functions } from '../core/topology.ts';
import { buildOptions, PROJECT_ROOT } from '../lib/bundling.ts';
import { awsClients } from '../local/aws.ts';
import { readCounters, setLatency } from '../local/bot-api/control.ts';
import { startBotApi } from '../local/bot-api/server.ts';
import { startEmulators } from '../local/emulators.ts';
import { environmentOf, secretsByName } from '../local/joints.ts';
import { endpointVariables } from '../local/outputs-file.ts';
import { provision, type Resources } from '../local/provision.ts';
import { startSecretsManager } from '../local/secrets-manager.ts';
import { BOT_TOKEN } from './cameo.ts';
import { startCountingFront, type Traffic, total } from './counting-front.ts';
import { type Helper, startHelper } from './helper.ts';
import type { InvokeAnswer, InvokeQuestion } from './helpers/invoke.ts';
import { temporaryFolder } from './leftovers.ts';

/** A deployed function, or the one that Cameo is compared to. */
export type BilledName = FunctionName | 'direct';

/** An invocation: what it answered, what it took, and what went over the fronts and to Telegram meanwhile. */
export interface Billed extends InvokeAnswer, Traffic {}

/** The running system. */
export interface BilledSystem extends AsyncDisposable {
  /** Straight to the emulators, uncounted. */
  readonly clients: ReturnType<typeof awsClients>;
  readonly resources: Resources;
  readonly telegramRoot: string;
  /** What loading each bundle took, in ms. */
  readonly initMs: Readonly<Record<BilledName, number>>;
  invoke(name: BilledName, event: unknown): Promise<Billed>;
}

/** The key of the backend, and that of the URLs. */
export const SERVICE_KEY = 'the-service-key-of-the-benchmark';
export const URL_KEY = 'the-url-key-of-the-benchmark';

// Longer than a read of the pause is shared, so that each call is preceded by one: the most there can be, and the same
// on a slow machine.
const TELEGRAM_CALL_MS = PAUSE_READ_EVERY_MS + 20;

const NAMES: readonly BilledName[] = [
  'servePhoto',
  'partners',
  'fetchPhoto',
  'warmRecent',
  'direct',
];

// As fetch-photo's, which does the same work.
const DIRECT = { entry: 'direct', timeoutSeconds: 20 };

/** Builds, provisions and starts everything. */
export async function startBilledSystem(): Promise<BilledSystem> {
  await using undo = new AsyncDisposableStack();
  const folder = undo.use(temporaryFolder());
  const emulators = await startEmulators({ dataDir: join(folder.path, 'data') });
  undo.defer(() => emulators.stop());
  const clients = awsClients(emulators);
  undo.defer(() => Object.values(clients).forEach((client) => void client.destroy()));
  const resources = await provision(clients);
  const botApi = await startBotApi({ token: BOT_TOKEN });
  undo.defer(() => botApi.close());
  await setLatency(botApi.apiRoot, {
    getUserProfilePhotos: TELEGRAM_CALL_MS,
    getFile: TELEGRAM_CALL_MS,
    download: TELEGRAM_CALL_MS,
  });
  const secrets = await startSecretsManager(
    secretsByName({ urlKey: URL_KEY, serviceKey: SERVICE_KEY, botToken: BOT_TOKEN }),
  );
  undo.defer(() => secrets.stop());
  const fronts = {
    DYNAMODB: await startCountingFront(emulators.dynamodbUrl),
    S3: await startCountingFront(emulators.s3Url),
    SQS: await startCountingFront(emulators.sqsUrl),
  };
  for (const front of Object.values(fronts)) undo.defer(() => front.stop());
  const environment = {
    ...environmentOf(resources, {
      apiRoot: botApi.apiRoot,
      botId: 'none',
      initDataPublicKeys: [TELEGRAM_PUBLIC_KEY],
      limits: {
        initDataMaxAgeSeconds: 3600,
        warmPartners: 50,
        photoRetentionDays: 30,
        tombstoneDays: 30,
      },
    }),
    ...endpointVariables({
      DYNAMODB: fronts.DYNAMODB.url,
      S3: fronts.S3.url,
      SQS: fronts.SQS.url,
      SECRETS_MANAGER: secrets.url,
      CLOUDFRONT: secrets.url,
    }),
    POWERTOOLS_LOG_LEVEL: 'INFO',
    BOT_TOKEN,
  };
  // Where the bundles find sharp, which a deployed one has beside it.
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  const started = await Promise.all(
    NAMES.map(async (name) => [name, await startFunction(name, folder.path, environment)] as const),
  );
  for (const [, { helper }] of started) undo.use(helper);
  const byName = Object.fromEntries(started) as Record<BilledName, Started>;
  const take = () => total(Object.values(fronts).map((front) => front.take()));
  const kept = undo.move();
  return {
    clients,
    resources,
    telegramRoot: botApi.apiRoot,
    initMs: Object.fromEntries(started.map(([name, { initMs }]) => [name, initMs])) as Record<
      BilledName,
      number
    >,
    async invoke(name, event) {
      take();
      const before = await telegramCalls(botApi.apiRoot);
      const { timeoutSeconds } = name === 'direct' ? DIRECT : functions[name];
      const answered = await byName[name].helper.ask({ event, timeoutSeconds });
      const { requests, ...units } = take();
      const toTelegram = difference(await telegramCalls(botApi.apiRoot), before);
      return { ...answered, ...units, requests: { ...requests, ...toTelegram } };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface Started {
  readonly helper: Helper<InvokeQuestion, InvokeAnswer>;
  readonly initMs: number;
}

async function startFunction(
  name: BilledName,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Started> {
  const file = join(folder, name, 'index.js');
  await build(
    name === 'direct'
      ? {
          ...buildOptions('fetch-photo', file),
          entryPoints: [join(import.meta.dirname, 'direct-lambda.ts')],
        }
      : buildOptions(functions[name].entry, file),
  );
  const helper = startHelper<InvokeQuestion, InvokeAnswer>('invoke');
  const { wallMs: initMs } = await helper.ask({ file, environment });
  return { helper, initMs };
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
