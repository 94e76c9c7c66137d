// `warm`: counts a list, imports it, and says what came of it.

import { readAccess } from './access.ts';
import { cameoApi } from './cameo-api.ts';
import { type Census, censusOf } from './census.ts';
import { machineClock } from './clock.ts';
import { openFailedFile } from './failed-file.ts';
import { openProgress } from './progress-file.ts';
import type { Screen } from './screen.ts';
import { countOf, durationOf } from './status-line.ts';
import { openUserFile } from './user-file.ts';
import { startImport } from './warm-import.ts';

/** The options of `warm`. */
export interface WarmOptions {
  readonly file: string;
  readonly url?: string;
  /** Partners under way at the same time. */
  readonly concurrency: number;
}

/** What the command runs in. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly screen: Screen;
  /** The operator's Ctrl-C. */
  readonly stopped: AbortSignal;
}

/** How it ended; `stopped` is before all lines were settled. */
export type WarmResult = 'all there' | 'some failed' | 'stopped';

/** Imports a list. Throws Mistake and Unreachable; who has arrived until then is not sent again. */
export async function warm(
  { file, url: givenUrl, concurrency }: WarmOptions,
  { environment, screen, stopped }: Surroundings,
): Promise<WarmResult> {
  const access = readAccess(givenUrl, environment);
  const { url } = access;
  const list = await openUserFile(file);
  const progress = await openProgress(`${file}.progress`, { url, sha256: await list.digest() });
  const census = await censusOf(list, progress.arrived);
  const failures = openFailedFile(`${file}.failed.ndjson`);
  screen.say(`Importing ${countOf(census.total)} partners of ${file} to ${url}.`);
  for (const note of notesOf(file, census, progress)) screen.say(note);

  const clock = machineClock;
  const startMs = clock.nowMs();
  const counts = { arrived: census.arrivedEarlier, failed: 0 };
  const lines = list.lines();
  const running = startImport(
    {
      api: cameoApi(access, clock.nowMs),
      clock,
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
    screen.say(unfinished(census, counts));
    throw error;
  }
  unfollow();
  if (counts.arrived + counts.failed < census.total) {
    screen.say(unfinished(census, counts));
    return 'stopped';
  }
  if (counts.failed > 0) {
    screen.say(incomplete(file, census, counts));
    return 'some failed';
  }
  progress.remove();
  const took = durationOf(clock.nowMs() - startMs);
  screen.say(`All ${countOf(census.total)} partners are there; this took ${took}.`);
  return 'all there';
}

interface Counts {
  readonly arrived: number;
  readonly failed: number;
}

function notesOf(
  file: string,
  { arrivedEarlier, repeated }: Census,
  { isListChanged }: { readonly isListChanged: boolean },
): string[] {
  const notes: string[] = [];
  if (arrivedEarlier > 0) {
    const change = isListChanged ? ', though the list has changed since' : '';
    notes.push(
      `${countOf(arrivedEarlier)} of them arrived in an earlier run and are not sent again${change}: delete ${file}.progress to import all of them anew.`,
    );
  }
  if (repeated > 0) notes.push(`${countOf(repeated)} lines repeat an id and are left out.`);
  return notes;
}

function unfinished({ total }: Census, { arrived, failed }: Counts): string {
  return `Stopped: ${countOf(arrived)} of ${countOf(total)} partners are there, ${countOf(failed)} failed. Give the same command again to go on.`;
}

function incomplete(file: string, { total }: Census, { arrived, failed }: Counts): string {
  return `${countOf(arrived)} of ${countOf(total)} partners are there, ${countOf(failed)} failed: ${file}.failed.ndjson says why. Import that file, or ${file} again, which sends nobody else.`;
}
