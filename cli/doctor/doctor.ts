// `doctor`: examines a Cameo, all checks at once, and says what it found in the order of the checks.

import pc from 'picocolors';
import type { Screen } from '../screen.ts';
import { type Examined, examine } from './check.ts';
import { checks } from './checks.ts';
import { reportLines } from './report-lines.ts';
import { type SubjectOptions, type SubjectSurroundings, subjectOf } from './subject.ts';

/** The options of `doctor`. */
export interface DoctorOptions extends SubjectOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** What the command runs in. */
export interface DoctorSurroundings extends SubjectSurroundings {
  readonly screen: Pick<Screen, 'say'>;
}

/** What standard output is, as far as it counts. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Makes all checks at once. */
export function examineAll(
  options: SubjectOptions,
  surroundings: SubjectSurroundings,
): Promise<Examined[]> {
  const subject = subjectOf(options, surroundings);
  return Promise.all(checks.map((check) => examine(check, subject)));
}

/** Examines and says; whether nothing failed. */
export async function doctor(
  options: DoctorOptions,
  surroundings: DoctorSurroundings,
  terminal: Terminal = process.stdout,
): Promise<boolean> {
  const examined = await examineAll(options, surroundings);
  const isWell = examined.every(({ mark }) => mark !== 'failed');
  const { screen, environment } = surroundings;
  if (options.json) screen.say(JSON.stringify({ ok: isWell, checks: examined }, null, 2));
  else {
    const look = {
      isVerbose: options.verbose === true,
      columns: Math.min(terminal.columns || MAX_COLUMNS, MAX_COLUMNS),
      colors: pc.createColors(terminal.isTTY === true && !environment.NO_COLOR),
    };
    for (const line of reportLines(examined, look)) screen.say(line);
  }
  return isWell;
}

// Longer sentences are hard to read.
const MAX_COLUMNS = 80;
