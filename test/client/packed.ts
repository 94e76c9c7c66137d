// The package as whoever installs it has it: packed by npm, then unpacked, with its dependencies beside it.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Packs the client as `npm publish` would, declarations included, and unpacks it into `folder`. */
async function packInto(folder: string): Promise<void> {
  const packs = mkdtempSync(join(tmpdir(), 'cameo-pack-'));
  await run('npm', ['pack', '--silent', '--pack-destination', packs], {
    cwd: join(root, 'client'),
  });
  const [tarball = ''] = readdirSync(packs);
  mkdirSync(folder, { recursive: true });
  await run('tar', ['-xzf', join(packs, tarball), '-C', folder, '--strip-components=1']);
  rmSync(packs, { recursive: true });
}

/** What a consumer has installed besides: of this checkout, since nothing is downloaded. */
const INSTALLED = [
  '@types/react',
  '@types/react-dom',
  'idb',
  'react',
  'react-dom',
  'workbox-cacheable-response',
  'workbox-core',
  'workbox-expiration',
  'workbox-routing',
  'workbox-strategies',
];

/** Makes a project of test/client/consumer outside of the checkout, where nothing of ours is found by accident. */
export async function consumerProject(): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'cameo-consumer-'));
  cpSync(join(root, 'test/client/consumer'), project, { recursive: true });
  for (const name of INSTALLED) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  await packInto(join(project, 'node_modules/cameo-client'));
  return project;
}

/** What the compiler finds wrong in its page and its worker, declarations of packages included. */
export async function typeMistakes(project: string, ...options: string[]): Promise<string> {
  const check = (part: string) =>
    run(join(root, 'node_modules/.bin/tsc'), ['-p', join(project, part), ...options]).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
  return (await check('.')) + (await check('worker'));
}
