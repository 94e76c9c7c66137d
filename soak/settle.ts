// After the traffic: until nothing is left to do, with what a dead worker had in hand, which SQS gives back when
// its visibility time-out ends.

import type { Status } from '../local/page/status.ts';
import { eventually, sleep } from './clock.ts';
import type { System } from './system.ts';
import type { Telegram } from './telegram.ts';

const LOOK_EVERY_MS = 2_000;

// A visibility time-out, the longest wait after a failure, and the second sweep of an erasure, with room.
const SETTLE_LIMIT_MS = 280_000;

// Between the table and a queue there may be a moment in which a job is in neither count.
const LOOKS_IN_A_ROW = 3;

/** Resolves to the jobs that are still somewhere: none, or those that do not end within the limit. */
export async function settle(system: System, telegram: Telegram): Promise<number> {
  let quietLooks = 0;
  let jobs = 0;
  const isQuiet = async () => {
    jobs = jobsIn(await system.status()) + (await telegram.counters()).inFlight;
    quietLooks = jobs === 0 ? quietLooks + 1 : 0;
    return quietLooks >= LOOKS_IN_A_ROW;
  };
  await eventually(isQuiet, { everyMs: LOOK_EVERY_MS, limitMs: SETTLE_LIMIT_MS });
  return jobs;
}

// The emulators' servers close a connection that was idle for five seconds (Node's keepAliveTimeout).
const IDLE_MS = 8_000;

/** What the process holds when nobody asks it anything. */
export async function statusWhenIdle(system: System): Promise<Status> {
  await sleep(IDLE_MS);
  return system.status();
}

/** Dead letters of all queues and schedules. */
export function deadLettersIn({ queues, schedules }: Status): number {
  const all = [...Object.values(queues), ...Object.values(schedules)];
  return all.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
}

function jobsIn({ queues }: Status): number {
  return Object.values(queues).reduce(
    (sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed,
    0,
  );
}
