// The commands are run as a user runs them: pasted into a shell, one after the other.

import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { examples } from '../../local/examples.ts';
import { startCameo } from '../acceptance/running-cameo.ts';

const run = promisify(execFile);
let path: string;

// The system's own curl is first; ours, in a folder at the end, is for images that have none.
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-curl-'));
  const script = new URL('curl.ts', import.meta.url).pathname;
  writeFileSync(join(folder, 'curl'), `#!/bin/sh\nexec node '${script}' "$@"\n`);
  chmodSync(join(folder, 'curl'), 0o755);
  path = [dirname(process.execPath), process.env.PATH, folder].join(delimiter);
  return () => rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-examples-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a system on the folder and returns its commands, and a shell to paste them into. */
async function startedOn(dataDir: string, environment: Record<string, string> = {}) {
  const cameo = await startCameo(dataDir, environment);
  onTestFinished(async () => void (await cameo.end('SIGTERM')));
  const cwd = newFolder();
  const sh = async (command = '') => {
    const options = { cwd, env: { ...environment, PATH: path } };
    return (await run('sh', ['-c', command], options)).stdout;
  };
  const commands = cameo.output().match(/(?<=^ {2})curl .+$/gm) ?? [];
  return { commands, sh, cwd };
}

test('register a partner, look at once, and wait for the photo', async () => {
  const { commands, sh, cwd } = await startedOn(newFolder());
  expect(commands).toHaveLength(3);

  const record = JSON.parse(await sh(commands[0]));
  const look = await sh(commands[1]);
  await sh(commands[2]);

  expect(record).toMatchObject({ userId: '42', name: 'Ada Lovelace' });
  expect(commands[1]).toContain(record.avatarId);
  expect(look).toMatch(/^HTTP\/1\.1 (200|302)\b/);
  expect(look).toMatch(/^x-avatar: (hit|pending)\r$/im);
  const photo = await sharp(readFileSync(join(cwd, 'ada.webp'))).metadata();
  expect(photo).toMatchObject({ format: 'webp', width: 512, height: 512 });
});

test('find the key in a folder with any name', async () => {
  const { commands, sh } = await startedOn(join(newFolder(), 'Ada\'s "$HOME" `id` \\ data'));

  expect(JSON.parse(await sh(commands[0]))).toMatchObject({ userId: '42' });
});

test.each(['canary-canary-canary', 'canary-that-goes canary-that-comes'])(
  'take the key from the environment where it came from there, and show it nowhere: %s',
  async (key) => {
    const { commands, sh } = await startedOn(newFolder(), { CAMEO_SERVICE_KEY: key });

    expect(JSON.parse(await sh(commands[0]))).toMatchObject({ userId: '42' });
    expect(commands.join()).not.toContain('canary');
  },
);

test('are as short as they can be where the folder is below the present one', () => {
  const source = { url: 'http://localhost', urlKey: 'k', givenServiceKey: undefined };

  const [register] = examples({ ...source, dataDir: join(process.cwd(), '.cameo') });

  expect(register).toContain(`require('./.cameo/keys.json')`);
});
