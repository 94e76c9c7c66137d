// The settings of local mode. All mistakes are told at once, a line each, before anything is started.

import { resolve } from 'node:path';
import { defaults } from '../core/operator-settings.ts';
import { type Limits, readLimits } from './settings-limits.ts';
import {
  type Check,
  readAwsEndpoint,
  readTelegram,
  type TelegramSettings,
} from './settings-urls.ts';

/** What `npm start` runs with. */
export interface Settings extends Limits {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** One key, or two with a blank between them; `undefined`: the one in the data folder, likewise the URL key. */
  readonly serviceKey: string | undefined;
  readonly urlKey: string | undefined;
  /** `undefined`: the stand-in. */
  readonly telegram: TelegramSettings | undefined;
  /** `undefined`: the embedded emulators. */
  readonly awsEndpointUrl: string | undefined;
}

/** One line for each mistake; no value of a secret is in them. */
export class SettingsMistakes extends Error {
  override readonly name = 'SettingsMistakes';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

const DEFAULT_PORT = 8787;
const DEFAULT_HOST = '127.0.0.1';

/** The address of `npm start` where nothing is set. */
export const DEFAULT_URL = `http://${DEFAULT_HOST}:${DEFAULT_PORT}`;

/** The data folder where nothing is set, in the folder where the process was started. */
export const DEFAULT_DATA_DIR = '.cameo';

/** The settings as the README has them; a test compares the two. */
export const SETTINGS_TABLE = [
  ['PORT', String(DEFAULT_PORT), 'port of the page, the API and the photos; 0 for any free one'],
  ['HOST', DEFAULT_HOST, 'address to listen on; anything else shows the page to your network'],
  ['CAMEO_DATA_DIR', DEFAULT_DATA_DIR, 'folder of everything that survives a restart'],
  [
    'CAMEO_SERVICE_KEY',
    'made at first start',
    'bearer key of your backend, 16 characters or more; while you change it two, with a blank between them',
  ],
  [
    'CAMEO_URL_KEY',
    'made at first start',
    'key that turns user ids into avatarIds; a new one means new URLs',
  ],
  ['TELEGRAM_BOT_TOKEN', 'the stand-in', 'token of your bot: photos come from Telegram itself'],
  [
    'TELEGRAM_API_ROOT',
    'https://api.telegram.org',
    'root of another Bot API server, with a token only',
  ],
  ['AWS_ENDPOINT_URL', 'embedded', 'another emulator of DynamoDB, S3 and SQS'],
  [
    'CAMEO_WARM_PARTNERS',
    String(defaults.warmPartners),
    'how many of the newest partners are kept warm, 100 at most; 0 for none',
  ],
  [
    'CAMEO_WARM_EVERY_MINUTES',
    String(defaults.warmEveryMinutes),
    'how often they are looked after, in minutes',
  ],
  [
    'CAMEO_REFRESH_HOURS',
    String(defaults.refreshHours),
    'after how many hours Telegram is asked again whether a photo is still the same, ± 10 %',
  ],
  [
    'CAMEO_INIT_DATA_MAX_AGE_SECONDS',
    String(defaults.initDataMaxAgeSeconds),
    "how old a Mini App's sign-in may be",
  ],
  [
    'CAMEO_PHOTO_RETENTION_DAYS',
    String(defaults.photoRetentionDays),
    'after how many days a stored photo is dropped; one that is still asked for comes back',
  ],
  [
    'CAMEO_TOMBSTONE_DAYS',
    String(defaults.tombstoneDays),
    "how many days an erased partner's tombstone and receipt are kept",
  ],
] as const;

const MIN_SERVICE_KEY_LENGTH = 16;
// The one that goes and the one that comes.
const MAX_SERVICE_KEYS = 2;

/** Reads the settings. Throws SettingsMistakes; unset and empty are the same. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const mistakes: string[] = [];
  const check: Check = (good, mistake) => {
    if (!good) mistakes.push(mistake);
  };
  const given = (name: string) => environment[name]?.trim() || undefined;

  const settings: Settings = {
    port: readPort(given('PORT'), check),
    host: given('HOST') ?? DEFAULT_HOST,
    dataDir: resolve(given('CAMEO_DATA_DIR') ?? DEFAULT_DATA_DIR),
    serviceKey: readServiceKey(given('CAMEO_SERVICE_KEY'), check),
    urlKey: readUrlKey(given('CAMEO_URL_KEY'), check),
    telegram: readTelegram(given('TELEGRAM_BOT_TOKEN'), given('TELEGRAM_API_ROOT'), check),
    awsEndpointUrl: readAwsEndpoint(given('AWS_ENDPOINT_URL'), check),
    ...readLimits(given, check),
  };
  if (mistakes.length > 0) throw new SettingsMistakes(mistakes);
  return settings;
}

function readPort(port = String(DEFAULT_PORT), check: Check): number {
  check(
    /^\d{1,5}$/.test(port) && Number(port) <= 65_535,
    `PORT=${port} is not a port: give a number from 0 to 65535.`,
  );
  return Number(port);
}

function readServiceKey(given: string | undefined, check: Check): string | undefined {
  const keys = given?.split(/ +/);
  check(
    keys === undefined || (keys.length <= MAX_SERVICE_KEYS && keys.every(isStrong)),
    `CAMEO_SERVICE_KEY is not a key of at least ${MIN_SERVICE_KEY_LENGTH} characters, or two with a blank between them: give such, or leave it out.`,
  );
  return keys?.join(' ');
}

function isStrong(key: string): boolean {
  return key.length >= MIN_SERVICE_KEY_LENGTH && !/\s/.test(key);
}

/** A blank is a slip of the pen, found only when all addresses are others than the backend computes. */
function readUrlKey(key: string | undefined, check: Check): string | undefined {
  check(
    key === undefined || !/\s/.test(key),
    'CAMEO_URL_KEY has a blank in it: give the key that your backend has, or leave it out.',
  );
  return key;
}
