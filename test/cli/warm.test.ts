// `cameo warm` as an operator has it: a process of its own, stopped and killed in the middle.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { outputs } from '../../core/outputs.ts';
import { startSecretsManager } from '../../local/secrets-manager.ts';
import { callCameo } from './call-cameo.ts';
import { type Conduct, type ContractServer, KEY, startContractServer } from './contract-server.ts';
import { testStacks } from './stack-server.ts';

const command = resolve(import.meta.dirname, '../../bin/cameo.ts');

let folder: string;
let list: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cameo-warm-'));
  list = join(folder, 'users.csv');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

interface Call {
  readonly child: ChildProcess;
  output(): string;
  /** Waits for the end: the exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals | null>;
}

/** Runs the command line; the process ends with the test at the latest. */
function call(parameters: readonly string[], environment: Record<string, string> = {}): Call {
  const child = spawn(process.execPath, [command, ...parameters], {
    cwd: folder,
    env: { PATH: process.env.PATH, CAMEO_SERVICE_KEY: KEY, ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const closed = once(child, 'close');
  return {
    child,
    output: () => output,
    async ended() {
      await closed;
      return child.exitCode ?? child.signalCode;
    },
  };
}

function warmAt({ url }: ContractServer, ...parameters: string[]): Call {
  return call(['warm', '--file', list, '--url', url, ...parameters]);
}

async function serverWith(conduct: Conduct): Promise<ContractServer> {
  const server = await startContractServer(conduct);
  onTestFinished(() => server.close());
  return server;
}

function writeList(count: number): string[] {
  const ids = Array.from({ length: count }, (_, index) => String(7_000_000_001 + index));
  writeFileSync(list, `userId,firstName\r\n${ids.map((id) => `${id},"Ada, L"\r\n`).join('')}`);
  return ids;
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function failures(): { userId: string; line: number; reason: string }[] {
  return linesOf(`${list}.failed.ndjson`).map((line) => JSON.parse(line));
}

/** Every file in the folder of the list, as text. */
function allFiles(): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** Waits until so many of the list are in its progress. */
async function arrivals(count: number): Promise<void> {
  await vi.waitUntil(() => linesOf(`${list}.progress`).length > count, { timeout: 30_000 });
}

const REFUSED = ['7000000013', '7000000113', '7000000213'];
const ERASED = ['7000000050'];
const refusal = (userId: string) => {
  if (REFUSED.includes(userId)) return 400;
  return ERASED.includes(userId) ? 410 : undefined;
};

describe('a list of 300, with pauses and refusals,', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGKILL', 'SIGKILL'],
  ] as const)(
    'ended by a %s in the middle, goes on where it was and loses nobody',
    async (signal, end) => {
      const server = await serverWith({ looks: 2, pauseEvery: 50, refusal });
      const ids = writeList(300);

      const first = warmAt(server);
      await arrivals(80);
      first.child.kill(signal);
      expect(await first.ended()).toBe(end);
      const arrivedAtFirst = linesOf(`${list}.progress`).slice(1);
      const second = warmAt(server);
      expect(await second.ended()).toBe(1);

      const refused = [...REFUSED, ...ERASED].sort();
      const taken = ids.filter((id) => !refused.includes(id));
      expect([...server.registered.keys()].sort()).toEqual(taken);
      for (const id of arrivedAtFirst) expect(server.registered.get(id)).toHaveLength(1);
      expect(linesOf(`${list}.progress`).slice(1).sort()).toEqual(taken);
      expect(
        failures()
          .map(({ userId }) => userId)
          .sort(),
      ).toEqual(refused);
      expect(failures()).toContainEqual({
        line: 51,
        userId: '7000000050',
        firstName: 'Ada, L',
        reason: '410: no 7000000050',
      });
      expect(server.mostPending()).toBeLessThanOrEqual(100);
      expect(server.pauses()).toBeGreaterThanOrEqual(6);
      expect(second.output()).toContain(
        `${arrivedAtFirst.length} of them arrived in an earlier run`,
      );
      expect(second.output()).toContain('296 of 300 partners are there, 4 failed');
      if (signal !== 'SIGKILL') expect(first.output()).toMatch(/same command again to go on\.\n$/);
      expect(first.output() + second.output() + allFiles()).not.toContain(KEY);
      expect(first.output() + second.output()).not.toContain('\u001B');
    },
  );
});

test('a list that is done leaves nothing behind, and can be imported anew', async () => {
  const server = await serverWith({});
  const ids = writeList(5);

  const codes = [await warmAt(server).ended(), await warmAt(server).ended()];

  expect(codes).toEqual([0, 0]);
  expect(readdirSync(folder)).toEqual(['users.csv']);
  expect(ids.map((id) => server.registered.get(id))).toEqual(
    Array(5).fill(Array(2).fill({ firstName: 'Ada, L' })),
  );
});

test('a list of one is told of as one', async () => {
  const server = await serverWith({ looks: 0 });
  const [id] = writeList(1);
  appendFileSync(list, `${id}\r\n`);
  const { ended, output } = warmAt(server);

  expect(await ended()).toBe(0);
  expect(output()).toMatch(/^Importing 1 partner of /);
  expect(output()).toContain('1 line repeats an id and is left out.');
  expect(output()).toMatch(/\nThe one partner is there; this took \d:\d\d\.\n$/);
});

test('failures are imported as they are, once nothing is in their way', async () => {
  let isMended = false;
  const server = await serverWith({ refusal: () => (isMended ? undefined : 400) });
  const ids = writeList(3);
  expect(await warmAt(server).ended()).toBe(1);
  expect(server.registered.size).toBe(0);

  isMended = true;
  list = `${list}.failed.ndjson`;

  expect(await warmAt(server).ended()).toBe(0);
  expect([...server.registered]).toEqual(ids.map((id) => [id, [{ firstName: 'Ada, L' }]]));
});

test('a second Ctrl-C ends it at once, even while a request hangs', async () => {
  const server = await serverWith({ instead: () => true });
  writeList(3);
  const { child, output, ended } = warmAt(server);
  await vi.waitUntil(() => server.requests.length > 0, { timeout: 30_000 });

  child.kill('SIGINT');
  await vi.waitUntil(() => output().includes('Stopping'), { timeout: 30_000 });
  // The same press, which npm passes on, comes at once; a second one does not.
  const again = setInterval(() => child.kill('SIGINT'), 100);
  onTestFinished(() => clearInterval(again));

  expect(await ended()).toBe(130);
  // What the first one would have said in the end, when the request is given up.
  expect(output()).not.toContain('Stopped:');
});

describe('a call that cannot work is one line and exit code 2:', () => {
  test.each([
    ['no file', ['warm'], /--file/],
    [
      'a file that is not there',
      ['warm', '--file', 'none.csv'],
      /none\.csv cannot be read \(ENOENT\)/,
    ],
    ['nobody under way', ['warm', '--file', 'x', '--concurrency', '0'], /from 1 to 500/],
    ['a command that is none', ['cool'], /cool/],
  ])('%s', async (_, parameters, message) => {
    const { ended, output } = call(parameters);
    expect(await ended()).toBe(2);
    expect(output()).toMatch(message);
    expect(output().trimEnd()).not.toContain('\n');
  });

  test('a refused key', async () => {
    const server = await serverWith({});
    writeList(3);
    const { ended, output } = call(['warm', '--file', list, '--url', server.url], {
      CAMEO_SERVICE_KEY: 'another-service-key',
    });
    expect(await ended()).toBe(2);
    expect(output()).toMatch(/\n.* refuses the service key of CAMEO_SERVICE_KEY \(401\).*\n$/);
    expect(output()).not.toContain('another-service-key');
    expect(output()).toContain('Stopped: 0 of 3 partners are there, 0 failed.\n');
  });
});

test('--json ends with one document, and keeps what is said meanwhile out of it', async () => {
  const server = await serverWith({
    looks: 0,
    refusal: (id) => (id.endsWith('1') ? 400 : undefined),
  });
  writeList(2);

  const { code, output, errors } = await callCameo(
    ['warm', '--file', list, '--url', server.url, '--json'],
    { CAMEO_SERVICE_KEY: KEY },
  );

  expect(code).toBe(1);
  expect(JSON.parse(output)).toEqual({
    state: 'some failed',
    total: 2,
    arrived: 1,
    failed: 1,
    arrivedEarlier: 0,
  });
  expect(errors).toMatch(/^Importing 2 partners of /);
});

test('a stack is found by its name, and its key by its secret', async () => {
  const server = await serverWith({ looks: 0 });
  const secrets = await startSecretsManager(new Map([['the-ServiceKeySecretName', KEY]]));
  onTestFinished(() => secrets.stop());
  const told = Object.fromEntries(Object.keys(outputs).map((name) => [name, `the-${name}`]));
  const stacks = await testStacks({ Cameo: { ...told, Url: server.url } });
  const [id = ''] = writeList(1);

  const { code } = await callCameo(['warm', '--file', list, '--stack', 'Cameo'], {
    AWS_ENDPOINT_URL_CLOUDFORMATION: stacks.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_REGION: 'eu-west-1',
  });

  expect(code).toBe(0);
  expect([...server.registered.keys()]).toEqual([id]);
});

test('--help has an example', async () => {
  const { ended, output } = call(['warm', '--help']);
  expect(await ended()).toBe(0);
  expect(output()).toContain('npx cameo warm --file users.csv');
});
