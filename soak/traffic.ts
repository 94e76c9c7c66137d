// Everything at once: partners arrive and live, viewers look, Telegram fails, and Cameo is killed in the middle.

import { eventually, sleepUnless } from './clock.ts';
import { type FaultsMet, injectFaults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import { live, type World } from './life.ts';
import { randomOf } from './random.ts';
import { look } from './viewers.ts';

const VIEWERS = 8;

// Two or three a second: Telegram's pauses and the lowest rate leave room for their photos and changes.
const MIN_ARRIVAL_MS = 200;
const MAX_ARRIVAL_MS = 700;

/** Arrivals at once, so that a kill meets photos in every state. */
const CROWD = 25;

/** Calls that are under way when the process is killed, at least. */
const CALLS_AT_KILL = 8;

// Longer than Telegram's pauses and a worker that waits for an answer in vain.
const CROWD_LIMIT_MS = 30_000;

/** A running load. */
export interface Traffic {
  /** Brings a crowd, and resolves when Telegram is being asked for its photos; the calls under way. */
  crowd(): Promise<number>;
  /** Resolves when all that was begun is answered. */
  finished(): Promise<FaultsMet>;
}

/** Starts the load; it begins nothing new once `world.over` says so. */
export function startTraffic(world: World, ledger: Ledger, seed: number): Traffic {
  const lives: Promise<void>[] = [];
  const arrive = () => {
    const entry = ledger.newEntry();
    lives.push(live(world, randomOf(seed, `partner ${entry.userId}`), entry));
  };

  const arriving = (async () => {
    const arrivals = randomOf(seed, 'arrivals');
    while (await sleepUnless(world.over, arrivals.between(MIN_ARRIVAL_MS, MAX_ARRIVAL_MS))) {
      arrive();
    }
  })();
  const viewers = Array.from({ length: VIEWERS }, (_, n) =>
    look({ ...world, ledger }, randomOf(seed, `viewer ${n}`)),
  );
  const faults = injectFaults(world.telegram.apiRoot, randomOf(seed, 'faults'), world.over);

  return {
    async crowd() {
      for (let n = 0; n < CROWD; n++) arrive();
      let underWay = 0;
      const isBusy = async () => {
        underWay = (await world.telegram.counters()).inFlight;
        return underWay >= CALLS_AT_KILL;
      };
      await eventually(isBusy, { everyMs: 5, limitMs: CROWD_LIMIT_MS });
      return underWay;
    },
    async finished() {
      const met = await faults;
      await Promise.all([arriving, ...viewers]);
      await Promise.all(lives);
      return met;
    },
  };
}
