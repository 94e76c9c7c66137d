// How much there is to do: the first of the two times that a list is read.

import { Mistake } from './mistake.ts';
import type { UserFile } from './user-file.ts';

/** What a list holds. */
export interface Census {
  /** Partners, each once, and bad lines. */
  readonly total: number;
  readonly arrivedEarlier: number;
  /** Lines that name somebody again. */
  readonly repeated: number;
}

/** Counts a list, about 60 bytes of memory for each partner meanwhile. Throws Mistake for one that names nobody. */
export async function censusOf(
  list: UserFile,
  arrived: { has(userId: string): boolean },
): Promise<Census> {
  const ids = new Set<string>();
  const census = { total: 0, arrivedEarlier: 0, repeated: 0 };
  for await (const line of list.lines()) {
    if (line.kind === 'bad') {
      census.total += 1;
      continue;
    }
    const { userId } = line.user;
    if (ids.has(userId)) {
      census.repeated += 1;
      continue;
    }
    ids.add(userId);
    census.total += 1;
    if (arrived.has(userId)) census.arrivedEarlier += 1;
  }
  if (census.total > 0) return census;
  throw new Mistake(`${list.path} names nobody: write a userId into each line.`);
}
