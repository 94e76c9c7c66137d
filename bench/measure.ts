// Figures: medians of repeated measurements, and the processor time of processes.

import { readFileSync } from 'node:fs';

/** The middle of the values; throws RangeError for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share (0–1) of the values lies; throws RangeError for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new RangeError('there are no values');
  return value;
}

/** The milliseconds that something takes. */
export async function elapsedMs(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

// Linux counts in ticks of a hundredth of a second whatever its own clock does (proc(5), sysconf(_SC_CLK_TCK)).
const MS_PER_TICK = 10;

// Places of utime and stime in /proc/<pid>/stat, counted from behind the name, which may hold blanks.
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** User and system time of another process so far, in ms; `undefined` on a system without /proc. */
export function processorMsOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * MS_PER_TICK;
}

/** What another process spends while something runs, in ms; `undefined` on a system without /proc. */
export async function processorMsDuring(
  pid: number,
  run: () => Promise<unknown>,
): Promise<number | undefined> {
  const before = processorMsOf(pid);
  await run();
  const after = processorMsOf(pid);
  return before === undefined || after === undefined ? undefined : after - before;
}
