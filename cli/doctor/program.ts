// The checkout that the command runs from: what it pins, and what is installed of it.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';

/** The folder of package.json and cdk.json. */
export const PROGRAM_FOLDER = resolve(import.meta.dirname, '../..');

const pinnedSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ devDependencies: v.record(v.string(), v.string()) }),
);

const versionSchema = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }));

const contextSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ context: v.optional(v.record(v.string(), v.unknown()), {}) }),
);

/** The version that package.json pins. */
export function pinnedVersion(folder: string, name: string): string | undefined {
  const { output, success } = v.safeParse(pinnedSchema, readText(folder, 'package.json'));
  return success ? output.devDependencies[name] : undefined;
}

/** The version that is in node_modules; `undefined` where there is none. */
export function installedVersion(folder: string, name: string): string | undefined {
  const text = readText(folder, `node_modules/${name}/package.json`);
  const { output, success } = v.safeParse(versionSchema, text);
  return success ? output.version : undefined;
}

/** The context of cdk.json; `undefined` where that is missing or no JSON. */
export function cdkContext(folder: string): Readonly<Record<string, unknown>> | undefined {
  const { output, success } = v.safeParse(contextSchema, readText(folder, 'cdk.json'));
  return success ? output.context : undefined;
}

function readText(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return undefined;
  }
}
