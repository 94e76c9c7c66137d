// The package's declarations, for the `types` of its exports. They take seconds, so only what is packed has them.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DIST } from './client-bundles.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A page and a worker know different things, so each has its own configuration. */
const CONFIGURATIONS = ['client/tsconfig.types.json', 'client/sw/tsconfig.types.json'];

/** Writes `client/dist/types`; the compiler prints what it finds wrong, and then this throws. */
export function buildClientTypes(): void {
  rmSync(`${DIST}types`, { recursive: true, force: true });
  for (const configuration of CONFIGURATIONS) {
    execFileSync(`${ROOT}node_modules/.bin/tsc`, ['-p', configuration], {
      cwd: ROOT,
      stdio: 'inherit',
    });
  }
}
