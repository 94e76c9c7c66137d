// Chance that can be had again: each actor draws from a generator of its own, named after it, so that what one
// does never depends on how fast the others were.

import { createHash } from 'node:crypto';

/** A generator of one actor. */
export interface Random {
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** One of the list. Throws RangeError for an empty one. */
  pick<T>(list: readonly T[]): T;
}

/** The generator of the actor with this name in the run with this seed. */
export function randomOf(seed: number, actor: string): Random {
  let drawn = 0;
  /** The next number from 0 to 1, 1 not included. */
  const next = () =>
    createHash('sha256').update(`${seed}/${actor}/${drawn++}`).digest().readUInt32BE(0) / 2 ** 32;
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    chance: (probability) => next() < probability,
    between,
    pick: <T>(list: readonly T[]) => {
      if (list.length === 0) throw new RangeError('there is nothing to pick from');
      return list[between(0, list.length - 1)] as T;
    },
  };
}
