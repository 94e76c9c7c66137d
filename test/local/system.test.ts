// Starts that fail and ends that leave nothing. Each system has a process of its own, as it needs: the
// handlers read their environment when they are imported.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { claimDataFolder } from '../../local/data-folder.ts';
import { spawnCameo } from '../acceptance/running-cameo.ts';

const NOBODY = 'http://127.0.0.1:1';
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cameo-system-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
});

/** The report of a process that starts and stops a system; it is killed if it does not end by itself. */
async function reportOf(environment: Record<string, string>) {
  const script = new URL('run-system.ts', import.meta.url).pathname;
  const env = { PATH: process.env.PATH, PORT: '0', CAMEO_DATA_DIR: dataDir, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    env,
    timeout: 55_000,
    killSignal: 'SIGKILL',
  });
  return JSON.parse(stdout);
}

test('a system that is stopped gives a waiting viewer the photo, and leaves nothing that keeps its process alive', async () => {
  expect(await reportOf({})).toEqual({ photo: 'image/webp', resources: [], folderIsFree: true });
});

describe('a start that fails says why and ends again what it has started:', () => {
  test('the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';

    const report = await reportOf({ PORT: port });

    expect(report).toEqual({
      error: expect.objectContaining({ code: 'EADDRINUSE' }),
      resources: [],
      folderIsFree: true,
    });
  });

  test('the emulator does not answer', async () => {
    const report = await reportOf({ AWS_ENDPOINT_URL: NOBODY });

    // The SDK may still be about to ask once more, so a while later there is nothing left.
    expect(report).toMatchObject({
      error: expect.objectContaining({ code: 'ECONNREFUSED' }),
      folderIsFree: true,
    });
  });

  test.each([
    ['embedded emulators', {}],
    ['another emulator', { AWS_ENDPOINT_URL: NOBODY }],
  ])('the keys cannot be read, with %s', async (_, environment) => {
    mkdirSync(join(dataDir, 'keys.json'));

    const report = await reportOf(environment);

    expect(report).toEqual({
      error: expect.objectContaining({ name: 'UnreadableKeys' }),
      resources: [],
      folderIsFree: true,
    });
  });
});

test.each([
  ['embedded emulators', {}],
  ['another emulator', { AWS_ENDPOINT_URL: NOBODY }],
])('a data folder in use is left alone, keys included, with %s', async (_, environment) => {
  onTestFinished(claimDataFolder(dataDir));

  const report = await reportOf(environment);

  expect(report).toEqual({
    error: expect.objectContaining({ name: 'DataFolderInUse' }),
    resources: [],
    folderIsFree: false,
  });
  expect(() => readFileSync(join(dataDir, 'keys.json'))).toThrow('ENOENT');
});

test('of two first starts at the same time one is refused, and the other has the keys of the file', async () => {
  const starts = [1, 2].map(() => spawnCameo(dataDir, {}));
  onTestFinished(() => {
    for (const { child } of starts) child.kill('SIGKILL');
  });

  const outcomes = await Promise.all(
    starts.map(async ({ child, output }) => {
      while (!/^Cameo is ready on/m.test(output()) && child.exitCode === null) {
        await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'close')]);
      }
      return output();
    }),
  );

  const [refused, ...others] = outcomes.filter((output) => output.includes('in use by another'));
  expect(refused).toMatch(/^.*in use by another Cameo.*\n$/);
  expect(others).toEqual([]);
  const [ready = ''] = outcomes.filter((output) => output !== refused);
  const url = /^Cameo is ready on (\S+)$/m.exec(ready)?.[1];
  const { serviceKey } = JSON.parse(readFileSync(join(dataDir, 'keys.json'), 'utf8'));
  const { status } = await fetch(`${url}/api/partner/42`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${serviceKey}` },
    body: JSON.stringify({ firstName: 'Ada' }),
  });
  expect(status).toBe(202);
});
