// A crowd at the door of one partner: once as the edge lets it through, and once with every viewer at the handlers.

import { beforeAll, expect, test } from 'vitest';
import { readCounters, setLatency } from '../../local/bot-api/control.ts';
import type { BotApi } from '../../local/bot-api/server.ts';
import { getUntil, type RunningCameo, startWithTelegram } from './running-cameo.ts';

const TOKEN = '4242:dog-pile';
const VIEWERS = 1000;
let botApi: BotApi;
let cameo: RunningCameo;

beforeAll(async () => {
  const started = await startWithTelegram(TOKEN);
  ({ botApi, cameo } = started);
  return started.end;
});

test('a thousand viewers of one fresh partner cost one list, one getFile and one download', async () => {
  await setLatency(botApi.apiRoot, { getUserProfilePhotos: 60, getFile: 60, download: 80 });
  const { avatarId } = await (await cameo.register(101)).json();

  const statuses = await crowd(() => cameo.get(`/avatars/${avatarId}?size=150`));

  expect(statuses.filter((status) => status !== 200 && status !== 302)).toEqual([]);
  await getUntil(() => cameo.get(`/avatars/${avatarId}?size=300&wait=5`), isPhoto);
  expect(await callsFor(101)).toEqual([1, 1, 1]);
});

test('nor do a thousand who all wait, each under a cache key of its own', async () => {
  const { avatarId } = await (await cameo.register(102)).json();
  const sizes = [64, 150, 300, 512];

  // Whoever waited for a second only asks again: a busy machine takes longer.
  const statuses = await crowd((n) =>
    getUntil(
      () => cameo.get(`/avatars/${avatarId}?size=${sizes[n % 4]}&wait=${1 + (n % 5)}`),
      isPhoto,
    ),
  );

  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await callsFor(102)).toEqual([1, 1, 1]);
});

const isPhoto = ({ status }: Response) => status === 200;

/** The statuses of a thousand requests that are all under way at the same time. */
async function crowd(get: (n: number) => Promise<Response>): Promise<number[]> {
  const viewers = Array.from({ length: VIEWERS }, async (_, n) => {
    const response = await get(n);
    await response.arrayBuffer();
    return response.status;
  });
  return Promise.all(viewers);
}

async function callsFor(userId: number): Promise<number[]> {
  const { calls } = await readCounters(botApi.apiRoot);
  const { getUserProfilePhotos, getFile, download } = calls;
  return [getUserProfilePhotos, getFile, download].map(({ users }) => users[userId] ?? 0);
}
