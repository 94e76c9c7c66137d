// The browser client as it is delivered: a package for whoever bundles, and modules that a page loads as they are.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import { buildDemoPage } from './demo-page.ts';
import { publish, servedFile, writeServedFiles } from './served-files.ts';

const CLIENT = fileURLToPath(new URL('../client/', import.meta.url));

/** Where everything is built to; nothing in it is committed. */
export const DIST = `${CLIENT}dist/`;

/** What is served as it is; the demo page is in `demo/`. */
const SERVED = `${DIST}served/`;

/** Browsers that Telegram's Mini Apps run in: Safari of iOS 16.4 is the oldest that this is tried for. */
const shared = {
  absWorkingDir: CLIENT,
  bundle: true,
  minify: true,
  platform: 'browser',
  target: ['es2022', 'safari16.4'],
  jsx: 'automatic',
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** What `core.js` loads when it is used: what keeps and fetches pictures. */
const LATER = './core-later.js';

const PACKAGE_ENTRIES = {
  core: 'core/entry.ts',
  'core-later': 'core/core-later.ts',
  react: 'react/entry.tsx',
  sw: 'sw/entry.ts',
};

/** The package: dependencies stay imports, so that a front end has each of them once. */
function buildPackage(): void {
  const { outputFiles } = buildSync({
    ...shared,
    entryPoints: PACKAGE_ENTRIES,
    outdir: DIST,
    format: 'esm',
    packages: 'external',
    external: [LATER],
    define: { IS_SERVED: 'false' },
    sourcemap: true,
    write: false,
  });
  mkdirSync(DIST, { recursive: true });
  // Whole or not at all: `npm pack` builds, too, while somebody reads.
  for (const { path, contents } of outputFiles) {
    const half = `${path}.${process.pid}`;
    writeFileSync(half, contents);
    renameSync(half, path);
  }
}

/** Modules without a bundler: only React is left to the page's import map. */
function buildServed(outdir: string): void {
  const { sw: _, ...modules } = PACKAGE_ENTRIES;
  buildSync({
    ...shared,
    entryPoints: modules,
    outdir,
    format: 'esm',
    external: ['react', 'react/jsx-runtime', LATER],
    define: { IS_SERVED: 'true' },
  });
  pinLater(outdir);
  // Classic, so that a worker of any kind can import it.
  const workers = { sw: 'sw/ready-built.ts', 'sw-off': 'sw/kill-switch.ts' };
  buildSync({ ...shared, entryPoints: workers, outdir, format: 'iife' });
}

/** Has `core.js` load what it was built with, whatever is deployed by then: by the name that has the hash. */
function pinLater(folder: string): void {
  const core = join(folder, 'core.js');
  const { hashed } = servedFile(LATER, readFileSync(join(folder, LATER), 'utf8'));
  writeFileSync(core, readFileSync(core, 'utf8').replaceAll(LATER, hashed));
}

/** Builds what serve-client's bundle takes in, and nothing else. */
export function buildServedFiles(): void {
  mkdirSync(DIST, { recursive: true });
  // Tests and a deployment may build at the same time, and while somebody reads.
  const folder = mkdtempSync(`${DIST}building-`);
  mkdirSync(`${folder}/demo`);
  buildServed(folder);
  buildDemoPage(shared, `${CLIENT}demo/`, `${folder}/demo/`);
  writeServedFiles(folder, `${DIST}files.json`);
  publish(folder, SERVED);
}

/** Builds both, in a second or less. */
export function buildClient(): void {
  buildPackage();
  buildServedFiles();
}
