// `npm start` as a user has it: a process of its own, spoken to over HTTP, killed by its own id.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartnerRecord } from '../../core/partner-record.ts';
import type { BotApi } from '../../local/bot-api/server.ts';
import { type Hold, startHoldableBotApi } from '../holdable-bot-api.ts';

const root = resolve(import.meta.dirname, '../..');

/** A running system with what a test needs of it. */
export interface RunningCameo {
  readonly url: string;
  readonly dataDir: string;
  /** Everything that it printed so far. */
  output(): string;
  /** Ends the process with a signal; resolves to its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  /** Registers a partner with the service key. */
  register(userId: string | number, body?: object): Promise<Response>;
  /** Erases a partner with the service key. */
  erase(userId: string): Promise<Response>;
  /** The recent list's answer, asked for with the service key. */
  recent(query?: string, headers?: Record<string, string>): Promise<Response>;
  /** The records of these ids. */
  resolve(ids: readonly string[]): Promise<PartnerRecord[]>;
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** A new, empty data folder. */
export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'cameo-test-'));
}

/** Removes a data folder. */
export function removeDataDir(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}

/** Starts the system and waits for its last line. Rejects with what it printed if it ends before. */
export async function startCameo(
  dataDir: string,
  environment: Record<string, string> = {},
): Promise<RunningCameo> {
  const { child, output } = spawnCameo(dataDir, environment);
  const url = await readyUrl(child, output);
  const serviceKey = () =>
    JSON.parse(readFileSync(join(dataDir, 'keys.json'), 'utf8')).serviceKey as string;
  const send = (method: string, path: string, body: object) =>
    fetch(`${url}/api/partner/${path}`, {
      method,
      headers: { authorization: `Bearer ${serviceKey()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    url,
    dataDir,
    output,
    end: (signal) => endProcess(child, signal),
    register: (userId, body = { firstName: `User ${userId}` }) => send('PUT', String(userId), body),
    erase: (userId) => send('DELETE', userId, {}),
    recent: (query = '', headers = {}) =>
      fetch(`${url}/api/partner/recent${query}`, {
        headers: { authorization: `Bearer ${serviceKey()}`, ...headers },
      }),
    resolve: async (ids) => {
      const answer = await send('POST', 'resolve', { ids });
      return ((await answer.json()) as { partners: PartnerRecord[] }).partners;
    },
    get: (path, init) => fetch(new URL(path, url), { redirect: 'manual', ...init }),
  };
}

/** A system with a stand-in of its own as Telegram, and what ends both. */
export interface CameoAndTelegram {
  readonly cameo: RunningCameo;
  readonly botApi: BotApi;
  readonly hold: Hold;
  end(): Promise<void>;
}

/** Starts a stand-in with this token, and a system on a new data folder that asks it. */
export async function startWithTelegram(
  token: string,
  environment: Record<string, string> = {},
): Promise<CameoAndTelegram> {
  const { botApi, hold } = await startHoldableBotApi(token);
  const cameo = await startCameo(newDataDir(), {
    TELEGRAM_BOT_TOKEN: token,
    TELEGRAM_API_ROOT: botApi.apiRoot,
    ...environment,
  });
  const end = async () => {
    await cameo.end('SIGTERM');
    await botApi.close();
    removeDataDir(cameo.dataDir);
  };
  return { cameo, botApi, hold, end };
}

/** Starts the process, as `npm start` does or by another command, without waiting for anything. */
export function spawnCameo(
  dataDir: string,
  environment: Record<string, string>,
  [command = '', ...parameters] = [process.execPath, 'bin/local.ts'],
): { child: ChildProcess; output: () => string } {
  const child = spawn(command, parameters, {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: '0', CAMEO_DATA_DIR: dataDir, ...environment },
  });
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text) => chunks.push(text));
  child.stderr.setEncoding('utf8').on('data', (text) => chunks.push(text));
  return { child, output: () => chunks.join('') };
}

/** Sends the signal and waits for the end. */
export async function endProcess(
  child: ChildProcess,
  signal: NodeJS.Signals,
): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return child.exitCode ?? child.signalCode;
}

/** Waits for the ready line; the URL in it. Rejects with what was printed if the process ends before. */
export function readyUrl(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolvePromise, reject) => {
    const look = () => {
      const url = /^Cameo is ready on (\S+)$/m.exec(output())?.[1];
      if (url) resolvePromise(url);
    };
    child.stdout?.on('data', look);
    child.once('exit', () => reject(new Error(`it ended before it was ready:\n${output()}`)));
  });
}

/** Asks again until `accept` takes the answer; rejects after `attempts`, with the last status. */
export async function getUntil(
  get: () => Promise<Response>,
  accept: (response: Response) => boolean,
  attempts = 300,
): Promise<Response> {
  let last = 'none';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const response = await get();
    if (accept(response)) return response;
    last = `${response.status} ${response.headers.get('x-avatar')}`;
    await response.arrayBuffer();
    await sleep(100);
  }
  throw new Error(`not within ${attempts} attempts; the last answer was ${last}`);
}
