// The package's declarations, for the `types` of its exports. They take seconds, so only what is packed has them.

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DIST } from './client-bundles.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A page and a worker know different things, so each has its own configuration. */
const CONFIGURATIONS = ['client/tsconfig.types.json', 'client/sw/tsconfig.types.json'];

// TypeScript leaves the sources' extension in them, which not every resolver takes for that of a declaration.
const SPECIFIER = /(\bfrom |\bimport\()'(\.[^']+)\.tsx?'/g;

/** Writes `client/dist/types`; throws with what the compiler printed where it finds a mistake. */
export function buildClientTypes(): void {
  const types = `${DIST}types/`;
  rmSync(types, { recursive: true, force: true });
  for (const configuration of CONFIGURATIONS) {
    execFileSync(`${ROOT}node_modules/.bin/tsc`, ['-p', configuration], {
      cwd: ROOT,
      stdio: 'inherit',
    });
  }
  for (const file of globSync(`${types}**/*.d.ts`)) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(SPECIFIER, "$1'$2.js'"));
  }
}
