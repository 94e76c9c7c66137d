// How the handlers are joined to their queues, routes and secrets: what the topology says, for this machine.

import { type EnvironmentName, functions, type QueueName, queues } from '../core/topology.ts';
import type { AwsClients } from './aws.ts';
import { type EventSource, startEventSource } from './event-source.ts';
import type { Handlers } from './handlers.ts';
import type { Resources } from './provision.ts';

// Names by which the handlers ask for the secrets; the values never are in the environment.
const SECRET_NAMES = {
  URL_KEY_SECRET: 'cameo/url-key',
  SERVICE_KEY_SECRET: 'cameo/service-key',
  BOT_TOKEN_SECRET: 'cameo/bot-token',
};

/** What Secrets Manager holds. */
export function secretsByName(values: {
  readonly urlKey: string;
  readonly serviceKey: string;
  readonly botToken: string;
}): ReadonlyMap<string, string> {
  return new Map([
    [SECRET_NAMES.URL_KEY_SECRET, values.urlKey],
    [SECRET_NAMES.SERVICE_KEY_SECRET, values.serviceKey],
    [SECRET_NAMES.BOT_TOKEN_SECRET, values.botToken],
  ]);
}

/** The environment of all functions; no secret is in it. */
export function environmentOf(
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
export function apiFunctions({ servePhoto, partners }: Handlers) {
  return {
    servePhoto: { handler: servePhoto, timeoutSeconds: functions.servePhoto.timeoutSeconds },
    partners: { handler: partners, timeoutSeconds: functions.partners.timeoutSeconds },
  };
}

/** Starts an event source for each queue. */
export function startEventSources(
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
