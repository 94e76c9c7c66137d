// Lambda's runtime in a process of its own: the asset is copied to where no node_modules is above it, its handler is
// required and invoked once, and nothing that it asks is there.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../lib/bundling.ts';
import type { PackagedFunction } from './packaged.ts';

/** What came of the one invocation; `requires` are the packages that were loaded from beside the bundle. */
export interface Invoked {
  readonly answer?: unknown;
  /** Class names and messages of what was thrown, and of its causes. */
  readonly error?: string;
  readonly node: string;
  readonly requires: readonly string[];
}

// Nobody listens on the discard port of the loopback address.
const NOWHERE = 'http://127.0.0.1:9';

const RUNTIME = `
  const { join } = require('node:path');
  const [task, handler, event] = process.argv.slice(1);
  const [file, name] = handler.split('.');
  const told = (error) => error ? String(error) + ' ' + (error.code ?? '') + ' ' + told(error.cause) : '';
  const end = (result) => {
    const inside = join(task, 'node_modules') + '/';
    const loaded = Object.keys(require.cache).filter((path) => path.startsWith(inside));
    const requires = [...new Set(loaded.map((path) => path.slice(inside.length).match(/^(@[^/]+\\/)?[^/]+/)[0]))];
    require('node:fs').writeSync(3, JSON.stringify({ ...result, node: process.version, requires }));
    process.exit();
  };
  const context = {
    functionName: 'packaged', awsRequestId: 'request', invokedFunctionArn: 'arn', memoryLimitInMB: '1769',
    getRemainingTimeInMillis: () => 20000,
  };
  (async () => require(join(task, file))[name](JSON.parse(event), context))()
    .then((answer) => end({ answer }), (error) => end({ error: told(error) }));
`;

/** Copies the asset, puts this platform's build of its native packages in place of Lambda's, and invokes it. */
export async function invokePackaged(
  { folder, handler, environment }: PackagedFunction,
  event: unknown,
): Promise<Invoked> {
  const home = mkdtempSync(join(tmpdir(), 'cameo-task-'));
  const task = join(home, 'task');
  try {
    const above = nodeModulesAbove(home);
    if (above) throw new Error(`${above} would stand in for what the asset lacks`);
    cpSync(folder, task, { recursive: true });
    const binaries = join(task, 'node_modules/@img');
    if (existsSync(binaries)) {
      rmSync(binaries, { recursive: true });
      cpSync(join(PROJECT_ROOT, 'node_modules/@img'), binaries, { recursive: true });
    }
    return await runtime(task, handler, valuesOf(environment), event);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function runtime(
  task: string,
  handler: string,
  environment: Readonly<Record<string, string>>,
  event: unknown,
): Promise<Invoked> {
  // The answer has a way of its own, since the log goes to stdout.
  const command = 'exec "$0" "$@" 3>&1 >/dev/null';
  const argv = [process.execPath, '-e', RUNTIME, task, handler, JSON.stringify(event)];
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command, ...argv], {
    cwd: task,
    env: {
      ...environment,
      LAMBDA_TASK_ROOT: task,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'packaged',
      AWS_SECRET_ACCESS_KEY: 'packaged',
      AWS_SESSION_TOKEN: 'packaged',
      AWS_ENDPOINT_URL: NOWHERE,
    },
  });
  return JSON.parse(stdout);
}

/** A name for whatever only AWS can resolve. */
function valuesOf(environment: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const made = name.endsWith('_URL') ? `${NOWHERE}/000000000000/${name}` : name;
      return [name, typeof value === 'string' ? value : made];
    }),
  );
}

function nodeModulesAbove(folder: string): string | undefined {
  const path = join(folder, 'node_modules');
  if (existsSync(path)) return path;
  return dirname(folder) === folder ? undefined : nodeModulesAbove(dirname(folder));
}
