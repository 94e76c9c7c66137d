// `npm run docs:doctor`: examines a Cameo that runs here, whole and broken, and a stack in an account that is made up,
// and writes what the doctor said into docs/doctor.md.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { photoWriter } from '../../../adapters/photo-bucket.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../local/aws.ts';
import { rotateToken } from '../../../local/bot-api/control.ts';
import {
  type CameoAndTelegram,
  newDataDir,
  removeDataDir,
  startWithTelegram,
} from '../../acceptance/running-cameo.ts';
import { type Account, shellOf, startAccount, wellAccount } from './aws-account.ts';
import { type Breakage, startBreakingProxy } from './breaking-proxy.ts';
import { changedSystem, systemOf } from './changed-system.ts';
import { checksTable, DOCS_FILE, withPart } from './doctor-docs.ts';

const TOKEN = '123456:AAdoctor-doctor-doctor-doctor-doctor0';
const COMMAND = resolve(import.meta.dirname, '../../../bin/cameo.ts');
const ELSEWHERE = newDataDir();

const dropCors: Breakage = {
  headers: (headers) => headers.delete('access-control-allow-origin'),
};

const alarmed: Partial<Account> = {
  alarms: [{ name: 'cameo-errors', state: 'ALARM', actionsEnabled: true }],
  subscriptions: ['PendingConfirmation'],
};

// Makes the same avatarIds each time.
const environment = { CAMEO_URL_KEY: 'k' };

const system = await startWithTelegram(TOKEN, environment);
try {
  const transcripts = await transcriptsOf(system);
  const docs = readFileSync(DOCS_FILE, 'utf8');
  const text = withPart(docs, 'checks', checksTable());
  writeFileSync(DOCS_FILE, withPart(text, 'transcripts', transcripts.join('\n\n')));
} finally {
  await system.end();
  removeDataDir(ELSEWHERE);
}

async function transcriptsOf({ cameo, botApi }: CameoAndTelegram): Promise<string[]> {
  const { dataDir } = cameo;
  const partner = await joined(cameo);
  const { outputs, endpoints } = systemOf(dataDir);
  const local = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const s3 = new S3Client({ ...local, endpoint: endpoints.S3, forcePathStyle: true });
  const sqs = new SQSClient({ ...local, endpoint: endpoints.SQS, useQueueUrlAsEndpoint: false });

  const said: string[] = [];
  const say = async (title: string, examined: Promise<string>) =>
    said.push(`### ${title}\n\n\`\`\`\n${await examined}\n\`\`\``);
  await say('A Cameo on this machine, well', here(dataDir));
  await say('None runs', transcript([], {}, [ELSEWHERE, '']));
  await say('An edge behind a proxy that drops CORS', behind(cameo, dropCors));
  await rotateToken(botApi.apiRoot, '123456:another');
  await say('A token that Telegram refuses', here(dataDir));
  await rotateToken(botApi.apiRoot, TOKEN);
  const { WarmDeadLetterUrl: QueueUrl } = outputs;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  await photoWriter(s3, outputs.BucketName).remove(partner.avatarId, partner.photoId ?? '');
  await say('A photo that somebody deleted, and a dead letter', here(dataDir));

  const another = await startWithTelegram(TOKEN, environment);
  try {
    await joined(another.cameo);
    const stack = (change: Partial<Account>) => deployed(another.cameo.dataDir, change);
    await say('A stack, well', stack({}));
    await say('A stack with an alarm that rings, and nobody who hears it', stack(alarmed));
    await say('Credentials that have run out', stack({ refusal: 'ExpiredToken' }));
  } finally {
    await another.end();
  }
  return said;
}

/** Registers two partners, and waits for the first one's photo. */
async function joined(cameo: CameoAndTelegram['cameo']) {
  for (const id of ['42', '50']) await cameo.register(id);
  const [partner] = await cameo.resolve(['42']);
  await cameo.get(`/avatars/${partner?.avatarId}?wait=5`);
  const [stored] = await cameo.resolve(['42']);
  if (stored?.state !== 'stored') throw new Error('the photo was not stored');
  return stored;
}

async function behind({ url, dataDir }: CameoAndTelegram['cameo'], breakage: Breakage) {
  const proxy = await startBreakingProxy(url, breakage);
  try {
    return await here(changedSystem(dataDir, { outputs: { Url: proxy.url } }, ELSEWHERE));
  } finally {
    await proxy.close();
  }
}

function here(dataDir: string): Promise<string> {
  return transcript([], { CAMEO_DATA_DIR: dataDir }, [dataDir, '.cameo']);
}

async function deployed(dataDir: string, change: Partial<Account>): Promise<string> {
  const local = systemOf(dataDir);
  const account = await startAccount({ ...wellAccount(local), ...change });
  const address = [local.outputs.Url, 'https://d111111abcdef8.cloudfront.net'] as const;
  try {
    return await transcript(['--stack', 'cameo'], shellOf(account, local), address);
  } finally {
    await account.close();
  }
}

/** What a person sees who types the command; `given` becomes `shown`. */
async function transcript(
  parameters: readonly string[],
  environment: Record<string, string>,
  [given, shown]: readonly [string, string],
): Promise<string> {
  const line = ['npx cameo doctor', ...parameters].join(' ');
  const output = await new Promise<string>((done) => {
    const options = { env: { PATH: process.env.PATH, ...environment }, cwd: ELSEWHERE };
    const command = [COMMAND, 'doctor', ...parameters];
    execFile(process.execPath, command, options, (_, stdout) => done(stdout));
  });
  const said = output
    .trimEnd()
    .replaceAll(given, shown)
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:8787')
    .replace(
      /a hit takes \d+ ms, the first answer took \d+/,
      'a hit takes 2 ms, the first answer took 40',
    );
  return `$ ${line}\n${said}`;
}
