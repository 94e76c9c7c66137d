// `warm`: counts a list, imports it, and says what came of it.

import { type AccessOptions, findAccess } from './access.ts';
import { cameoApi } from './cameo-api.ts';
import { type Census, censusOf } from './census.ts';
import { machineClock } from './clock.ts';
import { openFailedFile } from './failed-file.ts';
import { Mistake } from './mistake.ts';
import { EXIT, type Outcome } from './perform.ts';
import { openProgress } from './progress-file.ts';
import type { Session } from './session.ts';
import { counted, countOf, durationOf } from './status-line.ts';
import { openUserFile } from './user-file.ts';
import { startImport } from './warm-import.ts';

/** The options of `warm`. */
export interface WarmOptions extends AccessOptions {
  readonly file: string;
  /** Partners under way at the same time. */
  readonly concurrency: number;
}

// `stopped` is before all lines were settled.
type State = 'all there' | 'some failed' | 'stopped';

const EXIT_CODES = {
  'all there': EXIT.ok,
  'some failed': EXIT.notAllWell,
  stopped: undefined,
} as const satisfies Record<State, number | undefined>;

/** Imports a list. Throws Mistake and Unreachable; who has arrived until then is not sent again. */
export async function warm(
  { file, concurrency, ...where }: WarmOptions,
  { environment, screen, stopped }: Session,
): Promise<Outcome> {
  const access = await findAccess(where, environment);
  const { url } = access;
  const list = await openUserFile(file);
  const progress = await openProgress(`${file}.progress`, url);
  const census = await censusOf(list, progress.arrived);
  const failures = openFailedFile(`${file}.failed.ndjson`);
  screen.say(`Importing ${counted(census.total, 'partner')} of ${file} to ${url}.`);
  for (const note of notesOf(file, census)) screen.say(note);

  const clock = machineClock;
  const startMs = clock.nowMs();
  const counts = { arrived: census.arrivedEarlier, failed: 0 };
  const lines = list.lines();
  const running = startImport(
    {
      api: cameoApi(access, clock.nowMs),
      clock,
      refreshAgeMs: access.refreshAgeMs,
      arrived(userId) {
        progress.add(userId);
        counts.arrived += 1;
      },
      failed(line, reason) {
        failures.add(line, reason);
        counts.failed += 1;
      },
    },
    { lines, seen: progress.arrived, concurrency },
    stopped,
  );
  const tally = () => ({
    total: census.total,
    ...counts,
    pausedUntilMs: running.pausedUntilMs(),
    trouble: running.trouble(),
  });
  const unfollow = screen.follow(tally, clock.nowMs);
  try {
    await running.ended;
  } catch (error) {
    unfollow();
    // Of no use before the mistake is mended, which is told next.
    screen.say(error instanceof Mistake ? stoppedAt(census, counts) : unfinished(census, counts));
    throw error;
  }
  unfollow();
  const outcome = (state: State, line: string): Outcome => ({
    document: { state, total: census.total, ...counts, arrivedEarlier: census.arrivedEarlier },
    lines: [line],
    exitCode: EXIT_CODES[state],
  });
  if (counts.arrived + counts.failed < census.total) {
    return outcome('stopped', unfinished(census, counts));
  }
  if (counts.failed > 0) return outcome('some failed', incomplete(file, census, counts));
  progress.remove();
  const took = durationOf(clock.nowMs() - startMs);
  return outcome('all there', `${everybody(census)} there; this took ${took}.`);
}

interface Counts {
  readonly arrived: number;
  readonly failed: number;
}

function notesOf(file: string, { arrivedEarlier, repeated }: Census): string[] {
  const notes: string[] = [];
  if (arrivedEarlier > 0) {
    notes.push(
      `${countOf(arrivedEarlier)} of them arrived in an earlier run and ${are(arrivedEarlier)} not sent again: delete ${file}.progress to import all of them anew.`,
    );
  }
  if (repeated > 0) {
    const lines = repeated === 1 ? '1 line repeats' : `${countOf(repeated)} lines repeat`;
    notes.push(`${lines} an id and ${are(repeated)} left out.`);
  }
  return notes;
}

function unfinished(census: Census, counts: Counts): string {
  return `${stoppedAt(census, counts)} Give the same command again to go on.`;
}

function stoppedAt(census: Census, counts: Counts): string {
  return `Stopped: ${standing(census, counts)}.`;
}

function incomplete(file: string, census: Census, counts: Counts): string {
  return `${standing(census, counts)}: ${file}.failed.ndjson says why. Import that file, or ${file} again, which sends nobody else.`;
}

function standing({ total }: Census, { arrived, failed }: Counts): string {
  return `${countOf(arrived)} of ${counted(total, 'partner')} ${are(arrived)} there, ${countOf(failed)} failed`;
}

function everybody({ total }: Census): string {
  return total === 1 ? 'The one partner is' : `All ${countOf(total)} partners are`;
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}
