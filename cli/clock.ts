// Time as the command sees it; the tests have one that they move.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

/** A clock whose sleep ends at once when the signal comes. */
export interface CliClock extends Pick<Clock, 'nowMs'> {
  sleep(ms: number, stopped: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const machineClock: CliClock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};
