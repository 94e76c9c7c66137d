// What a run is told: `npm run soak -- --minutes 10 --seed 7`.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** Times of a run in milliseconds, and its seed. */
export interface Options {
  readonly seed: number;
  /** How long viewers, partners and faults go on. */
  readonly trafficMs: number;
  /** When the process is killed, counted from the beginning of the traffic. */
  readonly killAfterMs: number;
  /** When the whole run is given up. */
  readonly hardLimitMs: number;
}

/** What was asked for cannot be done; the message says what can. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
}

const DEFAULT_MINUTES = 4;
const MAX_MINUTES = 24 * 60;

// Start and warm-up, settling and the audit, which do not grow with the run.
const AROUND_MS = 140_000;
const GRACE_MS = 300_000;

// What the dead worker had in hand is back two minutes after it was received.
const KILL_SHARE = 0.35;

/** Reads the command line. Throws Mistake. */
export function readOptions(parameters: readonly string[]): Options {
  const { minutes = String(DEFAULT_MINUTES), seed } = valuesOf(parameters);
  const wholeMs = Number(minutes) * 60_000;
  if (!(wholeMs >= DEFAULT_MINUTES * 60_000 && wholeMs <= MAX_MINUTES * 60_000)) {
    throw new Mistake(
      `--minutes ${minutes}: give a number from ${DEFAULT_MINUTES} to ${MAX_MINUTES}`,
    );
  }
  if (seed !== undefined && !/^\d{1,9}$/.test(seed)) {
    throw new Mistake(`--seed ${seed}: give a whole number of at most nine digits`);
  }
  const trafficMs = wholeMs - AROUND_MS;
  return {
    seed: seed === undefined ? randomInt(1_000_000_000) : Number(seed),
    trafficMs,
    killAfterMs: trafficMs * KILL_SHARE,
    hardLimitMs: wholeMs + GRACE_MS,
  };
}

function valuesOf(parameters: readonly string[]) {
  try {
    const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const;
    return parseArgs({ args: [...parameters], options }).values;
  } catch (error) {
    throw new Mistake(error instanceof Error ? error.message : String(error));
  }
}
