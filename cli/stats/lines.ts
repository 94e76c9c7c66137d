// The numbers for a person, on 80 columns.

import type { Colours } from '../session.ts';
import { counted } from '../status-line.ts';
import { type Cell, tableOf } from '../table.ts';
import type { EdgeNumbers } from './edge-numbers.ts';
import type { Counts, Numbers, Times } from './numbers.ts';
import type { Ages, Stats, Told } from './stats.ts';

/** The lines; `redrive` is the command that sends dead letters back. */
export function statsLines(stats: Stats, redrive: string, colours: Colours): string[] {
  const { metrics, edge } = stats;
  const heading = (text: string) => colours.bold(text);
  return [
    heading(`Since ${stats.from} (${stats.since})`),
    heading('Edge'),
    ...(edge.available ? tableOf(edgeRows(edge)) : unavailable(edge.reason, colours)),
    ...(metrics.available
      ? numberLines(metrics, heading, colours)
      : [heading('Metrics'), ...unavailable(metrics.reason, colours)]),
    heading('Queues now'),
    ...tableOf(queueRows(stats)),
    ...(deadLettersIn(stats) > 0 ? [colours.yellow(`! dead letters → ${redrive}`)] : []),
  ];
}

function numberLines(
  numbers: Numbers,
  heading: (text: string) => string,
  colours: Colours,
): string[] {
  const { answers, hitRate, answerTimeMs, telegram, photos, leases } = numbers;
  const slow = colours.yellow;
  return [
    heading('Answers of serve-photo'),
    ...tableOf([
      ['hit rate', percent(hitRate)],
      ['answers', listed(answers)],
      ...Object.entries(answerTimeMs).map(([kind, times]): Cell[] => [
        `${kind} ms`,
        timesText(times),
      ]),
    ]),
    heading('Telegram'),
    ...tableOf([
      ...Object.entries(telegram.calls).map(([method, outcomes]): Cell[] => [
        method,
        listed(outcomes),
      ]),
      ['calls', `${telegram.total}, ${rounded(telegram.callsPerPhoto)} for each photo stored`],
      ['429s', telegram.throttled > 0 ? slow(String(telegram.throttled)) : '0'],
      ['pauses', pausesText(telegram.pauses)],
    ]),
    heading('Photos'),
    ...tableOf([
      ['outcome', listed(photos)],
      ['time to photo ms', timesText(numbers.timeToPhotoMs)],
      ['render ms', timesText(numbers.renderTimeMs)],
      ...Object.entries(numbers.pictureBytes).map(([size, { count, average, max }]): Cell[] => [
        `${size} px`,
        `${count} stored, ${whole(average)} bytes on average, ${whole(max)} at most`,
      ]),
      ['leases', `${leases.contention} met another's, ${leases.takeovers} taken over`],
    ]),
  ];
}

function edgeRows({ since, requests, hitRate, errorRate, bytesSent }: EdgeNumbers): Cell[][] {
  const when = since === 'start' ? ' since the start' : '';
  return [
    ['requests', `${whole(requests)}${when}`],
    ['hit rate', percent(hitRate)],
    ...(errorRate === null ? [] : [['5xx', percent(errorRate)]]),
    ...(bytesSent === null ? [] : [['bytes sent', whole(bytesSent)]]),
  ];
}

function queueRows({ queues, schedule, oldestSeconds }: Stats): Cell[][] {
  const rows = Object.entries(queues).map(([name, depth]): Cell[] => [
    name,
    `${depth.visible} waiting, ${depth.inFlight} in flight, ${depth.delayed} delayed, ${depth.deadLetters} dead${ageText(oldestSeconds, name)}`,
  ]);
  return [...rows, ['schedule', counted(schedule.deadLetters, 'failed run')]];
}

function ageText(ages: Told<{ readonly byQueue: Ages }>, name: string): string {
  const seconds = ages.available ? (ages.byQueue[name] ?? null) : null;
  return seconds === null ? '' : `; the oldest waited ${whole(seconds)} s`;
}

function deadLettersIn({ queues, schedule }: Stats): number {
  return Object.values(queues).reduce(
    (total, { deadLetters }) => total + deadLetters,
    schedule.deadLetters,
  );
}

function unavailable(reason: string, colours: Colours): string[] {
  return [`  ${colours.yellow('not available')}: ${reason}`];
}

function pausesText(pauses: Numbers['telegram']['pauses']): string {
  const there = Object.entries(pauses).filter(([, { count }]) => count > 0);
  const texts = there.map(
    ([reason, { count, seconds }]) => `${whole(count)} ${reason}, ${rounded(seconds)} s in all`,
  );
  return texts.join('; ') || 'none';
}

/** What is not zero. */
function listed(counts: Counts): string {
  const there = Object.entries(counts).filter(([, count]) => count > 0);
  return there.map(([name, count]) => `${whole(count)} ${name}`).join(', ') || 'none';
}

function timesText({ count, p50, p95, p99 }: Times): string {
  if (count === 0) return 'none';
  return `p50 ${rounded(p50)}, p95 ${rounded(p95)}, p99 ${rounded(p99)} of ${whole(count)}`;
}

function percent(fraction: number | null): string {
  return fraction === null ? '–' : `${(100 * fraction).toFixed(1)} %`;
}

function rounded(number: number | null): string {
  return number === null ? '–' : number.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function whole(number: number | null): string {
  return number === null ? '–' : Math.round(number).toLocaleString('en-US');
}
