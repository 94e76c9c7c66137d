// What a viewer sees who comes too early, and what strangers cost who come with ids that nobody has: through the
// edge, on a clock that the test moves.

import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MISS_LIFETIME_SECONDS } from '../../core/miss.ts';
import { SIZES } from '../../core/sizes.ts';
import { type QueueName, queues } from '../../core/topology.ts';
import { readCounters } from '../../local/bot-api/control.ts';
import type { HttpAnswer } from '../../local/edge/message.ts';
import { type ChangingSystem, startChangingSystem } from '../acceptance/changing-system.ts';

let system: ChangingSystem;
let userId = 1;
beforeAll(async () => {
  system = await startChangingSystem();
  return system.stop;
});
afterEach(() => system.deployed.tidy());

// Written out: few enough seconds for a person to wait.
const PENDING_MS = 2_000;

// The machine's own time goes on besides.
const HALF_A_LIFETIME_MS = (MISS_LIFETIME_SECONDS.unknown / 2) * 1_000;

const kindOf = ({ status, headers }: HttpAnswer) => [status, headers['x-avatar'] ?? '-'];

describe('fault 35: a placeholder that the edge has', () => {
  /** Registers a partner whose photo is on its way, and everywhere looked for. */
  async function tooEarly(): Promise<readonly string[]> {
    userId += 10;
    const { avatarId } = await system.api('PUT', String(userId), { firstName: 'Ada' });
    const paths = [
      ...SIZES.map((size) => `/avatars/${avatarId}?size=${size}`),
      `/avatars/${avatarId}`,
      `/api/partner/photo/${avatarId}`,
    ];
    const answers = await Promise.all(paths.map(system.get));
    expect(answers.map(kindOf)).toEqual(paths.map(() => [302, 'pending']));
    return paths;
  }

  test('gives way to the photo when its two seconds are over, under every URL', async () => {
    const paths = await tooEarly();
    system.pass(500);
    await system.drain();

    // It still has it: this is the edge's answer and not the function's.
    const kept = await Promise.all(paths.map(system.get));
    system.pass(PENDING_MS);
    const after = await Promise.all(paths.map(system.get));

    expect(kept.map(kindOf)).toEqual(paths.map(() => [302, 'pending']));
    expect(kept.map(({ headers }) => headers['x-cache'])).toEqual(
      paths.map(() => 'Hit from cloudfront'),
    );
    expect(after.map(kindOf)).toEqual(paths.map(() => [200, 'hit']));
    expect(system.deployed.invalidated).toEqual([]);
  });

  test('is asked for again every two seconds by all viewers together, until the photo is there', async () => {
    const [path = ''] = await tooEarly();
    const { wires } = system.deployed;
    const readBefore = wires.dynamodb.seen.length;

    for (let look = 0; look < 100; look++) {
      await system.get(path);
      system.pass(100);
    }

    const reads = wires.dynamodb.seen.slice(readBefore).filter(isRead);
    expect(reads.length).toBeGreaterThanOrEqual(4);
    expect(reads.length).toBeLessThanOrEqual(6);
    await system.drain();
    system.pass(PENDING_MS);
    expect(kindOf(await system.get(path))).toEqual([200, 'hit']);
  });
});

const isRead = ({ operation }: { operation: string }) => operation === 'GetItem';

describe('fault 37: avatarIds that nobody has', () => {
  const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

  const strangers = (count: number) =>
    Array.from({ length: count }, () =>
      Array.from(randomBytes(26), (byte) => ALPHABET[byte % 32]).join(''),
    );

  /** What Telegram was asked, what is kept anywhere, and what waits to be done. */
  async function traces(): Promise<unknown> {
    const { world, botApi } = system.deployed;
    const { calls } = await readCounters(botApi.apiRoot);
    const names = Object.keys(queues) as QueueName[];
    const delayed = await Promise.all(names.map((name) => world.delayed(name)));
    return { calls, delayed, everything: await system.everything() };
  }

  test.each([
    ['shown', '', 1_000, 302],
    ['asked for without a placeholder', '?d=404', 100, 404],
    ['waited for', '?wait=5', 100, 302],
  ])(
    'and that are %s cost one read each, and nothing more while the edge has the answer',
    async (_, query, count, status) => {
      const before = await traces();
      const paths = strangers(count).map((id) => `/avatars/${id}${query}`);
      takeOperations();

      const first = await askAll(paths);
      const asked = takeOperations();
      const again = await askAll(paths);
      system.pass(HALF_A_LIFETIME_MS);
      const later = await askAll(paths);

      expect(asked).toEqual({ GetItem: count });
      expect(takeOperations()).toEqual({});
      for (const answers of [first, again, later]) {
        expect(tally(answers)).toEqual({ [`${status} unknown`]: count });
      }
      expect([...again, ...later].filter(({ headers }) => !headers.age)).toEqual([]);
      expect(await traces()).toEqual(before);
    },
  );

  test('have no versions either: the bucket is asked by the edge and by a function, once', async () => {
    const before = await traces();
    const paths = strangers(100).map((id) => `/avatars/${id}/AQADa/150.webp`);
    takeOperations();

    const first = await askAll(paths);
    const asked = takeOperations();
    const again = await askAll(paths);

    // The edge reads the emulator itself, not by the functions' wire.
    expect(Object.values(asked)).toEqual(paths.map(() => 1));
    expect(takeOperations()).toEqual({});
    expect([tally(first), tally(again)]).toEqual([{ '302 -': 100 }, { '302 -': 100 }]);
    expect(await traces()).toEqual(before);
  });

  test('and that could be none are refused without a read', async () => {
    takeOperations();

    const answers = await askAll(strangers(100).map((id) => `/avatars/${id}x`));

    expect(tally(answers)).toEqual({ '400 -': 100 });
    expect(takeOperations()).toEqual({});
  });

  // More at once would take the emulator longer than the functions wait for it.
  const AT_ONCE = 20;

  async function askAll(paths: readonly string[]): Promise<HttpAnswer[]> {
    const answers: HttpAnswer[] = [];
    for (let start = 0; start < paths.length; start += AT_ONCE) {
      const some = paths.slice(start, start + AT_ONCE);
      answers.push(...(await Promise.all(some.map(system.get))));
    }
    return answers;
  }

  const tally = (answers: readonly HttpAnswer[]) =>
    counted(answers.map((answer) => kindOf(answer).join(' ')));

  /** What the functions asked of the stores since this was asked last. */
  function takeOperations(): Record<string, number> {
    const wires = Object.values(system.deployed.wires);
    const operations = wires.flatMap(({ seen }) => seen.map(({ operation }) => operation));
    for (const wire of wires) wire.untouched();
    return counted(operations);
  }
});

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
