// `doctor` against a Cameo that runs here, well and broken in every way: the check that fails is the one that should.

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { telegramBudget } from '../../../adapters/telegram-budget.ts';
import type { Examined } from '../../../cli/doctor/check.ts';
import { checks } from '../../../cli/doctor/checks.ts';
import { examineAll } from '../../../cli/doctor/doctor.ts';
import { PROGRAM_FOLDER } from '../../../cli/doctor/program.ts';
import type { SubjectSurroundings } from '../../../cli/doctor/subject.ts';
import { photoKey } from '../../../core/avatar-url.ts';
import type { OutputName } from '../../../core/outputs.ts';
import type { PartnerRecord } from '../../../core/partner-record.ts';
import type { Size } from '../../../core/sizes.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../local/aws.ts';
import { addFault, clearFaults, rotateToken } from '../../../local/bot-api/control.ts';
import { KEYS_FILE } from '../../../local/keys.ts';
import { startSecretsManager } from '../../../local/secrets-manager.ts';
import {
  type CameoAndTelegram,
  getUntil,
  startWithTelegram,
} from '../../acceptance/running-cameo.ts';
import { testServer } from '../../http-server.ts';
import { type Breakage, startBreakingProxy } from './breaking-proxy.ts';
import {
  type Change,
  changedSystem,
  emptyFolder,
  spoiltSystem,
  systemOf,
} from './changed-system.ts';
import { findingOf, named } from './findings.ts';

const TOKEN = '123456:AAdoctor-doctor-doctor-doctor-doctor0';
const NOBODY = 'http://127.0.0.1:1';

/** Checks that are of AWS alone. */
const OF_AWS = ['credentials', 'bootstrap', 'alarms', 'subscriptions'];

let system: CameoAndTelegram;
let dataDir: string;
/** What Secrets Manager holds, by name. */
let secrets: Record<string, string>;
let dynamodb: DynamoDBClient;
let s3: S3Client;
let sqs: SQSClient;

beforeAll(async () => {
  system = await startWithTelegram(TOKEN);
  dataDir = system.cameo.dataDir;
  const { serviceKey, urlKey } = JSON.parse(readFileSync(join(dataDir, KEYS_FILE), 'utf8'));
  secrets = {
    'cameo/bot-token': TOKEN,
    'cameo/service-key': serviceKey,
    'cameo/url-key': urlKey,
  };
  const { endpoints } = systemOf(dataDir);
  const local = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  dynamodb = new DynamoDBClient({ ...local, endpoint: endpoints.DYNAMODB });
  s3 = new S3Client({ ...local, endpoint: endpoints.S3, forcePathStyle: true });
  sqs = new SQSClient({ ...local, endpoint: endpoints.SQS, useQueueUrlAsEndpoint: false });
});
afterAll(() => system.end());

/** Examines the system of a data folder; no secret may ever be in a report. */
async function examineIn(
  folder: string,
  surroundings: Partial<SubjectSurroundings> = {},
): Promise<Examined[]> {
  const environment = { CAMEO_DATA_DIR: folder, ...surroundings.environment };
  const examined = await examineAll({}, { ...surroundings, environment });
  for (const secret of Object.values(secrets)) {
    expect(JSON.stringify(examined)).not.toContain(secret);
  }
  return examined;
}

function output(name: OutputName): string {
  return systemOf(dataDir).outputs[name];
}

/** Types what a finding advises, with the service key at hand. */
async function follow({ advice }: Examined): Promise<void> {
  const env = { PATH: process.env.PATH, KEY: secrets['cameo/service-key'] };
  await promisify(execFile)('sh', ['-c', `${advice?.command} -sf`], { env });
}

test('of a Cameo without partners warns of that, and registers a first one as it advises', async () => {
  const examined = await examineIn(dataDir);
  await follow(findingOf(examined, 'photos'));

  expect(named(examined, 'failed')).toEqual([]);
  expect(findingOf(examined, 'photos')).toMatchObject({
    mark: 'warning',
    summary: 'no partner is registered yet',
  });
  expect(named(examined, 'unchecked')).toEqual(['headers', 'cache']);
  const [partner] = await system.cameo.resolve(['42']);
  expect(partner?.userId).toBe('42');
});

describe('of a Cameo with partners', () => {
  let partner: PartnerRecord;
  beforeAll(async () => {
    const ids = ['41', '50', '42'];
    for (const id of ids) await system.cameo.register(id);
    const avatarIds = (await system.cameo.resolve(ids)).map(({ avatarId }) => avatarId);
    const isAnswered = ({ status, headers }: Response) =>
      status === 200 || headers.get('x-avatar') === 'none';
    for (const avatarId of avatarIds) {
      await getUntil(() => system.cameo.get(`/avatars/${avatarId}?wait=5`), isAnswered);
    }
    const found = (await system.cameo.resolve(ids)).find(({ state }) => state === 'stored');
    if (!found) throw new Error('no photo was stored');
    partner = found;
  });

  /** The system with the edge behind a proxy. */
  const behind = async (breakage: Breakage): Promise<string> => {
    const { url: Url, close } = await startBreakingProxy(system.cameo.url, breakage);
    onTestFinished(() => close());
    return changedSystem(dataDir, { outputs: { Url } });
  };

  const without = (name: string) => behind({ headers: (headers) => headers.delete(name) });

  const withSecrets = async (other: Record<string, string>): Promise<string> => {
    const held = new Map(Object.entries({ ...secrets, ...other }));
    const { url, stop } = await startSecretsManager(held);
    onTestFinished(() => stop());
    return changedSystem(dataDir, { endpoints: { SECRETS_MANAGER: url } });
  };

  const changed = async (change: Change): Promise<string> => changedSystem(dataDir, change);

  const objectOf = (size: Size) => ({
    Bucket: output('BucketName'),
    Key: photoKey({ avatarId: partner.avatarId, photoId: partner.photoId ?? '', size }),
  });

  /** Puts the object back after the test. */
  const keep = async (size: Size): Promise<void> => {
    const { Body, ContentType, CacheControl } = await s3.send(new GetObjectCommand(objectOf(size)));
    const bytes = await Body?.transformToByteArray();
    onTestFinished(async () => {
      const kept = { Body: bytes ?? '', ContentType, CacheControl };
      await s3.send(new PutObjectCommand({ ...objectOf(size), ...kept }));
    });
  };

  test('finds nothing that fails, and leaves out what is of AWS alone', async () => {
    const examined = await examineIn(dataDir);

    expect(named(examined, 'failed')).toEqual([]);
    expect(named(examined, 'unchecked')).toEqual([]);
    expect(named(examined, 'skipped')).toEqual(OF_AWS);
    expect(examined.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
    expect(named(examined, 'warning').filter((name) => name !== 'times')).toEqual([]);
    expect(findingOf(examined, 'photos').summary).toBe(
      '2 of the newest 3 have one, stored and served',
    );
  });

  const FAILURES: readonly [
    what: string,
    check: string,
    broken: () => Promise<string>,
    summary: RegExp,
  ][] = [
    [
      'a token that Telegram refuses',
      'telegram',
      async () => {
        const { apiRoot } = system.botApi;
        await rotateToken(apiRoot, '123456:another');
        onTestFinished(() => rotateToken(apiRoot, TOKEN));
        return dataDir;
      },
      /refuses the bot token/,
    ],
    [
      'a Telegram that is down',
      'telegram',
      () => changed({ outputs: { TelegramApiRoot: NOBODY } }),
      /^gives no usable answer \(getMe: ECONNREFUSED\)$/,
    ],
    [
      'a Telegram that is silent',
      'telegram',
      async () => {
        const { apiRoot } = system.botApi;
        await addFault(apiRoot, { call: 'getMe', effect: 'hang' });
        onTestFinished(() => clearFaults(apiRoot));
        return dataDir;
      },
      /^gives no usable answer \(silent for 5 s\)$/,
    ],
    [
      'a secret that is missing',
      'secrets',
      () => withSecrets({ 'cameo/bot-token': '' }),
      /bot token/,
    ],
    [
      'a bot token that is none',
      'secrets',
      () => withSecrets({ 'cameo/bot-token': 'hush-hush' }),
      /bot token has not the form/,
    ],
    [
      'a service key that is too short',
      'secrets',
      () => withSecrets({ 'cameo/service-key': 'hush-hush' }),
      /service key has not the form/,
    ],
    [
      'a URL key with a blank in it',
      'secrets',
      () => withSecrets({ 'cameo/url-key': 'hush hush' }),
      /URL key has not the form/,
    ],
    [
      'no Secrets Manager',
      'secrets',
      () => changed({ endpoints: { SECRETS_MANAGER: NOBODY } }),
      /cannot be read \(ECONNREFUSED\)/,
    ],
    [
      'dead letters',
      'deadLetters',
      async () => {
        const QueueUrl = output('WarmDeadLetterUrl');
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
        onTestFinished(async () => void (await sqs.send(new PurgeQueueCommand({ QueueUrl }))));
        return dataDir;
      },
      /^1 given up \(warm\)$/,
    ],
    [
      'a photo that was deleted from the bucket',
      'photos',
      async () => {
        await keep(300);
        await s3.send(new DeleteObjectCommand(objectOf(300)));
        return dataDir;
      },
      /^1 of 3: known, but not in the bucket$/,
    ],
    [
      'garbage in the place of a photo',
      'photos',
      async () => {
        await keep(64);
        await s3.send(new PutObjectCommand({ ...objectOf(64), Body: 'RIFF????WEBP and so on' }));
        return dataDir;
      },
      /^1 of 3: no WebP pictures in the bucket$/,
    ],
    [
      'an edge that gives other bytes',
      'photos',
      () => behind({ body: (body) => Buffer.concat([body, Buffer.from('!')]) }),
      /^2 of 3: stored, but not served$/,
    ],
    [
      'an edge that gives another type',
      'photos',
      () => behind({ headers: (headers) => headers.set('content-type', 'text/html') }),
      /^2 of 3: stored, but not served$/,
    ],
    [
      'an edge without CORS',
      'headers',
      () => without('access-control-allow-origin'),
      /no access-control-allow-origin$/,
    ],
    [
      'an edge that hides headers from scripts',
      'headers',
      () => behind({ headers: (headers) => headers.set('access-control-expose-headers', 'age') }),
      /another access-control-expose-headers$/,
    ],
    [
      'an edge without nosniff',
      'headers',
      () => without('x-content-type-options'),
      /nosniff|x-content-type/,
    ],
    [
      'an edge that may not be timed',
      'headers',
      () => without('timing-allow-origin'),
      /timing-allow/,
    ],
    ['an edge that tells no times', 'headers', () => without('server-timing'), /server-timing/],
    [
      'photos that are cached for a minute',
      'headers',
      () => behind({ headers: (headers) => headers.set('cache-control', 'max-age=60') }),
      /another cache-control$/,
    ],
    [
      'a cache that never has anything',
      'cache',
      () =>
        behind({
          headers: (headers) => {
            headers.set('x-cache', 'Miss from cloudfront');
            headers.delete('age');
          },
        }),
      /no hit/,
    ],
    [
      'a clock that is wrong',
      'clock',
      () =>
        behind({
          headers: (headers) => headers.set('date', new Date(Date.now() - 30_000).toUTCString()),
        }),
      // Give or take what the answer took.
      /(2[5-9]|3[0-5]) s ahead of the edge$/,
    ],
    [
      'an edge that is down',
      'edge',
      () => changed({ outputs: { Url: NOBODY } }),
      /ECONNREFUSED|does not answer/,
    ],
    ['an edge that hangs', 'edge', () => behind({ hangs: true }), /no answer within 6 s/],
    [
      'another program at its address',
      'edge',
      async () =>
        changed({
          outputs: { Url: (await testServer((_, response) => response.end('hello'))).url },
        }),
      /which is not Cameo/,
    ],
    [
      'a system that was killed',
      'cameo',
      () => changed({ endpoints: { DYNAMODB: NOBODY } }),
      /^none runs here any more$/,
    ],
    ['no system', 'cameo', async () => emptyFolder(), /^none runs here$/],
    ['a spoilt outputs file', 'cameo', async () => spoiltSystem('{"outputs":'), /cannot be read/],
  ];

  test.each(FAILURES)('with %s fails %s and nothing else', async (_, check, broken, summary) => {
    const examined = await examineIn(await broken());

    expect(named(examined, 'failed')).toEqual([check]);
    expect(findingOf(examined, check).summary).toMatch(summary);
    expect(findingOf(examined, check).advice?.text).toMatch(/^[A-Z].*[.:]$/);
  });

  const WARNINGS: typeof FAILURES = [
    [
      'a Telegram that asks for a pause',
      'telegram',
      async () => {
        const { apiRoot } = system.botApi;
        await addFault(apiRoot, { call: 'getMe', effect: 'error', status: 429, retryAfter: 35 });
        onTestFinished(() => clearFaults(apiRoot));
        return dataDir;
      },
      /a pause of 35 s/,
    ],
    [
      'a fleet that pauses',
      'pause',
      async () => {
        const TableName = output('TableName');
        const now = Date.now();
        await telegramBudget(dynamodb, TableName).pause('throttled', now + 90_000, now);
        onTestFinished(async () => {
          const Key = { avatarId: { S: 'telegram' } };
          await dynamodb.send(new DeleteItemCommand({ TableName, Key }));
        });
        return dataDir;
      },
      // Some of it is over by the time of the check.
      /for (90|[78]\d) s more$/,
    ],
    [
      'a queue that is backed up',
      'queues',
      async () => {
        const QueueUrl = output('FetchQueueUrl');
        const Entries = Array.from({ length: 10 }, (_, n) => ({
          Id: String(n),
          MessageBody: '{}',
          DelaySeconds: 900,
        }));
        for (let n = 0; n < 48; n++) {
          await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        }
        onTestFinished(async () => void (await sqs.send(new PurgeQueueCommand({ QueueUrl }))));
        return dataDir;
      },
      /^480 jobs wait in fetch$/,
    ],
    ['a slow edge', 'times', () => behind({ holdMs: () => 60 }), /a hit should take 50$/],
    [
      'a function that is slow',
      'times',
      () => behind({ holdMs: (path) => (path.endsWith('.webp') ? 0 : 1_050) }),
      // A busy machine may be slow with hits, too, and is told of them first.
      /the first answer took 1\d{3}: (it should take 1000|a hit should take 50)$/,
    ],
  ];

  test.each(WARNINGS)(
    'with %s warns by %s and fails nothing',
    async (_, check, broken, summary) => {
      const examined = await examineIn(await broken());

      expect(named(examined, 'failed')).toEqual([]);
      expect(findingOf(examined, check)).toMatchObject({ mark: 'warning' });
      expect(findingOf(examined, check).summary).toMatch(summary);
      expect(findingOf(examined, check).advice?.text).toMatch(/^[A-Z].*[.:]$/);
    },
  );

  test('has a deleted photo back as it advises', async () => {
    await keep(512);
    await s3.send(new DeleteObjectCommand(objectOf(512)));
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: output('TableName'),
        Key: { avatarId: { S: partner.avatarId } },
        UpdateExpression: 'SET checkedAtMs = :elevenMinutesAgo',
        ExpressionAttributeValues: {
          ':elevenMinutesAgo': { N: String(Date.now() - 11 * 60 * 1000) },
        },
      }),
    );

    await follow(findingOf(await examineIn(dataDir), 'photos'));

    expect(findingOf(await examineIn(dataDir), 'photos').mark).toBe('ok');
  });

  test('checks the photos in the bucket while the edge is down', async () => {
    const examined = await examineIn(await changed({ outputs: { Url: NOBODY } }));

    expect(findingOf(examined, 'photos').summary).toBe('2 of the newest 3 have one, stored');
    expect(named(examined, 'unchecked')).toEqual(['headers', 'cache', 'times', 'clock']);
  });

  test('without a Cameo checks what needs none', async () => {
    const examined = await examineIn(emptyFolder());

    expect(named(examined, 'ok')).toEqual(['node', 'cdk', 'settings']);
    expect(named(examined, 'skipped')).toEqual(OF_AWS);
    expect(findingOf(examined, 'cameo').advice?.command).toBe('npm start');
  });

  test('fails node alone on an old Node, and warns on a newer one', async () => {
    const old = await examineIn(dataDir, { nodeVersion: 'v20.20.2' });
    const newer = await examineIn(dataDir, { nodeVersion: 'v26.0.0' });

    expect(named(old, 'failed')).toEqual(['node']);
    expect(findingOf(newer, 'node').mark).toBe('warning');
    expect(named(newer, 'failed')).toEqual([]);
  });

  test('fails cdk alone where another one is installed than is pinned', async () => {
    const programFolder = emptyFolder();
    const packageJson = readFileSync(join(PROGRAM_FOLDER, 'package.json'));
    writeFileSync(join(programFolder, 'package.json'), packageJson);
    mkdirSync(join(programFolder, 'node_modules/aws-cdk'), { recursive: true });
    const installed = join(programFolder, 'node_modules/aws-cdk/package.json');
    writeFileSync(installed, '{"version": "3.0.0"}');

    const examined = await examineIn(dataDir, { programFolder });

    expect(named(examined, 'failed')).toEqual(['cdk']);
    expect(findingOf(examined, 'cdk').summary).toMatch(/^aws-cdk is 3\.0\.0, [\d.]+ is pinned$/);
  });

  test('fails settings alone on a setting that cannot work', async () => {
    const environment = { CAMEO_TOMBSTONE_DAYS: '1' };

    const examined = await examineIn(dataDir, { environment });

    expect(named(examined, 'failed')).toEqual(['settings']);
    expect(findingOf(examined, 'settings').advice?.text).toContain('CAMEO_TOMBSTONE_DAYS=1');
  });
});
