// `doctor`: examines a Cameo, all checks at once, and says what it found in the order of the checks.

import type { createColors } from 'picocolors';
import { type Examined, examine } from './check.ts';
import { checks } from './checks.ts';
import { reportLines } from './report-lines.ts';
import { type SubjectOptions, type SubjectSurroundings, subjectOf } from './subject.ts';

/** The options of `doctor`. */
export interface DoctorOptions extends SubjectOptions {
  readonly verbose?: boolean;
}

/** What it works with. */
export interface DoctorSession {
  readonly environment: NodeJS.ProcessEnv;
  readonly colours: ReturnType<typeof createColors>;
}

/** The report for a program and for a person, and the exit code: 1 where a check failed. */
export interface Report {
  readonly document: { readonly ok: boolean; readonly checks: readonly Examined[] };
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

// Longer sentences are hard to read.
const MAX_COLUMNS = 80;

/** Makes all checks at once. */
export function examineAll(
  options: SubjectOptions,
  surroundings: SubjectSurroundings,
): Promise<Examined[]> {
  const subject = subjectOf(options, surroundings);
  return Promise.all(checks.map((check) => examine(check, subject)));
}

/** Examines a Cameo. Never rejects: whatever is wrong is in the report. */
export async function doctor(
  options: DoctorOptions,
  { environment, colours }: DoctorSession,
): Promise<Report> {
  const examined = await examineAll(options, { environment });
  const ok = examined.every(({ mark }) => mark !== 'failed');
  const look = {
    isVerbose: options.verbose === true,
    columns: Math.min(process.stdout.columns || MAX_COLUMNS, MAX_COLUMNS),
    colours,
  };
  return {
    document: { ok, checks: examined },
    lines: reportLines(examined, look),
    exitCode: ok ? 0 : 1,
  };
}
