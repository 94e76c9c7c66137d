// How a Lambda is bundled, as esbuild's options. No CDK here, so that the benchmark measures the very
// bundle that is deployed.

import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/** The repository's root, as an absolute path. */
export const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * esbuild's options for every Lambda. CommonJS from ESM sources, the SDK inside, minified: 82 ms of module
 * init against 174 ms for the CDK's defaults, because an ESM `import 'node:http'` loads undici on Node 24.
 * `module` before `main` lets esbuild drop what the SDK exports and nobody calls.
 */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  alias: {
    '@aws-sdk/credential-provider-node': `${PROJECT_ROOT}lambdas/environment-credentials.ts`,
  },
  // Beside the bundle and read by nobody until an operator sets NODE_OPTIONS=--enable-source-maps: always on,
  // it costs about 25 ms of a cold start.
  sourcemap: true,
  // Line numbers are enough to find the place; the sources would double the asset.
  sourcesContent: false,
} as const satisfies BuildOptions;

/** Packages with binaries, by entry: installed beside the bundle for the Lambda's own processor. */
const NATIVE_MODULES: Readonly<Record<string, readonly string[]>> = { 'fetch-photo': ['sharp'] };

/** The packages that this entry's bundle leaves outside, to be installed beside it. */
export function nativeModules(entry: string): string[] {
  return [...(NATIVE_MODULES[entry] ?? [])];
}

/** The source file of a Lambda, as an absolute path. */
export function entryFile(entry: string): string {
  return `${PROJECT_ROOT}lambdas/${entry}.ts`;
}

/** Everything that esbuild's `build` needs to write the Lambda `entry` to `outfile`, as it is deployed. */
export function buildOptions(entry: string, outfile: string): BuildOptions {
  return {
    ...bundling,
    mainFields: [...bundling.mainFields],
    external: nativeModules(entry),
    entryPoints: [entryFile(entry)],
    outfile,
  };
}
