// The whole system on one machine: the deployed handlers, joined as the topology says, between emulators.

import {
  behaviours,
  type EnvironmentName,
  functions,
  type QueueName,
  queues,
  routes,
} from '../core/topology.ts';
import { type AwsClients, awsClients, awsEndpoints } from './aws.ts';
import { createEdge } from './edge/edge.ts';
import { createPhotosOrigin } from './edge/photos-origin.ts';
import { startEdgeServer } from './edge/server.ts';
import { type EventSource, startEventSource } from './event-source.ts';
import { examples } from './examples.ts';
import { type Handlers, importHandlers } from './handlers.ts';
import { createHttpApi } from './http-api.ts';
import { type Keys, loadKeys } from './keys.ts';
import { createPage } from './page/page.ts';
import { provision, type Resources } from './provision.ts';
import { statusReader } from './read-status.ts';
import { startSecretsManager } from './secrets-manager.ts';
import type { Settings } from './settings.ts';
import { telegramRoot } from './telegram-root.ts';

/** A running system. */
export interface System {
  /** Where the page, the API and the photos are. */
  readonly url: string;
  readonly keys: Keys;
  /** Present where the stand-in is Telegram: its root, for the knobs. */
  readonly standInUrl?: string;
  /** Commands to try, with this system's address in them. */
  readonly examples: readonly string[];
  /** Lets what runs finish, then ends all parts. */
  stop(): Promise<void>;
}

// Names by which the handlers ask for the secrets; the values never are in the environment.
const SECRET_NAMES = {
  URL_KEY_SECRET: 'cameo/url-key',
  SERVICE_KEY_SECRET: 'cameo/service-key',
  BOT_TOKEN_SECRET: 'cameo/bot-token',
};

/** Starts everything; `onError` is told of whatever no viewer hears of. */
export async function startSystem(
  settings: Settings,
  onError: (error: unknown) => void,
): Promise<System> {
  const keys = loadKeys(settings.dataDir, settings);
  const endpoints = await awsEndpoints(settings.dataDir, settings.awsEndpointUrl);
  const clients = awsClients(endpoints);
  const resources = await provision(clients);
  const telegram = await telegramRoot(settings);
  const secrets = await startSecretsManager(
    new Map([
      [SECRET_NAMES.URL_KEY_SECRET, keys.urlKey],
      [SECRET_NAMES.SERVICE_KEY_SECRET, keys.serviceKey],
      [SECRET_NAMES.BOT_TOKEN_SECRET, telegram.botToken],
    ]),
  );
  const handlers = await importHandlers(
    { ...endpoints, secretsManagerUrl: secrets.url },
    environmentOf(resources, telegram.apiRoot),
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
  const server = await startEdgeServer({
    host: settings.host,
    port: settings.port,
    edge,
    page: createPage({ status: () => readStatus() }),
    onError,
  });
  const commands = examples({
    url: server.url,
    dataDir: settings.dataDir,
    urlKey: keys.urlKey,
    serviceKeyGiven: settings.serviceKey !== undefined,
  });
  const readStatus = statusReader({ clients, resources, edge, telegram, examples: commands });

  return {
    url: server.url,
    keys,
    examples: commands,
    ...(telegram.isStandIn && { standInUrl: telegram.apiRoot }),
    // From the viewer inwards, so that nothing is asked of a part that is gone.
    stop: async () => {
      await server.close();
      await Promise.all(eventSources.map((source) => source.stop()));
      await Promise.all([telegram.stop(), secrets.stop(), endpoints.stop()]);
    },
  };
}

function environmentOf(
  { tableName, bucketName, queues: { fetch } }: Resources,
  apiRoot: string,
): Record<EnvironmentName, string> {
  return {
    ...SECRET_NAMES,
    TABLE_NAME: tableName,
    BUCKET_NAME: bucketName,
    FETCH_QUEUE_URL: fetch.url,
    TELEGRAM_API_ROOT: apiRoot,
  };
}

/** The functions that routes name, with their declared time-outs. */
function apiFunctions({ servePhoto, partners }: Handlers) {
  return {
    servePhoto: { handler: servePhoto, timeoutSeconds: functions.servePhoto.timeoutSeconds },
    partners: { handler: partners, timeoutSeconds: functions.partners.timeoutSeconds },
  };
}

function startEventSources(
  { sqs }: AwsClients,
  resources: Resources,
  handlers: Handlers,
  onError: (error: unknown) => void,
): EventSource[] {
  return (Object.keys(queues) as QueueName[]).map((name) => {
    const queue = queues[name];
    return startEventSource({
      sqs,
      queueUrl: resources.queues[name].url,
      queue,
      timeoutSeconds: functions[queue.consumer].timeoutSeconds,
      handler: handlers[queue.consumer],
      onError,
    });
  });
}
