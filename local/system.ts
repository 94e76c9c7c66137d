// The whole system on one machine: the deployed handlers, joined as the topology says, between emulators.

import type { KeyObject } from 'node:crypto';
import { behaviours, routes } from '../core/topology.ts';
import {
  type AwsClients,
  type AwsEndpoints,
  awsClients,
  awsEndpoints,
  forgetAwsAccount,
} from './aws.ts';
import { botId } from './bot-api/bot-token.ts';
import { startCloudFront } from './cloudfront.ts';
import { startCloudWatch } from './cloudwatch/server.ts';
import { createBackend } from './demo/backend.ts';
import { demoActions } from './demo/demo-actions.ts';
import { createLine } from './demo/line.ts';
import { createEdge } from './edge/edge.ts';
import { createPhotosOrigin } from './edge/photos-origin.ts';
import { startEdgeServer } from './edge/server.ts';
import { createEndings, type Endings } from './endings.ts';
import { examples } from './examples.ts';
import { type Handlers, importHandlers } from './handlers.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createHttpApi } from './http-api.ts';
import {
  apiFunctions,
  DISTRIBUTION_ID,
  environmentOf,
  LOG_GROUP,
  outputsOf,
  secretsByName,
  startEventSources,
  startSchedules,
} from './joints.ts';
import { type Keys, loadKeys } from './keys.ts';
import { type Endpoints, writeOutputs } from './outputs-file.ts';
import { createPage } from './page/page.ts';
import { pageActions } from './page-actions.ts';
import { provision, type Resources } from './provision.ts';
import { statusReader } from './read-status.ts';
import { startSecretsManager } from './secrets-manager.ts';
import type { Settings } from './settings.ts';
import { initDataPublicKeys, loadSignInKey } from './sign-in-key.ts';
import { type TelegramRoot, telegramRoot } from './telegram-root.ts';

/** A running system. */
export interface System {
  /** Where the pages, the API and the photos are. */
  readonly url: string;
  readonly keys: Keys;
  /** Present where the stand-in is Telegram: its root, for the knobs. */
  readonly standInUrl?: string;
  /** Commands to try, with this system's address in them. */
  readonly examples: readonly string[];
  /** Lets what runs finish, then ends all parts. */
  stop(): Promise<void>;
}

/** Starts everything; `onError` is told of whatever no viewer hears of. A start that fails leaves nothing. */
export async function startSystem(
  settings: Settings,
  onError: (error: unknown) => void,
): Promise<System> {
  const endings = createEndings();
  try {
    return { ...(await startParts(settings, onError, endings)), stop: endings.end };
  } catch (error) {
    // Why it did not start is of more use than what then did not end.
    await endings.end().catch(() => {});
    throw error;
  }
}

/** What the functions stand on. */
interface Ground {
  readonly endpoints: AwsEndpoints;
  readonly clients: AwsClients;
  readonly resources: Resources;
  readonly keys: Keys;
  readonly signInKey: KeyObject;
  readonly telegram: TelegramRoot;
}

async function startGround(settings: Settings, endings: Endings): Promise<Ground> {
  forgetAwsAccount(process.env);
  const endpoints = await awsEndpoints(settings.dataDir, settings.awsEndpointUrl);
  endings.add(() => endpoints.stop());
  // Only now: the folder is this process's alone.
  const keys = loadKeys(settings.dataDir, settings);
  const signInKey = loadSignInKey(settings.dataDir);
  const clients = awsClients(endpoints);
  const resources = await provision(clients);
  const telegram = await telegramRoot(settings);
  endings.add(() => telegram.stop());
  return { endpoints, clients, resources, keys, signInKey, telegram };
}

/** From the data inwards out to the viewer; ended the other way, so that no part asks one that is gone. */
async function startParts(
  settings: Settings,
  onError: (error: unknown) => void,
  endings: Endings,
): Promise<Omit<System, 'stop'>> {
  const ground = await startGround(settings, endings);
  const { endpoints, clients, resources, keys, signInKey, telegram } = ground;
  const { handlers, serviceUrls } = await startFunctions(ground, settings, endings, (paths) =>
    edge.invalidate(paths),
  );
  const edge = createEdge({
    behaviours,
    origins: {
      api: createHttpApi({ routes, functions: apiFunctions(handlers), onError }),
      photos: createPhotosOrigin({ s3Url: endpoints.s3Url, bucketName: resources.bucketName }),
    },
    onError,
  });
  const eventSources = startEventSources(clients, resources, handlers, onError);
  endings.add(() => Promise.all(eventSources.map((source) => source.stop())));
  const schedules = startSchedules(clients, resources, handlers, settings, onError);
  endings.add(() => Promise.all(Object.values(schedules).map((schedule) => schedule.stop())));
  const signer = { botId: botId(telegram.botToken), privateKey: signInKey };
  const line = createLine();
  const backend = createBackend({ url: () => server.url, serviceKey: keys.serviceKey });
  const standInUrl = telegram.isStandIn ? telegram.apiRoot : undefined;
  const server = await startEdgeServer({
    host: settings.host,
    port: settings.port,
    edge,
    page: createPage({
      status: () => readStatus(),
      actions: new Map([
        ...pageActions(signer, schedules),
        ...demoActions({ signer, standInUrl, backend, line }),
      ]),
      host: settings.host,
    }),
    hangsUpOn: (request) => line.hangsUpOn(request, Date.now()),
    onError,
  });
  endings.add(() => server.close());
  // Last, since it begins with a round and nobody waits for it.
  const { photoRetentionDays } = settings;
  const housekeeping = startHousekeeping({ clients, resources, photoRetentionDays, onError });
  endings.add(() => housekeeping.stop());
  const commands = examples({
    url: server.url,
    dataDir: settings.dataDir,
    urlKey: keys.urlKey,
    givenServiceKey: settings.serviceKey,
  });
  const removeOutputs = writeOutputs(settings.dataDir, {
    outputs: outputsOf(resources, {
      url: server.url,
      apiRoot: telegram.apiRoot,
      refreshHours: settings.refreshHours,
    }),
    endpoints: serviceUrls,
  });
  endings.add(removeOutputs);
  const sources = { clients, resources, edge, schedules, telegram, examples: commands };
  const readStatus = statusReader(sources);
  return {
    url: server.url,
    keys,
    examples: commands,
    ...(standInUrl && { standInUrl }),
  };
}

/** The functions, and the services besides the stores that they ask or write to. */
async function startFunctions(
  ground: Ground,
  settings: Settings,
  endings: Endings,
  invalidate: (paths: readonly string[]) => void,
): Promise<{ handlers: Handlers; serviceUrls: Endpoints }> {
  const { endpoints, resources, keys, signInKey, telegram } = ground;
  const { botToken, apiRoot } = telegram;
  const secrets = await startSecretsManager(secretsByName({ ...keys, botToken }));
  endings.add(() => secrets.stop());
  const cloudFront = await startCloudFront({ distributionId: DISTRIBUTION_ID, invalidate });
  endings.add(() => cloudFront.stop());
  const cloudWatch = await startCloudWatch(LOG_GROUP);
  endings.add(() => cloudWatch.stop());
  const serviceUrls: Endpoints = {
    DYNAMODB: endpoints.dynamodbUrl,
    S3: endpoints.s3Url,
    SQS: endpoints.sqsUrl,
    SECRETS_MANAGER: secrets.url,
    CLOUDFRONT: cloudFront.url,
    CLOUDWATCH: cloudWatch.url,
    CLOUDWATCH_LOGS: cloudWatch.url,
  };
  const handlers = await importHandlers(
    serviceUrls,
    environmentOf(resources, {
      apiRoot,
      botId: botId(botToken),
      initDataPublicKeys: initDataPublicKeys(signInKey, !telegram.isStandIn),
      limits: settings,
    }),
  );
  return { handlers, serviceUrls };
}
