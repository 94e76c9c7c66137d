// The environment of a function, as the topology declares it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';
import type { EnvironmentName } from '../core/topology.ts';

/** The declared variables of a function. Throws an error that names all that are missing. */
export function environmentOf<Name extends EnvironmentName>(
  names: readonly Name[],
  environment: NodeJS.ProcessEnv = process.env,
): Record<Name, string> {
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`not in the environment: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string>;
}

/** The wall clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms) => {
    await sleep(ms);
  },
};
