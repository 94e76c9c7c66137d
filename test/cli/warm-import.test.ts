// The import over real HTTP, with a clock that its sleepers move: minutes pass in milliseconds.

import { expect, onTestFinished, test, vi } from 'vitest';
import { cameoApi } from '../../cli/cameo-api.ts';
import type { UserLine } from '../../cli/user-line.ts';
import { startImport } from '../../cli/warm-import.ts';
import { PAUSED_TITLE } from '../../core/errors.ts';
import { type Conduct, KEY, startContractServer } from './contract-server.ts';
import { movedClock } from './moved-clock.ts';

const PAUSED = JSON.stringify({ title: PAUSED_TITLE, detail: 'Come back.' });

function linesOf(userIds: readonly string[]): UserLine[] {
  return userIds.map((userId, index) => ({ kind: 'user', line: index + 1, user: { userId } }));
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

async function importAt(
  conduct: Conduct,
  userIds: readonly string[],
  { concurrency = 10, seen = new Set<string>() } = {},
) {
  const server = await startContractServer(conduct);
  onTestFinished(() => server.close());
  const clock = movedClock();
  const startMs = clock.nowMs();
  const stop = new AbortController();
  const arrived: string[] = [];
  const failed = new Map<number, string>();
  async function* lines() {
    yield* linesOf(userIds);
  }
  const refreshAgeMs = 24 * 60 * 60 * 1000;
  const access = { url: server.url, serviceKey: KEY, keySource: 'the test', refreshAgeMs };
  const running = startImport(
    {
      api: cameoApi(access, clock.nowMs),
      clock,
      refreshAgeMs,
      arrived: (userId) => arrived.push(userId),
      failed: (line, reason) => failed.set(line.line, reason),
    },
    { lines: lines(), seen, concurrency },
    stop.signal,
  );
  return { server, running, stop, arrived, failed, tookMs: () => clock.nowMs() - startMs };
}

test('everybody arrives, and no more are under way than may be', async () => {
  const { server, running, arrived, failed } = await importAt({ looks: 3 }, ids(45));

  await running.ended;

  expect(new Set(arrived)).toEqual(new Set(ids(45)));
  expect(failed.size).toBe(0);
  expect(server.mostPending()).toBe(10);
});

test('many are looked for by a hundred at a time', async () => {
  const { server, running } = await importAt({}, ids(250), { concurrency: 250 });
  await running.ended;
  expect(Math.max(...server.resolved.map((resolved) => resolved.length))).toBe(100);
  expect(new Set(server.resolved.flat())).toEqual(new Set(ids(250)));
});

test('an id that comes twice, or came in an earlier run, is sent once at most', async () => {
  const seen = new Set(['3']);
  const { server, running, arrived } = await importAt({}, ['1', '2', '1', '3', '1'], { seen });
  await running.ended;
  expect(arrived.sort()).toEqual(['1', '2']);
  expect([...server.registered.values()].map((bodies) => bodies.length)).toEqual([1, 1]);
});

test('nobody is sent, or looked for, during a pause', async () => {
  let pauses = 0;
  const { server, running, arrived, tookMs } = await importAt(
    {
      looks: 0,
      instead(_, response) {
        if (pauses > 0) return false;
        pauses += 1;
        response.writeHead(503, { 'retry-after': '3000' }).end(PAUSED);
        return true;
      },
    },
    ids(30),
    { concurrency: 1 },
  );

  await running.ended;

  expect(arrived).toHaveLength(30);
  expect(tookMs()).toBeGreaterThanOrEqual(3_000_000);
  // A look a second over the whole pause would be thousands.
  expect(server.requests.length).toBeLessThan(100);
});

test('who does not arrive for minutes is asked for once more, and is a failure', async () => {
  const { server, running, arrived, failed } = await importAt({ looks: 10_000 }, ['1']);
  await running.ended;
  expect(arrived).toEqual([]);
  expect(failed.get(1)).toBe('not there after 7 minutes; it is still asked for');
  expect(server.registered.get('1')).toHaveLength(2);
});

test('a pause that nobody was told of gives those who wait their time again', async () => {
  let puts = 0;
  const { running, arrived, failed } = await importAt(
    {
      looks: 600,
      instead({ method }, response) {
        puts += method === 'PUT' ? 1 : 0;
        if (method !== 'PUT' || puts !== 2) return false;
        response.writeHead(503, { 'retry-after': '60' }).end(PAUSED);
        return true;
      },
    },
    ['1'],
  );
  await running.ended;
  expect([...failed.values()]).toEqual([]);
  expect(arrived).toEqual(['1']);
});

test('a partner who is refused fails alone', async () => {
  const refusal = (userId: string) => ({ '2': 400, '3': 410 })[userId];
  const { running, arrived, failed } = await importAt({ refusal }, ids(4));
  await running.ended;
  expect(arrived.sort()).toEqual(['1', '4']);
  expect([...failed]).toEqual([
    [2, '400: no 2'],
    [3, '410: no 3'],
  ]);
});

test('a partner whom Cameo cannot answer for fails alone, after several tries', async () => {
  const { server, running, arrived, failed } = await importAt(
    {
      looks: 200,
      instead({ url }, response) {
        const isTwo = url?.startsWith('/api/partner/2?') === true;
        if (isTwo) response.writeHead(500).end();
        return isTwo;
      },
    },
    ids(3),
  );
  await running.ended;
  expect(arrived.sort()).toEqual(['1', '3']);
  expect(failed.get(2)).toMatch(/answers 500, 7 times$/);
  expect(server.requests.filter((request) => request.includes('/2?'))).toHaveLength(7);
});

test('where nobody is answered any more the import ends, and nobody is a failure', async () => {
  const { server, running, failed } = await importAt({}, ids(1000));
  await server.close();
  await expect(running.ended).rejects.toMatchObject({
    name: 'Unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  expect(failed.size).toBe(0);
});

test('a refused key ends the import at once', async () => {
  const { server, running, failed } = await importAt(
    {
      instead(_, response) {
        response.writeHead(401).end();
        return true;
      },
    },
    ids(1000),
    { concurrency: 5 },
  );
  await expect(running.ended).rejects.toMatchObject({ name: 'Mistake' });
  expect(failed.size).toBe(0);
  expect(server.requests.length).toBeLessThanOrEqual(10);
});

test('an import that is stopped begins nothing more, and waits for nobody', async () => {
  const { server, running, stop, arrived, failed } = await importAt({ looks: 1e6 }, ids(1000));
  await vi.waitUntil(() => server.registered.size === 10, { timeout: 30_000 });
  stop.abort();
  await running.ended;
  expect(server.registered.size).toBe(10);
  expect(arrived).toEqual([]);
  expect(failed.size).toBe(0);
});
