// Many workers at the same time, on one clock: time passes when all of them sleep, and does not while one of
// them waits for an answer.

import type { Clock } from '../../core/ports.ts';
import { NOW } from '../world.ts';

/** Runs all workers to their end, from `NOW` on. */
export async function inVirtualTime(
  workers: readonly ((clock: Clock) => Promise<unknown>)[],
): Promise<void> {
  let nowMs = NOW;
  let awake = workers.length;
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];

  function rest(): void {
    awake -= 1;
    if (awake > 0 || sleepers.length === 0) return;
    nowMs = Math.min(...sleepers.map(({ untilMs }) => untilMs));
    const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
    sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs);
    awake = due.length;
    for (const { wake } of due) wake();
  }

  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: (ms) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      sleepers.push({ untilMs: nowMs + ms, wake: resolve });
      rest();
      return promise;
    },
  };
  await Promise.all(workers.map((work) => work(clock).finally(rest)));
}
