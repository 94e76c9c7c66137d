// What `cdk deploy` uploads: the stack is synthesised in a process of its own, bundles and npm's part included,
// and what lies in the cloud assembly is read from there.

import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { type FunctionName, functions } from '../../core/topology.ts';
import { PROJECT_ROOT } from '../../lib/bundling.ts';

/** A function of the template, and the folder that becomes its zip. */
export interface PackagedFunction {
  readonly name: FunctionName | undefined;
  readonly folder: string;
  /** `file.export`, as Lambda reads it. */
  readonly handler: string;
  /** Literal values as they are; of what only AWS can resolve, no more than that it is there. */
  readonly environment: Readonly<Record<string, unknown>>;
}

const run = promisify(execFile);

/** Synthesises into an empty folder, as the CDK's command line starts the app. */
export async function packageStack(outdir: string): Promise<PackagedFunction[]> {
  const context = JSON.stringify(cdkJson.context);
  await run(process.execPath, ['bin/app.ts'], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: context },
  });
  return globSync('*.template.json', { cwd: outdir }).flatMap((file) => {
    const template = JSON.parse(readFileSync(join(outdir, file), 'utf8'));
    return Object.values<Resource>(template.Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => packaged(outdir, Properties));
  });
}

interface Resource {
  readonly Type: string;
  readonly Properties: FunctionProperties;
}

interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Handler: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
}

function packaged(outdir: string, properties: FunctionProperties): PackagedFunction {
  const { Code, Handler, Environment } = properties;
  const folder = join(outdir, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
  return {
    name: nameOf(folder),
    folder,
    handler: Handler,
    environment: Environment?.Variables ?? {},
  };
}

/** Which of lambdas/ a bundle was made of, by its source map. */
function nameOf(folder: string): FunctionName | undefined {
  const sources = sourcesOf(folder);
  return (Object.keys(functions) as FunctionName[]).find((name) =>
    sources.some((source) => source.endsWith(`lambdas/${functions[name].entry}.ts`)),
  );
}

/** The paths of all sources in a bundle. */
export function sourcesOf(folder: string): string[] {
  const [map] = globSync('index.js.map', { cwd: folder });
  return map ? JSON.parse(readFileSync(join(folder, map), 'utf8')).sources : [];
}

/** The files of an asset, with their paths in it. */
export function filesOf(folder: string): { path: string; bytes: Buffer }[] {
  return globSync('**', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(folder.length + 1), bytes: readFileSync(path) }));
}

// A local header, a central one and the name in both.
const ZIP_HEADERS_BYTES = 30 + 46;

/** About as many bytes as the zip has. */
export function zippedBytes(folder: string): number {
  const sizes = filesOf(folder).map(
    ({ path, bytes }) => deflateRawSync(bytes).length + ZIP_HEADERS_BYTES + 2 * path.length,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The processor that a Linux binary is for (ELF header, e_machine); `undefined` for any other file. */
export function machineOf(bytes: Buffer): number | undefined {
  return bytes.subarray(0, 4).toString('latin1') === '\x7fELF' ? bytes.readUInt16LE(18) : undefined;
}

/** `EM_AARCH64` of the ELF specification. */
export const AARCH64 = 183;
