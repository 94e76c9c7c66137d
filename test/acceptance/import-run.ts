// A bulk import against a Telegram that throttles: all arrive, none is fetched twice, nothing is given up.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { addFault, readCounters } from '../../local/bot-api/control.ts';
import type { Status } from '../../local/page/status.ts';
import { type CameoAndTelegram, startWithTelegram } from './running-cameo.ts';

// The stand-in shows no photo of ids that end in 0, and knows none that ends in 0404.
const FIRST_ID = 1_000_501;

// One call in fifty is throttled.
const EVERY = 50;

/** Declares the test for so many partners; they take about a quarter of a second each, most of it the pauses. */
export function testImportOf(partners: number): void {
  const photos = partners * 0.9;
  const ids = Array.from({ length: partners }, (_, n) => String(FIRST_ID + n));

  let system: CameoAndTelegram;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    system = await startWithTelegram('123456:import');
    folder = mkdtempSync(join(tmpdir(), 'cameo-import-'));
    file = join(folder, 'users.csv');
    writeFileSync(file, `userId,firstName\n${ids.map((id) => `${id},User ${id}\n`).join('')}`);
    return async () => {
      await system.end();
      rmSync(folder, { recursive: true });
    };
  });

  /** Runs the command; resolves to its exit code and what it printed. Interrupted once `stopAt` partners arrived. */
  async function warm(stopAt = Number.POSITIVE_INFINITY) {
    const { url, dataDir } = system.cameo;
    const command = spawn(
      process.execPath,
      ['bin/cameo.ts', 'warm', '--file', file, '--url', url, '--concurrency', '20'],
      {
        cwd: resolve(import.meta.dirname, '../..'),
        env: { PATH: process.env.PATH, CAMEO_DATA_DIR: dataDir },
      },
    );
    let output = '';
    for (const stream of [command.stdout, command.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const ended = once(command, 'exit');
    const watch = setInterval(() => {
      if (arrivedSoFar() >= stopAt) {
        clearInterval(watch);
        command.kill('SIGINT');
      }
    }, 200);
    const [exitCode] = await ended;
    clearInterval(watch);
    return { exitCode, output };
  }

  /** Each partner who is there has a line in the progress file; its first says what it belongs to. */
  function arrivedSoFar(): number {
    const progress = `${file}.progress`;
    return existsSync(progress) ? readFileSync(progress, 'utf8').split('\n').length - 2 : 0;
  }

  async function status(): Promise<Status> {
    return (await system.cameo.get('/local/status')).json() as Promise<Status>;
  }

  test(
    `${partners} partners arrive while every fiftieth call is throttled, and in spite of an interruption`,
    async () => {
      const { apiRoot } = system.botApi;
      for (const call of ['getUserProfilePhotos', 'getFile', 'download'] as const) {
        const throttled = { effect: 'error', status: 429, retryAfter: 1 } as const;
        await addFault(apiRoot, { call, every: EVERY, times: null, ...throttled });
      }

      const first = await warm(partners / 2);
      const between = arrivedSoFar();
      const second = await warm();

      expect(first.exitCode, first.output).toBe(130);
      expect(between).toBeGreaterThanOrEqual(partners / 2);
      expect(between).toBeLessThan(partners);
      expect(second.exitCode, second.output).toBe(0);
      const states = await statesOf(ids);
      expect(states.filter((state) => state === 'stored')).toHaveLength(photos);
      expect(states.filter((state) => state === 'none')).toHaveLength(partners - photos);
      const { calls } = await readCounters(apiRoot);
      const answered = (total: number) => total - Math.floor(total / EVERY);
      // A photo that were fetched twice would be one download more.
      expect(answered(calls.download.total)).toBe(photos);
      const { queues } = await status();
      const depths = Object.values(queues);
      expect(depths.map(({ deadLetters }) => deadLetters)).toEqual(depths.map(() => 0));
    },
    partners * 1_000,
  );

  async function statesOf(userIds: readonly string[]): Promise<string[]> {
    const states: string[] = [];
    for (let from = 0; from < userIds.length; from += 100) {
      const answer = await system.cameo.resolve(userIds.slice(from, from + 100));
      states.push(...answer.map(({ state }) => state));
    }
    return states;
  }
}
