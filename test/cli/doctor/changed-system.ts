// A data folder that names a running system with some of its parts replaced, as the doctor finds it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Outputs } from '../../../core/outputs.ts';
import {
  type Endpoints,
  type LocalSystem,
  OUTPUTS_FILE,
  readOutputs,
  writeOutputs,
} from '../../../local/outputs-file.ts';

/** What is other than the system says. */
export interface Change {
  readonly outputs?: Partial<Outputs>;
  readonly endpoints?: Partial<Endpoints>;
}

/** What the system of this data folder tells of itself. */
export function systemOf(dataDir: string): LocalSystem {
  const system = readOutputs(dataDir);
  if (!system) throw new Error(`no system runs on ${dataDir}`);
  return system;
}

/** A folder of the changed system; unless one is given, it goes with the test. */
export function changedSystem(
  dataDir: string,
  { outputs, endpoints }: Change,
  folder = emptyFolder(),
): string {
  const system = systemOf(dataDir);
  writeOutputs(folder, {
    outputs: { ...system.outputs, ...outputs },
    endpoints: { ...system.endpoints, ...endpoints },
  });
  return folder;
}

/** A folder whose file of outputs has this text; it goes with the test. */
export function spoiltSystem(text: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, OUTPUTS_FILE), text);
  return folder;
}

/** An empty folder, which goes with the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
