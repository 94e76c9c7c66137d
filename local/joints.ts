// How the handlers are joined to their queues, routes and secrets: what the topology says, for this machine.

import type { Outputs } from '../core/outputs.ts';
import {
  functions,
  type QueueName,
  queues,
  type ScheduleName,
  schedules,
} from '../core/topology.ts';
import type { AwsClients } from './aws.ts';
import { type EventSource, startEventSource } from './event-source.ts';
import type { Handlers, LocalEnvironment } from './handlers.ts';
import type { Resources } from './provision.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import type { Limits } from './settings-limits.ts';

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

/** The name of the one log that all functions write here. */
export const LOG_GROUP = 'cameo';

const METRICS_NAMESPACE = 'cameo';

/** The name that CloudFront's stand-in has for the edge. */
export const DISTRIBUTION_ID = 'LOCAL';

/** What the functions are told, besides where everything is. */
export interface FunctionSettings {
  readonly apiRoot: string;
  readonly botId: string;
  /** Keys that may have signed a Mini App's initData: 32 bytes each, hexadecimal. */
  readonly initDataPublicKeys: readonly string[];
  readonly limits: Limits;
}

/** The environment of all functions; no secret is in it. */
export function environmentOf(
  { tableName, bucketName, queues: { fetch, warm, erase } }: Resources,
  { apiRoot, botId, initDataPublicKeys, limits }: FunctionSettings,
): LocalEnvironment {
  return {
    ...SECRET_NAMES,
    TABLE_NAME: tableName,
    BUCKET_NAME: bucketName,
    FETCH_QUEUE_URL: fetch.url,
    WARM_QUEUE_URL: warm.url,
    ERASE_QUEUE_URL: erase.url,
    FETCH_DEAD_LETTER_URL: fetch.deadLetterUrl,
    WARM_DEAD_LETTER_URL: warm.deadLetterUrl,
    ERASE_DEAD_LETTER_URL: erase.deadLetterUrl,
    DISTRIBUTION_ID,
    TELEGRAM_API_ROOT: apiRoot,
    BOT_ID: botId,
    INIT_DATA_PUBLIC_KEYS: initDataPublicKeys.join(','),
    INIT_DATA_MAX_AGE_SECONDS: String(limits.initDataMaxAgeSeconds),
    WARM_PARTNERS: String(limits.warmPartners),
    TOMBSTONE_DAYS: String(limits.tombstoneDays),
    METRICS_NAMESPACE,
    REFRESH_HOURS: String(limits.refreshHours),
    DEMO_PAGE: 'on',
  };
}

/** What the system tells of itself, as the stack's outputs do after a deployment. */
export function outputsOf(
  { tableName, bucketName, queues: { fetch, warm, erase }, schedules }: Resources,
  { url, apiRoot, refreshHours }: { url: string; apiRoot: string; refreshHours: number },
): Outputs {
  return {
    Url: url,
    ApiUrl: url,
    DistributionId: DISTRIBUTION_ID,
    BucketName: bucketName,
    TableName: tableName,
    BotTokenSecretName: SECRET_NAMES.BOT_TOKEN_SECRET,
    ServiceKeySecretName: SECRET_NAMES.SERVICE_KEY_SECRET,
    UrlKeySecretName: SECRET_NAMES.URL_KEY_SECRET,
    FetchQueueUrl: fetch.url,
    FetchDeadLetterUrl: fetch.deadLetterUrl,
    WarmQueueUrl: warm.url,
    WarmDeadLetterUrl: warm.deadLetterUrl,
    EraseQueueUrl: erase.url,
    EraseDeadLetterUrl: erase.deadLetterUrl,
    ScheduleDeadLetterUrl: schedules.warm.deadLetterUrl,
    LogGroupNames: LOG_GROUP,
    MetricsNamespace: METRICS_NAMESPACE,
    TelegramApiRoot: apiRoot,
    RefreshHours: String(refreshHours),
    Doctor: 'npx cameo doctor',
    DashboardUrl: `${url}/local/`,
    AlarmTopicArn: 'none',
  };
}

/** The functions that routes name, with their declared time-outs. */
export function apiFunctions({ servePhoto, partners, serveClient }: Handlers) {
  return {
    servePhoto: { handler: servePhoto, timeoutSeconds: functions.servePhoto.timeoutSeconds },
    partners: { handler: partners, timeoutSeconds: functions.partners.timeoutSeconds },
    serveClient: { handler: serveClient, timeoutSeconds: functions.serveClient.timeoutSeconds },
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

/** The running schedules. */
export type Schedules = Readonly<Record<ScheduleName, Schedule>>;

/** Starts the schedules. */
export function startSchedules(
  { sqs }: AwsClients,
  resources: Resources,
  handlers: Handlers,
  { warmEveryMinutes }: Limits,
  onError: (error: unknown) => void,
): Schedules {
  const everyMinutes: Readonly<Record<ScheduleName, number>> = { warm: warmEveryMinutes };
  const started = (Object.keys(schedules) as ScheduleName[]).map((name) => {
    const schedule = schedules[name];
    const running = startSchedule({
      sqs,
      name,
      schedule,
      everyMinutes: everyMinutes[name],
      timeoutSeconds: functions[schedule.target].timeoutSeconds,
      handler: handlers[schedule.target],
      deadLetterUrl: resources.schedules[name].deadLetterUrl,
      onError,
    });
    return [name, running] as const;
  });
  return Object.fromEntries(started) as Record<ScheduleName, Schedule>;
}
