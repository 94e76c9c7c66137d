// Waiting, for actors that stop when the traffic is over.

import { setTimeout as delay } from 'node:timers/promises';

/** Waits so many milliseconds. */
export async function sleep(ms: number): Promise<void> {
  await delay(ms);
}

/** Waits so many milliseconds, or until the signal; false if that came. */
export async function sleepUnless(over: AbortSignal, ms: number): Promise<boolean> {
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
  return !over.aborted;
}

/** Asks again every `everyMs` until it holds; false if it does not within `limitMs`. */
export async function eventually(
  holds: () => Promise<boolean>,
  { everyMs, limitMs }: { readonly everyMs: number; readonly limitMs: number },
): Promise<boolean> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) return false;
    await sleep(everyMs);
  }
  return true;
}
