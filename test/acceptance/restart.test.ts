// Ends of the process, wanted and unwanted: nothing that was promised is forgotten.

import { afterEach, describe, expect, test } from 'vitest';
import { readCounters, setLatency } from '../../local/bot-api/control.ts';
import { type BotApi, startBotApi } from '../../local/bot-api/server.ts';
import {
  endProcess,
  getUntil,
  newDataDir,
  type RunningCameo,
  readyUrl,
  removeDataDir,
  spawnCameo,
  startCameo,
} from './running-cameo.ts';

const TOKEN = '4242:restart';
const undo: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function startWorld(): Promise<{ botApi: BotApi; start: () => Promise<RunningCameo> }> {
  const botApi = await startBotApi({ token: TOKEN });
  undo.push(() => botApi.close());
  const dataDir = newDataDir();
  undo.push(() => removeDataDir(dataDir));
  const start = async () => {
    const cameo = await startCameo(dataDir, {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: botApi.apiRoot,
    });
    undo.push(() => cameo.end('SIGKILL'));
    return cameo;
  };
  return { botApi, start };
}

/** User ids that have a photo at the stand-in. */
const userIds = (count: number) =>
  Array.from({ length: count * 2 }, (_, n) => 1001 + n)
    .filter((id) => id % 10 !== 0)
    .slice(0, count);

describe('after a kill -9', () => {
  test('in the middle of 50 registrations every partner gets the photo without being registered again', async () => {
    const { botApi, start } = await startWorld();
    await setLatency(botApi.apiRoot, { getUserProfilePhotos: 60, getFile: 60, download: 80 });
    const first = await start();
    const registered: string[] = [];
    for (const [n, userId] of userIds(50).entries()) {
      // The last ones are still at it when the process is killed, on any machine.
      if (n === 40) await setLatency(botApi.apiRoot, { download: 60_000 });
      const response = await first.register(userId);
      expect(response.status).toBe(202);
      registered.push((await response.json()).avatarId);
    }
    const listed = async () =>
      (await readCounters(botApi.apiRoot)).calls.getUserProfilePhotos.total;
    await expect.poll(listed, { timeout: 20_000 }).toBeGreaterThan(0);
    await first.end('SIGKILL');
    // In the middle: some photos were asked for by then, and not all were there.
    const { downloaded } = await readCounters(botApi.apiRoot);
    expect(Object.keys(downloaded).length).toBeLessThan(50);
    await setLatency(botApi.apiRoot, {});

    const second = await start();

    const photos = await Promise.all(
      registered.map((avatarId) =>
        getUntil(
          () => second.get(`/avatars/${avatarId}?wait=5`),
          ({ status }) => status === 200,
        ),
      ),
    );
    expect(photos.map(({ headers }) => headers.get('content-type'))).toEqual(
      registered.map(() => 'image/webp'),
    );
  }, 180_000);
});

describe('an orderly end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s is clean, with viewers waiting and a fetch that hangs',
    async (signal) => {
      const { botApi, start } = await startWorld();
      await setLatency(botApi.apiRoot, { getUserProfilePhotos: 60_000 });
      const cameo = await start();
      const { avatarId } = await (await cameo.register(1001)).json();
      const waiting = cameo.get(`/avatars/${avatarId}?wait=5`).catch(() => undefined);
      const startedAt = performance.now();

      const exitCode = await cameo.end(signal);

      expect(exitCode).toBe(0);
      // The promise of the README; the limit itself is the subject here, not the speed.
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(cameo.output()).not.toMatch(/Error|at .*\.ts:/);
      await waiting;
    },
  );

  test('by a SIGTERM to npm reaches the system behind the shell that npm starts it in', async () => {
    const dataDir = newDataDir();
    undo.push(() => removeDataDir(dataDir));
    const npm = spawnCameo(dataDir, {}, ['npm', 'start']);
    const url = await readyUrl(npm.child, npm.output);

    await endProcess(npm.child, 'SIGTERM');

    await untilRefused(url);
  });

  test('keeps keys, partners and photos for the next start', async () => {
    const { start } = await startWorld();
    const first = await start();
    const { avatarId } = await (await first.register(1001)).json();
    const photo = await getUntil(
      () => first.get(`/avatars/${avatarId}?wait=5`),
      ({ status }) => status === 200,
    );
    await first.end('SIGTERM');

    const second = await start();

    const again = await second.get(`/avatars/${avatarId}`);
    expect(again.status).toBe(200);
    expect(again.headers.get('etag')).toBe(photo.headers.get('etag'));
    expect((await (await second.register(1001)).json()).avatarId).toBe(avatarId);
  });
});

async function untilRefused(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (!answered) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${url} still answers`);
}

describe('a start', () => {
  test('ends its output with the ready line, below three commands to try', async () => {
    const { start } = await startWorld();

    const cameo = await start();

    const lines = cameo.output().trimEnd().split('\n');
    expect(lines.at(-1)).toBe(`Cameo is ready on ${cameo.url}`);
    expect(lines.filter((line) => line.startsWith('  curl '))).toHaveLength(3);
  });

  test('with wrong settings tells each mistake in a line, and no secret', async () => {
    const { child, output } = spawnCameo(newDataDir(), {
      PORT: 'http',
      TELEGRAM_BOT_TOKEN: 'not-a-token',
      TELEGRAM_API_ROOT: 'http://telegram.example/',
    });
    await new Promise((ended) => child.once('close', ended));

    expect(child.exitCode).toBe(1);
    const lines = output().trimEnd().split('\n');
    expect(lines.map((line) => line.split(/[ =]/)[0])).toEqual([
      'PORT',
      'TELEGRAM_BOT_TOKEN',
      'TELEGRAM_API_ROOT',
      'TELEGRAM_API_ROOT',
    ]);
    expect(output()).not.toContain('not-a-token');
  });

  test('on a port or a data folder in use says so in one line', async () => {
    const { start } = await startWorld();
    const cameo = await start();

    const sameFolder = spawnCameo(cameo.dataDir, {});
    await new Promise((ended) => sameFolder.child.once('close', ended));
    const otherFolder = newDataDir();
    undo.push(() => removeDataDir(otherFolder));
    const samePort = spawnCameo(otherFolder, { PORT: new URL(cameo.url).port });
    await new Promise((ended) => samePort.child.once('close', ended));

    expect(sameFolder.output()).toMatch(/^.*in use by another Cameo.*CAMEO_DATA_DIR.*\n$/);
    expect(samePort.output()).toMatch(/^.*EADDRINUSE.*PORT.*\n$/);
    await endProcess(samePort.child, 'SIGKILL');
  });
});
