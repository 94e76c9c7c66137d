import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { erasureTable } from '../../adapters/erasure-table.ts';
import { partnerTable } from '../../adapters/partner-table.ts';
import { telegramBudget } from '../../adapters/telegram-budget.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { startBotApi } from '../../local/bot-api/server.ts';
import { startEmulators } from '../../local/emulators.ts';
import { provision, type Resources } from '../../local/provision.ts';
import { type StatusSources, statusReader } from '../../local/read-status.ts';
import type { TelegramRoot } from '../../local/telegram-root.ts';

const TOKEN = '42:status';
const EDGE = { hits: 3 } as unknown as ReturnType<StatusSources['edge']['stats']>;
const WARM = { state: 'idle', everyMinutes: 5, lastRun: null, nextRunAtMs: 7 } as const;
const EMPTY = { visible: 0, inFlight: 0, delayed: 0, deadLetters: 0 };
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

function send(QueueUrl: string, DelaySeconds = 0) {
  return clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'job', DelaySeconds }));
}

function readStatus(telegram = TELEGRAM_ITSELF) {
  return statusReader({
    clients,
    resources,
    edge: { stats: () => EDGE },
    schedules: { warm: { report: () => WARM } },
    telegram,
    examples: ['curl'],
  })();
}

test('an empty system has this version, no partners and empty queues', async () => {
  const status = await readStatus();

  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(status).toEqual({
    version,
    uptimeSeconds: expect.any(Number),
    process: {
      rssBytes: expect.any(Number),
      heapUsedBytes: expect.any(Number),
      openHandles: expect.any(Object),
    },
    partners: [],
    queues: { fetch: EMPTY, warm: EMPTY, erase: EMPTY },
    schedules: { warm: { ...WARM, deadLetters: 0 } },
    pausedUntilMs: null,
    telegram: null,
    edge: EDGE,
    examples: ['curl'],
  });
});

test('tells the memory of its process, and the open handles by kind', async () => {
  const before = (await readStatus()).process;
  const timers = [1, 2, 3].map(() => setTimeout(() => {}, 60_000));
  onTestFinished(() => timers.forEach(clearTimeout));

  const { process: during } = await readStatus();

  const timersOf = ({ openHandles }: typeof during) => openHandles.Timeout ?? 0;
  expect(timersOf(during)).toBeGreaterThanOrEqual(timersOf(before) + 3);
  expect(during.rssBytes).toBeGreaterThan(during.heapUsedBytes);
  expect(during.heapUsedBytes).toBeGreaterThan(1024 * 1024);
});

test.each(['fetch', 'warm', 'erase'] as const)(
  'counts the messages of queue %s by what becomes of them',
  async (name) => {
    const { url, deadLetterUrl } = resources.queues[name];
    for (const delay of [0, 0, 0, 0, 900, 900]) await send(url, delay);
    await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
    await send(deadLetterUrl);

    const { queues } = await readStatus();

    expect(queues).toEqual({
      fetch: EMPTY,
      warm: EMPTY,
      erase: EMPTY,
      [name]: { visible: 3, inFlight: 1, delayed: 2, deadLetters: 1 },
    });
  },
);

test('counts the runs that failed for good', async () => {
  await send(resources.schedules.warm.deadLetterUrl);

  const { schedules } = await readStatus();

  expect(schedules.warm).toEqual({ ...WARM, deadLetters: 1 });
});

test("tells the fleet's pause while it lasts", async () => {
  const budget = telegramBudget(clients.dynamodb, resources.tableName);
  const untilMs = Date.now() + 60_000;
  await budget.pause('throttled', Date.now() - 1, Date.now() - 2);
  const after = await readStatus();
  await budget.pause('throttled', untilMs, Date.now());

  const during = await readStatus();

  expect(after.pausedUntilMs).toBeNull();
  expect(during.pausedUntilMs).toBe(untilMs);
});

test('lists the newest 24 partners, the newest first', async () => {
  const table = partnerTable(clients.dynamodb, resources.tableName);
  for (let n = 1; n <= 25; n++) {
    const userId = String(n);
    const times = { nowMs: n * 1_000, claimUntilMs: 0 };
    const profile = { userId, firstName: `P${n}` };
    await table.register(avatarIdOf('k', userId), profile, times, { afterErasure: false });
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

test('says of who came back that the erasure of before has to end first', async () => {
  const table = partnerTable(clients.dynamodb, resources.tableName);
  const erasures = erasureTable(clients.dynamodb, resources.tableName);
  const avatarId = avatarIdOf('k', '1');
  const join = (nowMs: number) =>
    table.register(
      avatarId,
      { userId: '1', firstName: 'Ada' },
      { nowMs, claimUntilMs: 0 },
      { afterErasure: true },
    );
  await join(1_000);
  const [joinedAtMs, erasedAtMs, expiresAtMs] = [1_000, 2_000, Date.now() + 60_000];
  await erasures.entomb(avatarId, { erasureId: 'e', joinedAtMs, erasedAtMs, expiresAtMs });
  await join(3_000);

  expect((await readStatus()).partners).toMatchObject([{ avatarId, state: 'erasing' }]);
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

test('a dead letter that somebody looks at is still counted', async () => {
  const { deadLetterUrl } = resources.queues.fetch;
  await send(deadLetterUrl);
  await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetterUrl }));

  const { queues } = await readStatus();

  expect(queues.fetch.deadLetters).toBe(1);
});
