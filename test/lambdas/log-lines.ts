// What the functions logged, as a search of the log would find it.

import type { Deployed } from './deployed.ts';

/** A line of the log, read. */
export type LogLine = Readonly<Record<string, unknown>>;

/** All lines since the log was read last. Fails for one that is no JSON. */
export function takeLines(deployed: Pick<Deployed, 'takeLog'>): LogLine[] {
  const lines = deployed.takeLog().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as LogLine);
}
