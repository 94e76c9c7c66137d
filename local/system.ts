// The whole system on one machine: the deployed handlers, joined as the topology says, between emulators.

import { behaviours, routes } from '../core/topology.ts';
import { awsClients, awsEndpoints, forgetAwsAccount } from './aws.ts';
import { createEdge } from './edge/edge.ts';
import { createPhotosOrigin } from './edge/photos-origin.ts';
import { startEdgeServer } from './edge/server.ts';
import { createEndings, type Endings } from './endings.ts';
import { examples } from './examples.ts';
import { importHandlers } from './handlers.ts';
import { createHttpApi } from './http-api.ts';
import { apiFunctions, environmentOf, secretsByName, startEventSources } from './joints.ts';
import { type Keys, loadKeys } from './keys.ts';
import { createPage } from './page/page.ts';
import { provision } from './provision.ts';
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

/** From the data inwards out to the viewer; ended the other way, so that no part asks one that is gone. */
async function startParts(
  settings: Settings,
  onError: (error: unknown) => void,
  endings: Endings,
): Promise<Omit<System, 'stop'>> {
  forgetAwsAccount(process.env);
  const endpoints = await awsEndpoints(settings.dataDir, settings.awsEndpointUrl);
  endings.add(() => endpoints.stop());
  // Only now: the folder is this process's alone.
  const keys = loadKeys(settings.dataDir, settings);
  const clients = awsClients(endpoints);
  const resources = await provision(clients);
  const telegram = await telegramRoot(settings);
  endings.add(() => telegram.stop());
  const secrets = await startSecretsManager(
    secretsByName({ ...keys, botToken: telegram.botToken }),
  );
  endings.add(() => secrets.stop());
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
  endings.add(() => Promise.all(eventSources.map((source) => source.stop())));
  const server = await startEdgeServer({
    host: settings.host,
    port: settings.port,
    edge,
    page: createPage({ status: () => readStatus(), host: settings.host }),
    onError,
  });
  endings.add(() => server.close());
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
  };
}
