// A deployed bundle in a process of its own, as on Lambda.

import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { type FunctionName, functions } from '../core/topology.ts';
import { buildOptions } from '../lib/bundling.ts';
import { type Helper, startHelper } from './helper.ts';
import type { InvokeAnswer, InvokeQuestion } from './helpers/invoke.ts';

/** A deployed function, or the one that Cameo is compared to. */
export type BilledName = FunctionName | 'direct';

/** Those that a month is made of. */
export const BILLED_NAMES: readonly BilledName[] = [
  'servePhoto',
  'partners',
  'fetchPhoto',
  'warmRecent',
  'direct',
];

/** A running function. */
export interface BilledFunction extends AsyncDisposable {
  /** What loading its bundle took of a processor. */
  readonly initMs: number;
  invoke(event: unknown): Promise<InvokeAnswer>;
}

/** Bundles it into the folder, where it finds the packages that a deployed bundle has beside it, and loads it. */
export async function startFunction(
  name: BilledName,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<BilledFunction> {
  const file = join(folder, name, 'index.js');
  await build(optionsOf(name, file));
  const helper: Helper<InvokeQuestion, InvokeAnswer> = startHelper('invoke');
  const { processorMs: initMs } = await helper.ask({ file, environment });
  const { timeoutSeconds } = functions[name === 'direct' ? 'fetchPhoto' : name];
  return {
    initMs,
    invoke: (event) => helper.ask({ event, timeoutSeconds }),
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}

function optionsOf(name: BilledName, file: string): BuildOptions {
  if (name !== 'direct') return buildOptions(functions[name].entry, file);
  const entryPoints = [join(import.meta.dirname, 'direct-lambda.ts')];
  return { ...buildOptions('fetch-photo', file), entryPoints };
}
