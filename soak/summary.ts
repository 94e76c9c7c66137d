// What a run prints in the end, and whether it was as it has to be.

import type { CounterReport } from '../local/bot-api/counters.ts';
import type { ProcessStatus, Status } from '../local/page/status.ts';
import type { Downloads } from './doubled.ts';
import type { FaultsMet } from './faults.ts';
import type { Entry } from './ledger.ts';
import { deadLettersIn } from './settle.ts';
import type { Tally } from './tally.ts';

/** Everything that a run found out. */
export interface Findings {
  readonly tally: Tally;
  readonly entries: readonly Entry[];
  readonly faults: FaultsMet;
  readonly counters: CounterReport;
  readonly downloads: Downloads;
  /** Calls and leases of the process when it was killed. */
  readonly atKill: { readonly calls: number; readonly leases: number };
  /** One line for each partner whose end state is not what it should be. */
  readonly lost: readonly string[];
  /** Jobs that did not end. */
  readonly jobs: number;
  /** Objects that a dead worker stored and nobody points to. */
  readonly leftovers: number;
  /** The idle process after the warm-up; under load, before the kill and after the restart; idle at the end. */
  readonly moments: Readonly<Record<'start' | 'beforeKill' | 'afterRestart' | 'end', Status>>;
  /** Errors in the functions' log by their class. */
  readonly loggedErrors: ReadonlyMap<string, number>;
}

const MAX_LINES = 20;

// Timers and sockets come and go by a few; a leak in a run of some hundred photos is more than this.
const HANDLE_SLACK = 10;

/** Prints the summary; true if nothing was lost, doubled or otherwise as it must not be. */
export function printSummary(findings: Findings, print: (line: string) => void): boolean {
  const { tally, lost, downloads, moments, atKill } = findings;
  print('\nAsked and served');
  printKinds(tally, print);
  print('\nPartners and photos');
  printPartners(findings, print);
  print('\nTelegram');
  printTelegram(findings, print);
  print('\nThe process (RSS, heap, open handles)');
  print(`  start, warm and idle    ${processLine(moments.start.process)}`);
  print(`  before the kill, busy   ${processLine(moments.beforeKill.process)}`);
  print(`  after it, busy          ${processLine(moments.afterRestart.process)}`);
  print(`  end, idle               ${processLine(moments.end.process)}`);
  print(`  of it the edge's cache  ${megabytes(moments.end.edge.bytes)}`);
  print('\nResult');
  const deadLetters = deadLettersIn(moments.end);
  const grown = grownHandles(moments.start.process, moments.end.process);
  print(
    `  killed with ${atKill.calls} calls to Telegram under way and ${atKill.leases} leases held`,
  );
  print(`  lost ${lost.length + findings.jobs} (partners ${lost.length}, jobs ${findings.jobs})`);
  print(`  doubled ${downloads.doubled}`);
  print(`  5xx ${tally.serverErrors()}, dead letters ${deadLetters}`);
  for (const kind of grown) print(`  more open handles than at the start: ${kind}`);
  const wrong = [...lost, ...downloads.findings, ...tally.problems];
  for (const line of wrong.slice(0, MAX_LINES)) print(`  WRONG: ${line}`);
  if (wrong.length > MAX_LINES) print(`  … and ${wrong.length - MAX_LINES} more`);
  const isRight = wrong.length + findings.jobs + deadLetters + grown.length === 0;
  print(isRight ? '  as it has to be' : '  NOT as it has to be');
  return isRight;
}

function printKinds({ kinds }: Tally, print: (line: string) => void): void {
  const rows = [...kinds].filter(([kind]) => kind !== 'audit');
  const width = Math.max(...rows.map(([kind]) => kind.length));
  for (const [kind, { asked, answers, longestMs }] of rows) {
    const list = listOf([...answers].sort(([one], [other]) => one.localeCompare(other)));
    print(
      `  ${kind.padEnd(width)} ${String(asked).padStart(6)}: ${list}; longest ${ms(longestMs)}`,
    );
  }
}

function printPartners(findings: Findings, print: (line: string) => void): void {
  const { entries, downloads, leftovers, tally } = findings;
  const erased = entries.filter((entry) => entry.erased).length;
  const erasures = entries.reduce((sum, { erasureIds }) => sum + erasureIds.length, 0);
  const audited = tally.kinds.get('audit')?.asked ?? 0;
  print(`  ${entries.length} partners, ${erasures} erasures, ${erased} partners gone in the end`);
  print(
    `  ${downloads.photos} photos downloaded; once more each for ${downloads.again} shown again or come back, ` +
      `${downloads.takeovers} taken over from the dead process`,
  );
  print(`  ${leftovers} objects of workers that died; ${audited} requests of the audit`);
}

function printTelegram(
  { counters, faults, loggedErrors, downloads }: Findings,
  print: (line: string) => void,
): void {
  const { getUserProfilePhotos, getFile, download } = counters.calls;
  const whole = downloads.photos + downloads.again + downloads.takeovers + downloads.doubled;
  print(
    `  ${getUserProfilePhotos.total} lists, ${getFile.total} getFile, ${download.total} downloads ` +
      `(${whole} whole), ${counters.peak} at the same time at most`,
  );
  print(`  failed by it: ${listOf([...faults].sort())}`);
  print(`  pauses: ${faults.get('429') ?? 0}`);
  print(`  errors in the log: ${listOf([...loggedErrors].sort())}`);
}

function processLine({ rssBytes, heapUsedBytes, openHandles }: ProcessStatus): string {
  const handles = listOf(Object.entries(openHandles).sort());
  return `${megabytes(rssBytes)}, ${megabytes(heapUsedBytes)}, ${handles}`;
}

/** Kinds of handles of which there are more than a few more than at the start. */
function grownHandles(start: ProcessStatus, end: ProcessStatus): string[] {
  return Object.entries(end.openHandles)
    .filter(([kind, count]) => count > (start.openHandles[kind] ?? 0) + HANDLE_SLACK)
    .map(([kind, count]) => `${kind} ${start.openHandles[kind] ?? 0} → ${count}`);
}

function listOf(counts: readonly (readonly [string, number])[]): string {
  return counts.map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
