import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings, SETTINGS_TABLE, SettingsMistakes } from '../../local/settings.ts';

const TOKEN = '42:token';

function mistakes(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsMistakes) return error.lines;
    throw error;
  }
}

const apiRoot = (root: string) => ({ TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: root });

describe('settings', () => {
  test('have the defaults of the table, unset or empty', () => {
    const empty = Object.fromEntries(SETTINGS_TABLE.map(([name]) => [name, ' ']));

    const defaults = {
      port: 8787,
      host: '127.0.0.1',
      dataDir: resolve('.cameo'),
      serviceKey: undefined,
      urlKey: undefined,
      telegram: undefined,
      awsEndpointUrl: undefined,
      warmPartners: 50,
      warmEveryMinutes: 5,
      refreshHours: 24,
      initDataMaxAgeSeconds: 3600,
      photoRetentionDays: 30,
      tombstoneDays: 30,
    };
    expect(readSettings({})).toEqual(defaults);
    expect(readSettings(empty)).toEqual(defaults);
    const told = Object.fromEntries(SETTINGS_TABLE.map(([name, standard]) => [name, standard]));
    expect(told).toMatchObject({
      PORT: '8787',
      HOST: '127.0.0.1',
      CAMEO_DATA_DIR: '.cameo',
      CAMEO_WARM_PARTNERS: '50',
      CAMEO_WARM_EVERY_MINUTES: '5',
      CAMEO_REFRESH_HOURS: '24',
      CAMEO_INIT_DATA_MAX_AGE_SECONDS: '3600',
      CAMEO_PHOTO_RETENTION_DAYS: '30',
      CAMEO_TOMBSTONE_DAYS: '30',
    });
    expect(readSettings({ TELEGRAM_BOT_TOKEN: TOKEN }).telegram?.apiRoot).toBe(
      told.TELEGRAM_API_ROOT,
    );
  });

  test('are what is given', () => {
    const given = {
      PORT: '0',
      HOST: '::1',
      CAMEO_DATA_DIR: '/tmp/data',
      CAMEO_SERVICE_KEY: 'sixteen-or-more!',
      CAMEO_URL_KEY: 'k',
      ...apiRoot('http://localhost:8081'),
      AWS_ENDPOINT_URL: 'http://localhost:4566',
      CAMEO_WARM_PARTNERS: '0',
      CAMEO_WARM_EVERY_MINUTES: '360',
      CAMEO_REFRESH_HOURS: '1',
      CAMEO_INIT_DATA_MAX_AGE_SECONDS: '60',
      CAMEO_PHOTO_RETENTION_DAYS: '1',
      CAMEO_TOMBSTONE_DAYS: '15',
    };

    expect(readSettings(given)).toEqual({
      port: 0,
      host: '::1',
      dataDir: '/tmp/data',
      serviceKey: 'sixteen-or-more!',
      urlKey: 'k',
      telegram: { botToken: TOKEN, apiRoot: 'http://localhost:8081' },
      awsEndpointUrl: 'http://localhost:4566',
      warmPartners: 0,
      warmEveryMinutes: 360,
      refreshHours: 1,
      initDataMaxAgeSeconds: 60,
      photoRetentionDays: 1,
      tombstoneDays: 15,
    });
    expect(Object.keys(given)).toEqual(SETTINGS_TABLE.map(([name]) => name));
  });
});

test('two service keys are taken, however many blanks are between them', () => {
  const { serviceKey } = readSettings({
    CAMEO_SERVICE_KEY: ' the-key-that-goes   the-key-that-comes ',
  });

  expect(serviceKey).toBe('the-key-that-goes the-key-that-comes');
});

describe('a mistake is told in a line that starts with the name', () => {
  test.each([
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '80a' }],
    ['CAMEO_SERVICE_KEY', { CAMEO_SERVICE_KEY: 'fifteen-letters' }],
    ['CAMEO_SERVICE_KEY', { CAMEO_SERVICE_KEY: 'sixteen or more letters' }],
    ['CAMEO_SERVICE_KEY', { CAMEO_SERVICE_KEY: 'the-key-that-goes fifteen-letters' }],
    ['CAMEO_SERVICE_KEY', { CAMEO_SERVICE_KEY: 'the-key-that-goes\tthe-key-that-comes' }],
    [
      'CAMEO_SERVICE_KEY',
      { CAMEO_SERVICE_KEY: 'key-number-one-1 key-number-two-2 key-number-three' },
    ],
    ['CAMEO_URL_KEY', { CAMEO_URL_KEY: 'two words' }],
    ['CAMEO_URL_KEY', { CAMEO_URL_KEY: 'two\nlines' }],
    ['TELEGRAM_BOT_TOKEN', { TELEGRAM_BOT_TOKEN: 'token' }],
    ['TELEGRAM_API_ROOT', { TELEGRAM_API_ROOT: 'https://api.example' }],
    ['TELEGRAM_API_ROOT', apiRoot('https://api.example/')],
    ['TELEGRAM_API_ROOT', apiRoot('https://api.example?a')],
    ['TELEGRAM_API_ROOT', apiRoot('https://api.example#a')],
    ['TELEGRAM_API_ROOT', apiRoot('https://user@api.example')],
    ['TELEGRAM_API_ROOT', apiRoot('https://:password@api.example')],
    ['TELEGRAM_API_ROOT', apiRoot('http://api.example')],
    ['TELEGRAM_API_ROOT', apiRoot('http://127.0.0.1.example')],
    ['TELEGRAM_API_ROOT', apiRoot('ftp://localhost')],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'localhost:4566' }],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'http://user@localhost:4566' }],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'http://:password@localhost:4566' }],
    ['CAMEO_WARM_PARTNERS', { CAMEO_WARM_PARTNERS: '101' }],
    ['CAMEO_WARM_PARTNERS', { CAMEO_WARM_PARTNERS: '-1' }],
    ['CAMEO_WARM_PARTNERS', { CAMEO_WARM_PARTNERS: 'all' }],
    ['CAMEO_WARM_EVERY_MINUTES', { CAMEO_WARM_EVERY_MINUTES: '0' }],
    ['CAMEO_REFRESH_HOURS', { CAMEO_REFRESH_HOURS: '721' }],
    ['CAMEO_INIT_DATA_MAX_AGE_SECONDS', { CAMEO_INIT_DATA_MAX_AGE_SECONDS: '0' }],
    ['CAMEO_INIT_DATA_MAX_AGE_SECONDS', { CAMEO_INIT_DATA_MAX_AGE_SECONDS: '1e3' }],
    ['CAMEO_PHOTO_RETENTION_DAYS', { CAMEO_PHOTO_RETENTION_DAYS: '0' }],
    ['CAMEO_PHOTO_RETENTION_DAYS', { CAMEO_PHOTO_RETENTION_DAYS: '0.5' }],
    ['CAMEO_TOMBSTONE_DAYS', { CAMEO_TOMBSTONE_DAYS: '0' }],
  ])('%s: %o', (name, environment) => {
    const lines = mistakes(environment);

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name}\\b.+\\.$`));
  });

  test('with the others, and without a value that may be secret', () => {
    const lines = mistakes({
      CAMEO_SERVICE_KEY: 'canary',
      CAMEO_URL_KEY: 'canary canary',
      TELEGRAM_BOT_TOKEN: 'canary',
      TELEGRAM_API_ROOT: 'https://user:canary@api.example',
      AWS_ENDPOINT_URL: 'http://user:canary@local host',
    });

    expect(lines).toHaveLength(5);
    expect(lines.join()).not.toContain('canary');
  });
});
