// The clocks of this process, moved by a test: functions, queues and the edge all tell the time by them.

import { vi } from 'vitest';

/** Clocks that run on as they did, and are moved besides. */
export interface MovedClocks {
  /** Lets so many milliseconds pass at once. */
  pass(ms: number): void;
  restore(): void;
}

/** Takes hold of the wall clock and of the one by which an instance's memory grows old. */
export function movedClocks(): MovedClocks {
  let aheadMs = 0;
  const spies = [Date, performance].map((clock) => {
    const realNow = clock.now.bind(clock);
    return vi.spyOn(clock, 'now').mockImplementation(() => realNow() + aheadMs);
  });
  return {
    pass: (ms) => {
      aheadMs += ms;
    },
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
