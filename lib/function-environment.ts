// What the functions are told. Never a secret: those are told by name.

import { TELEGRAM_PUBLIC_KEY } from '../core/operator-settings.ts';
import type { EnvironmentName } from '../core/topology.ts';
import type { Environment } from './lambda-function.ts';
import type { Stores } from './permissions.ts';
import type { Settings } from './settings.ts';

/** Everything that a function may be told, but for the distribution: it stands before the functions of the API. */
export function environmentOf(
  { partners, photos, queues: { fetch, warm, erase }, secrets }: Stores,
  settings: Settings,
): Environment<Exclude<EnvironmentName, 'DISTRIBUTION_ID'>> {
  return {
    TABLE_NAME: partners.table.tableName,
    BUCKET_NAME: photos.bucket.bucketName,
    FETCH_QUEUE_URL: fetch.queue.queueUrl,
    WARM_QUEUE_URL: warm.queue.queueUrl,
    ERASE_QUEUE_URL: erase.queue.queueUrl,
    FETCH_DEAD_LETTER_URL: fetch.deadLetters.queueUrl,
    WARM_DEAD_LETTER_URL: warm.deadLetters.queueUrl,
    ERASE_DEAD_LETTER_URL: erase.deadLetters.queueUrl,
    URL_KEY_SECRET: secrets.urlKey.secretName,
    SERVICE_KEY_SECRET: secrets.serviceKey.secretName,
    BOT_TOKEN_SECRET: secrets.botToken.secretName,
    ORIGIN_SECRET: secrets.origin.secretName,
    TELEGRAM_API_ROOT: settings.telegramApiRoot,
    BOT_ID: settings.botId ?? 'none',
    INIT_DATA_PUBLIC_KEYS: TELEGRAM_PUBLIC_KEY,
    INIT_DATA_MAX_AGE_SECONDS: String(settings.initDataMaxAgeSeconds),
    WARM_PARTNERS: String(settings.warmPartners),
    TOMBSTONE_DAYS: String(settings.tombstoneDays),
    METRICS_NAMESPACE: settings.stackName,
    REFRESH_HOURS: String(settings.refreshHours),
    DEMO_PAGE: settings.demoPage ? 'on' : 'off',
  };
}
