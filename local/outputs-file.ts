// What the stack prints after a deployment, as a file in the data folder: by it `cameo` finds the parts of the system
// that runs here. It is there for as long as the system runs, and after a crash until the next start.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Outputs, outputs } from '../core/outputs.ts';

/** The AWS services as the SDK names their endpoints in the environment (AWS_ENDPOINT_URL_…). */
const SERVICES = [
  'DYNAMODB',
  'S3',
  'SQS',
  'SECRETS_MANAGER',
  'CLOUDFRONT',
  'CLOUDWATCH',
  'CLOUDWATCH_LOGS',
] as const;

/** Base URLs of what stands in for AWS, by service. */
export type Endpoints = Readonly<Record<(typeof SERVICES)[number], string>>;

/** The environment variables by which the SDK finds the endpoints. */
export function endpointVariables(endpoints: Endpoints): Record<string, string> {
  return Object.fromEntries(
    SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, endpoints[service]]),
  );
}

/** A system that runs on this machine: what it tells of itself, and where its parts are. */
export interface LocalSystem {
  readonly outputs: Outputs;
  readonly endpoints: Endpoints;
}

/** The name of the file in the data folder. */
export const OUTPUTS_FILE = 'outputs.json';

const texts = <Name extends string>(names: readonly Name[]) =>
  v.object(
    Object.fromEntries(names.map((name) => [name, v.string()])) as Record<
      Name,
      v.StringSchema<undefined>
    >,
  );

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    outputs: texts(Object.keys(outputs) as (keyof Outputs)[]),
    endpoints: texts(SERVICES),
  }),
);

/** Writes the file; the returned function removes it. */
export function writeOutputs(dataDir: string, system: LocalSystem): () => void {
  const file = join(dataDir, OUTPUTS_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(system, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}

/** Reads it; `undefined` where there is none, or one of another release. */
export function readOutputs(dataDir: string): LocalSystem | undefined {
  const { success, output } = v.safeParse(fileSchema, readText(join(dataDir, OUTPUTS_FILE)));
  return success ? output : undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
