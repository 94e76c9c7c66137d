// A clock that the sleepers move: whoever sleeps until the earliest moment wakes next, and time is then that.

import { setImmediate } from 'node:timers/promises';
import type { CliClock } from '../../cli/clock.ts';

/** A clock that starts at the machine's time, and passes as fast as its sleepers' work is done. */
export function movedClock(): CliClock {
  let nowMs = Date.now();
  const wakeTimes: number[] = [];
  return {
    nowMs: () => nowMs,
    async sleep(ms, stopped) {
      const wakeAtMs = nowMs + ms;
      wakeTimes.push(wakeAtMs);
      // Others may be about to sleep for less.
      do await setImmediate();
      while (!stopped.aborted && Math.min(...wakeTimes) < wakeAtMs);
      wakeTimes.splice(wakeTimes.indexOf(wakeAtMs), 1);
      if (!stopped.aborted) nowMs = Math.max(nowMs, wakeAtMs);
    },
  };
}
