// What the functions logged, as a search of the log would find it.

import type { Deployed } from './deployed.ts';

/** A line of the log, read. */
export type LogLine = Readonly<Record<string, unknown>>;

/** All lines since the log was read last. Fails for one that is no JSON. */
export function takeLines(deployed: Pick<Deployed, 'takeLog'>): LogLine[] {
  return linesOf(deployed.takeLog());
}

/** All lines of what was read of the log. Fails for one that is no JSON. */
export function linesOf(log: string): LogLine[] {
  const lines = log.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** The classes of the errors among these lines. */
export function errorNamesOf(lines: readonly LogLine[]): string[] {
  const errors = lines.map(({ error }) => error as { name: string } | undefined);
  return errors.flatMap((error) => (error ? [error.name] : []));
}
