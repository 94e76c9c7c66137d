// A report as the tests compare it: the names of the checks by what became of them.

import type { Examined } from '../../../cli/doctor/check.ts';
import type { Mark } from '../../../cli/doctor/finding.ts';

/** The names of the checks with this mark, in their order. */
export function named(examined: readonly Examined[], wanted: Mark): string[] {
  return examined.filter(({ mark }) => mark === wanted).map(({ name }) => name);
}

/** The finding of this name. */
export function findingOf(examined: readonly Examined[], wanted: string): Examined {
  const found = examined.find(({ name }) => name === wanted);
  if (!found) throw new Error(`no check is named ${wanted}`);
  return found;
}
