// What is deployed: the size of each bundle, and how long a cold start spends in its modules, against a
// handler that makes serve-photo's three SDK clients and nothing else.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { TELEGRAM_PUBLIC_KEY } from '../core/operator-settings.ts';
import { functions } from '../core/topology.ts';
import { buildOptions, PROJECT_ROOT } from '../lib/bundling.ts';
import { temporaryFolder } from './leftovers.ts';
import { median } from './measure.ts';
import { kilobytes, ms, printTable, times, verdict } from './table.ts';

const SIZE_GOAL_KB = 160;
const INIT_GOAL = 1.1;
const ROUNDS = 21;

const BASELINE = `
  import { dynamoDbClient, s3Client, sqsClient } from './clients.ts';
  const clients = [dynamoDbClient(), s3Client(), sqsClient()];
  export const handler = async () => clients.length;
`;

interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Measures and prints. */
export async function bundles(): Promise<void> {
  using folder = temporaryFolder();
  const baseline = await buildBaseline(folder.path);
  const deployed = await Promise.all(
    Object.values(functions).map((declared) => buildFunction(folder.path, declared)),
  );
  const inits = await initTimes([baseline, ...deployed]);
  const rows = inits.map(({ bundle, initMs, factor }) => {
    const bytes = readFileSync(bundle.file);
    const gzipBytes = gzipSync(bytes, { level: 9 }).length;
    const isServePhoto = bundle.name === functions.servePhoto.entry;
    return [
      bundle.name,
      kilobytes(bytes.length),
      kilobytes(gzipBytes),
      kilobytes(brotliCompressSync(bytes).length),
      isServePhoto ? verdict(gzipBytes / 1000, SIZE_GOAL_KB, ' kB') : '',
      ms(initMs),
      times(factor),
      isServePhoto ? verdict(factor, INIT_GOAL) : '',
    ];
  });
  printTable(['bundle', 'bytes', 'gzip', 'brotli', 'goal', 'init', '÷ clients', 'goal'], rows);
  console.log("  fetch-photo's sharp is beside its bundle, and loaded in its init.");
}

async function buildFunction(
  folder: string,
  { entry, environment }: { entry: string; environment: readonly string[] },
): Promise<Bundle> {
  const file = join(folder, entry, 'index.js');
  await build(buildOptions(entry, file));
  const values = Object.fromEntries(environment.map((name) => [name, EXAMPLES[name] ?? name]));
  return { name: entry, file, environment: values };
}

async function buildBaseline(folder: string): Promise<Bundle> {
  const file = join(folder, 'clients', 'index.js');
  const { entryPoints: _, ...options } = buildOptions(functions.servePhoto.entry, file);
  const stdin = { contents: BASELINE, resolveDir: `${PROJECT_ROOT}lambdas`, loader: 'ts' };
  await build({ ...options, stdin } as BuildOptions);
  return { name: 'three SDK clients', file, environment: {} };
}

/** Values where a name would not do. */
const EXAMPLES: Readonly<Record<string, string>> = {
  FETCH_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/000000000000/cameo-fetch',
  INIT_DATA_PUBLIC_KEYS: TELEGRAM_PUBLIC_KEY,
  TELEGRAM_API_ROOT: 'https://api.telegram.org',
};

/** Medians of fresh processes, one of each bundle in turn; the factor is to the first bundle. */
async function initTimes(all: readonly Bundle[]) {
  const samples = all.map((bundle) => ({ bundle, rounds: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { bundle, rounds } of samples) rounds.push(await initMs(bundle));
  }
  const base = samples[0]?.rounds ?? [];
  return samples.map(({ bundle, rounds }) => ({
    bundle,
    initMs: median(rounds),
    factor: median(rounds.map((took, round) => took / (base[round] ?? 0))),
  }));
}

const INIT = `
  const startedAt = performance.now();
  const { handler } = require(process.argv[1]);
  const took = performance.now() - startedAt;
  if (typeof handler !== 'function') throw new Error('no handler');
  process.stdout.write(String(took));
  process.exit();
`;

const run = promisify(execFile);

async function initMs({ file, environment }: Bundle): Promise<number> {
  const { stdout } = await run(process.execPath, ['-e', INIT, file], {
    env: {
      ...environment,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'benchmark',
      AWS_SECRET_ACCESS_KEY: 'benchmark',
      AWS_SESSION_TOKEN: 'benchmark',
      // sharp, which the deployed function has beside its bundle.
      NODE_PATH: `${PROJECT_ROOT}node_modules`,
    },
  });
  return Number(stdout);
}
