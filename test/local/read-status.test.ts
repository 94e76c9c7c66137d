import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { partnerTable } from '../../adapters/partner-table.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { startBotApi } from '../../local/bot-api/server.ts';
import { startEmulators } from '../../local/emulators.ts';
import { provision, type Resources } from '../../local/provision.ts';
import { type StatusSources, statusReader } from '../../local/read-status.ts';
import type { TelegramRoot } from '../../local/telegram-root.ts';

const TOKEN = '42:status';
const EDGE = { hits: 3 } as unknown as ReturnType<StatusSources['edge']['stats']>;
const TELEGRAM_ITSELF: TelegramRoot = {
  // Whoever calls it is told that nobody is there.
  apiRoot: 'http://127.0.0.1:1',
  botToken: TOKEN,
  isStandIn: false,
  stop: async () => {},
};
let clients: AwsClients;
let resources: Resources;

beforeEach(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cameo-status-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const emulators = await startEmulators({ dataDir });
  onTestFinished(() => emulators.stop());
  clients = awsClients(emulators);
  resources = await provision(clients);
});

function readStatus(telegram = TELEGRAM_ITSELF) {
  const sources = { clients, resources, edge: { stats: () => EDGE }, telegram, examples: ['curl'] };
  return statusReader(sources)();
}

test('an empty system has this version, no partners and empty queues', async () => {
  const status = await readStatus();

  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(status).toEqual({
    version,
    uptimeSeconds: expect.any(Number),
    partners: [],
    queue: { visible: 0, inFlight: 0, delayed: 0, deadLetters: 0 },
    telegram: null,
    edge: EDGE,
    examples: ['curl'],
  });
});

test('counts messages by what becomes of them', async () => {
  const { url, deadLetterUrl } = resources.queues.fetch;
  const send = (QueueUrl: string, DelaySeconds = 0) =>
    clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'job', DelaySeconds }));
  for (const delay of [0, 0, 0, 0, 900, 900]) await send(url, delay);
  await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  await send(deadLetterUrl);

  const { queue } = await readStatus();

  expect(queue).toEqual({ visible: 3, inFlight: 1, delayed: 2, deadLetters: 1 });
});

test('lists the newest 24 partners, the newest first', async () => {
  const table = partnerTable(clients.dynamodb, resources.tableName);
  for (let n = 1; n <= 25; n++) {
    const userId = String(n);
    await table.register(avatarIdOf('k', userId), { userId, firstName: `P${n}` }, n * 1_000, 0);
  }

  const { partners } = await readStatus();

  expect(partners.map(({ userId }) => userId)).toEqual(
    Array.from({ length: 24 }, (_, n) => String(25 - n)),
  );
  const avatarId = avatarIdOf('k', '25');
  expect(partners[0]).toMatchObject({
    avatarId,
    name: 'P25',
    state: 'pending',
    joinedAtMs: 25_000,
    avatarUrl: expect.stringContaining(`/avatars/${avatarId}`),
  });
});

test('counts the calls of the stand-in, and knows nothing of Telegram itself', async () => {
  const { apiRoot, close } = await startBotApi({ token: TOKEN });
  onTestFinished(close);
  await fetch(`${apiRoot}/bot${TOKEN}/getUserProfilePhotos?user_id=1001`);

  const standIn = await readStatus({ ...TELEGRAM_ITSELF, apiRoot, isStandIn: true });
  const itself = await readStatus();

  expect(standIn.telegram).toEqual({
    byMethod: expect.objectContaining({ getUserProfilePhotos: 1, download: 0 }),
    inFlight: 0,
  });
  expect(itself.telegram).toBeNull();
});
