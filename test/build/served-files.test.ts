import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { publish, type ServedFiles, writeServedFiles } from '../../build/served-files.ts';

const root = resolve(import.meta.dirname, '../..');
const FILES = 'client/dist/files.json';
const { client } = builtIn(root);

function builtIn(checkout: string): ServedFiles {
  return JSON.parse(readFileSync(join(checkout, FILES), 'utf8'));
}

/** The integrity of every file by its name: the files themselves would fill screens. */
function pinned({ client, demo }: ServedFiles): Record<string, string> {
  const files = Object.entries({ ...client, ...demo });
  return Object.fromEntries(files.map(([name, { integrity }]) => [name, integrity]));
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('the same sources make the same files in another checkout, byte for byte', () => {
  const checkout = newFolder();
  for (const name of ['bin', 'build', 'client', 'core', 'package.json', 'tsconfig.json']) {
    const filter = (path: string) => basename(path) !== 'dist';
    cpSync(join(root, name), join(checkout, name), { recursive: true, filter });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));

  execFileSync(process.execPath, ['bin/build-client.ts'], { cwd: checkout });

  expect(pinned(builtIn(checkout))).toEqual(pinned(builtIn(root)));
});

test.each(Object.entries(client))('%s is pinned by what is in it', (name, file) => {
  const digest = (algorithm: string) => createHash(algorithm).update(file.body);

  expect(file.integrity).toBe(`sha384-${digest('sha384').digest('base64')}`);
  expect(file.hashed).toBe(
    name.replace(/(\.\w+)$/, `.${digest('sha256').digest('hex').slice(0, 16)}$1`),
  );
});

test('a file of a kind that has no Content-Type is refused by its name', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'demo'));
  writeFileSync(join(folder, 'core.exe'), '');

  expect(() => writeServedFiles(folder, join(folder, 'files.json'))).toThrow('core.exe');
});

test('what was built before and is not any more is not found any more', () => {
  const [before, now, served] = [newFolder(), newFolder(), newFolder()];
  for (const [folder, name] of [
    [before, 'a.js'],
    [before, 'b.js'],
    [now, 'b.js'],
  ] as const) {
    mkdirSync(join(folder, 'demo'), { recursive: true });
    writeFileSync(join(folder, name), folder);
    writeFileSync(join(folder, 'demo', name), folder);
  }
  publish(before, served);
  mkdirSync(before);

  publish(now, served);
  mkdirSync(now);

  expect(readdirSync(served, { recursive: true }).sort()).toEqual(['b.js', 'demo', 'demo/b.js']);
  expect(readFileSync(join(served, 'b.js'), 'utf8')).toBe(now);
});
