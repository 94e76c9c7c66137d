// `redrive`: shows the dead letters of all queues and why they are dead, asks, and sends them back.

import { type Deployment, type DeploymentOptions, findDeployment } from '../deployment.ts';
import { EXIT, type Outcome } from '../perform.ts';
import { queueUrls } from '../queues.ts';
import type { Session } from '../session.ts';
import { counted, countOf } from '../status-line.ts';
import { tableOf } from '../table.ts';
import { MAX_LETTERS, type Pile, pileOf, workOff } from './pile.ts';
import { reasonsOf } from './reasons.ts';

/** The options of `redrive`. */
export interface RedriveOptions extends DeploymentOptions {
  /** Not to be asked. */
  readonly yes?: boolean;
}

/** Sends dead letters back. Throws Mistake and Unreachable; what was sent until then is where it belongs. */
export async function redrive(options: RedriveOptions, session: Session): Promise<Outcome> {
  const { screen, stopped } = session;
  const deployment = await findDeployment(options, session.environment);
  const { sqs } = deployment.clients;
  const piles = await Promise.all(pilesIn(deployment).map((pile) => pileOf(sqs, pile)));
  const total = sum(piles.map(({ letters }) => letters.length));
  if (total === 0) return outcomeOf(piles, [], EXIT.ok, 'There are no dead letters.');
  screen.say('Dead letters');
  for (const line of tableOf(rowsOf(piles))) screen.say(line);
  if (!options.yes && !(await session.confirm(questionOf(piles)))) {
    return outcomeOf(piles, [], shortOf(session), 'Nothing was sent back.');
  }
  let count = 0;
  const unwatch = screen.watch(() => ({
    text: `${countOf(count)} of ${counted(total, 'dead letter')}`,
  }));
  const done: number[] = [];
  try {
    for (const pile of piles) {
      done.push(
        await workOff(sqs, pile, stopped, (more) => {
          count += more;
        }),
      );
    }
  } finally {
    unwatch();
  }
  const exitCode = sum(done) === total ? EXIT.ok : shortOf(session);
  return outcomeOf(piles, done, exitCode, resultOf(piles, done, total));
}

/** The exit code where not all is back; a stopped command has its signal's. */
function shortOf({ stopped }: Session): number | undefined {
  return stopped.aborted ? undefined : EXIT.notAllWell;
}

/** In this order; what viewers wait for goes first. */
function pilesIn({ outputs }: Deployment): Omit<Pile, 'letters'>[] {
  const jobs = Object.entries(queueUrls(outputs)).map(([name, { url, deadLetterUrl }]) => ({
    name,
    deadLetterUrl,
    queueUrl: url,
  }));
  const { ScheduleDeadLetterUrl: deadLetterUrl } = outputs;
  return [...jobs, { name: 'schedule', deadLetterUrl, queueUrl: undefined }];
}

function rowsOf(piles: readonly Pile[]) {
  return piles.flatMap(({ name, letters }) =>
    reasonsOf(letters).map(({ reason, count }) => [name, count, reason]),
  );
}

function questionOf(piles: readonly Pile[]): string {
  const [jobs, runs] = [sizeOf(piles, true), sizeOf(piles, false)];
  const send = jobs > 0 ? [`send ${counted(jobs, 'job')} back`] : [];
  const remove =
    runs > 0 ? [`remove ${counted(runs, 'failed run')} (the next run does the same)`] : [];
  const question = [...send, ...remove].join(' and ');
  return `${question[0]?.toUpperCase()}${question.slice(1)}?`;
}

function sizeOf(piles: readonly Pile[], isJobs: boolean): number {
  const sizes = piles.map(({ queueUrl, letters }) =>
    (queueUrl !== undefined) === isJobs ? letters.length : 0,
  );
  return sum(sizes);
}

/** What became of them, in a line. */
export function resultOf(piles: readonly Pile[], done: readonly number[], total: number): string {
  const parts = piles.flatMap(({ name, queueUrl }, index) => {
    const count = done[index] ?? 0;
    if (count === 0) return [];
    return queueUrl === undefined
      ? [`${counted(count, 'failed run')} removed`]
      : [`${countOf(count)} to ${name}`];
  });
  return `Sent back: ${parts.join(', ') || 'none'}.${restOf(piles, total - sum(done))}`;
}

/** What there is left to do. Of a queue with more letters than are looked at nobody knows how many. */
function restOf(piles: readonly Pile[], left: number): string {
  const full = piles.filter(({ letters }) => letters.length >= MAX_LETTERS).map(({ name }) => name);
  if (full.length > 0)
    return ` There may be more in ${full.join(', ')}: give the same command again.`;
  return left > 0 ? ` ${counted(left, 'dead letter')} left: give the same command again.` : '';
}

function outcomeOf(
  piles: readonly Pile[],
  done: readonly number[],
  exitCode: number | undefined,
  line: string,
): Outcome {
  const queues = piles.map(({ name, letters, queueUrl }, index) => {
    const count = done[index] ?? 0;
    const what = queueUrl === undefined ? { removed: count } : { sentBack: count };
    const mayBeMore = letters.length >= MAX_LETTERS;
    const reasons = reasonsOf(letters);
    return [name, { deadLetters: letters.length, mayBeMore, ...what, reasons }];
  });
  return { document: { queues: Object.fromEntries(queues) }, lines: [line], exitCode };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
