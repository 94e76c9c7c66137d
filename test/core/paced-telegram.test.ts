import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { telegram } from '../../adapters/telegram.ts';
import { downloadPhoto } from '../../core/download-photo.ts';
import { PAUSE_READ_EVERY_MS, pacedTelegram } from '../../core/paced-telegram.ts';
import type { Telegram, TelegramBudget } from '../../core/ports.ts';
import { awsClients } from '../../local/aws.ts';
import { addFault, readCounters, resetBotApi } from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import { type BotApi, startBotApi } from '../../local/bot-api/server.ts';
import { startWire, type Wire, without } from '../wire.ts';
import { NOW, startWorld, storesOf, type TestClock, testClock, type World } from '../world.ts';

const TOKEN = '123456:paced-telegram';
const USER = '1';
const { signal } = new AbortController();

let world: World;
let wire: Wire;
let budget: TelegramBudget;
let botApi: BotApi;
let clock: TestClock;
let bot: Telegram;
let paced: Telegram;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.dynamodbUrl);
  const clients = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  budget = storesOf(clients, world.resources).budget;
  botApi = await startBotApi({ token: TOKEN });
  return async () => {
    await botApi.close();
    await wire.stop();
    await world.stop();
  };
});
beforeEach(async () => {
  wire.untouched();
  await resetBotApi(botApi.apiRoot);
  const { tableName: TableName } = world.resources;
  const Key = { avatarId: { S: 'telegram' } };
  await world.clients.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
  clock = testClock();
  const token = { read: async () => TOKEN, forget: () => {} };
  bot = telegram(botApi.apiRoot, token);
  paced = pacedTelegram(bot, budget, clock);
});

const fault = (injected: Fault) => addFault(botApi.apiRoot, injected);

/** Calls to Telegram: lists, openings, downloads. */
async function calls(): Promise<number[]> {
  const { getUserProfilePhotos, getFile, download } = (await readCounters(botApi.apiRoot)).calls;
  return [getUserProfilePhotos.total, getFile.total, download.total];
}

async function listed() {
  return (await paced.currentPhoto(USER, signal)) ?? expect.fail('no photo');
}
const opened = async () => paced.openFile((await listed()).fileId, signal);

describe('while the fleet pauses', () => {
  const untilMs = NOW + 35_000;
  const refused = { name: 'FleetPaused', untilMs };
  const pause = () => world.budget.pause('throttled', untilMs, NOW);

  test('nobody is listed until the pause is over', async () => {
    await pause();
    clock.advance(34_999);
    await expect(paced.currentPhoto(USER, signal)).rejects.toMatchObject(refused);
    expect(await calls()).toEqual([0, 0, 0]);

    clock.advance(1);
    expect(await paced.currentPhoto(USER, signal)).toHaveProperty('photoId');
  });

  test('no file is opened, though the list was before it', async () => {
    const { fileId } = await listed();
    await pause();
    clock.advance(PAUSE_READ_EVERY_MS);

    await expect(paced.openFile(fileId, signal)).rejects.toMatchObject(refused);
    expect(await calls()).toEqual([1, 0, 0]);
  });

  test('nothing is downloaded, though the file was opened before it', async () => {
    const file = await opened();
    await pause();
    clock.advance(PAUSE_READ_EVERY_MS);

    await expect(paced.download(file, signal)).rejects.toMatchObject(refused);
    expect(await calls()).toEqual([1, 1, 0]);
  });
});

describe('a link that is over', () => {
  const expired: Fault = { call: 'download', effect: 'error', status: 404 };

  test('is replaced once', async () => {
    const file = await opened();
    await fault(expired);

    expect(await downloadPhoto(paced, file, signal)).not.toHaveLength(0);
    expect(await calls()).toEqual([1, 2, 2]);
  });

  test('is replaced once, and no more', async () => {
    const file = await opened();
    await fault({ ...expired, times: null });

    const failed = downloadPhoto(paced, file, signal);

    await expect(failed).rejects.toMatchObject({ name: 'TelegramLinkExpired' });
    expect(await calls()).toEqual([1, 2, 2]);
  });

  test.each<[string, (bot: Telegram) => Partial<Telegram>, number[]]>([
    [
      'replaced',
      (bot) => ({ download: (...given) => bot.download(...given).finally(pauseElsewhere) }),
      [1, 1, 1],
    ],
    [
      'used',
      (bot) => ({ openFile: (...given) => bot.openFile(...given).finally(pauseElsewhere) }),
      [1, 2, 1],
    ],
  ])('is not %s once another worker was told to wait', async (_, hook, expected) => {
    const file = await opened();
    await fault(expired);
    const hooked = pacedTelegram({ ...bot, ...hook(bot) }, budget, clock);

    const failed = downloadPhoto(hooked, file, signal);

    await expect(failed).rejects.toMatchObject({ name: 'FleetPaused' });
    expect(await calls()).toEqual(expected);
  });

  async function pauseElsewhere(): Promise<void> {
    await world.budget.pause('throttled', NOW + 35_000, NOW);
    clock.advance(PAUSE_READ_EVERY_MS);
  }
});

describe('the pause is read', () => {
  const reads = () => wire.seen.filter(({ operation }) => operation === 'GetItem').length;

  test('once by all who call within a tenth of a second, and again by the next one', async () => {
    await Promise.all([opened(), opened(), opened()]);
    clock.advance(PAUSE_READ_EVERY_MS - 1);
    await paced.download(await opened(), signal);
    expect(reads()).toBe(1);

    clock.advance(1);
    await Promise.all([opened(), opened()]);
    expect(reads()).toBe(2);
  });

  test('again when the clock was put back', async () => {
    await listed();
    await world.budget.pause('throttled', NOW + 35_000, NOW);
    clock.advance(-60_000);

    await expect(listed()).rejects.toMatchObject({ name: 'FleetPaused', untilMs: NOW + 35_000 });
    expect(reads()).toBe(2);
  });

  test('again at once after a read that failed', async () => {
    wire.intercept(without('GetItem'));
    await expect(Promise.all([listed(), listed()])).rejects.toThrow();
    wire.untouched();

    expect(await listed()).toHaveProperty('photoId');
    expect(reads()).toBe(1);
  });

  test('again at once by whoever was told to wait: another’s pause may be longer', async () => {
    await listed();
    await world.budget.pause('unauthorized', NOW + 60_000, NOW);
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 7 });
    await expect(listed()).rejects.toMatchObject({ name: 'TelegramThrottled' });

    await expect(listed()).rejects.toMatchObject({ name: 'FleetPaused', untilMs: NOW + 60_000 });
  });
});

describe('whoever is told to wait tells all others', () => {
  test.each<[string, Fault, number]>([
    ['429', { call: 'getFile', effect: 'error', status: 429, retryAfter: 35 }, 35],
    ['429 without a time', { call: 'getFile', effect: 'error', status: 429 }, 5],
    ['429 for ever', { call: 'getFile', effect: 'error', status: 429, retryAfter: 1e9 }, 900],
    ['401', { call: 'getFile', effect: 'error', status: 401 }, 60],
  ])('at %s', async (_, injected, seconds) => {
    await fault(injected);
    clock.advance(1_000);

    await expect(opened()).rejects.toThrow();

    expect(await world.budget.pausedUntilMs()).toBe(NOW + 1_000 + seconds * 1000);
  });

  test.each([429, 401])('of its own worker before the %i is in the table', async (status) => {
    const { fileId } = await listed();
    const written = Promise.withResolvers<void>();
    const isUnderWay = Promise.withResolvers<void>();
    wire.intercept(async ({ operation, forward }) => {
      if (operation === 'UpdateItem') {
        isUnderWay.resolve();
        await written.promise;
      }
      return forward();
    });
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status });
    const told = listed();
    told.catch(() => undefined);
    await isUnderWay.promise;

    await expect(paced.openFile(fileId, signal)).rejects.toMatchObject({ name: 'FleetPaused' });
    expect(await calls()).toEqual([2, 0, 0]);
    written.resolve();
    await expect(told).rejects.not.toMatchObject({ name: 'FleetPaused' });
  });

  test('at a 429 of a list and of a download too', async () => {
    const file = await opened();
    await fault({ call: 'download', effect: 'error', status: 429, retryAfter: 7 });
    await expect(paced.download(file, signal)).rejects.toThrow();
    expect(await world.budget.pausedUntilMs()).toBe(NOW + 7_000);

    clock.advance(7_000);
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 7 });
    await expect(listed()).rejects.toThrow();
    expect(await world.budget.pausedUntilMs()).toBe(NOW + 14_000);
  });

  test.each([
    [429, 'throttled'],
    [401, 'unauthorized'],
  ])('with the reason of the %i, by which the rate is halved or is not', async (status, reason) => {
    const told: unknown[] = [];
    const pause: TelegramBudget['pause'] = async (...given) => {
      told.push(given[0]);
      return budget.pause(...given);
    };
    paced = pacedTelegram(bot, { ...budget, pause }, clock);
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status });

    await expect(listed()).rejects.toThrow();

    expect(told).toEqual([reason]);
  });

  test('and nobody waits for what is not about all', async () => {
    await fault({ call: 'getUserProfilePhotos', effect: 'html', status: 502 });
    await expect(listed()).rejects.toMatchObject({ name: 'TelegramTransient' });

    expect(await world.budget.pausedUntilMs()).toBe(0);
    expect(await listed()).toHaveProperty('photoId');
  });
});

describe('without the table', () => {
  test('no call is made', async () => {
    wire.intercept(without('GetItem'));

    await expect(listed()).rejects.toThrow();
    expect(await calls()).toEqual([0, 0, 0]);
  });

  test('what Telegram said is still told, though nobody else can be', async () => {
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 35 });
    wire.intercept(without('UpdateItem'));

    const failed = listed();

    await expect(failed).rejects.toMatchObject({
      name: 'TelegramThrottled',
      retryAfterSeconds: 35,
    });
  });

  test('the worker that was told keeps the pause itself, to its end', async () => {
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 35 });
    wire.intercept(without('UpdateItem'));
    await expect(listed()).rejects.toThrow();

    clock.advance(34_999);
    await expect(listed()).rejects.toMatchObject({ name: 'FleetPaused' });
    clock.advance(1);

    expect(await listed()).toHaveProperty('photoId');
    expect(await calls()).toEqual([2, 0, 0]);
  });
});
