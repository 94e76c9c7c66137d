// The cost in short, as the README has it; and what it shares with the long report.

import { SIZES, type Size } from '../core/sizes.ts';
import { billOf, totalOf } from './bill.ts';
import { type FixedLine, fixedLines, type Template } from './fixed.ts';
import { count, dollars, rounded, table } from './markdown.ts';
import type { Measured } from './measured.ts';
import { monthOf, monthWithoutStore } from './month.ts';
import type { Usage } from './usage.ts';

/** Avatars requested a month, by row. */
export const VOLUMES = [10_000, 100_000, 1_000_000, 10_000_000] as const;

/** What the README compares, and the month that is taken apart. */
export const TYPICAL_SIZE: Size = 150;
export const TYPICAL_VOLUME = 1_000_000;

/** One of the ways to serve a month, and what is taken off its bill. */
export type Month = (measured: Measured, avatars: number, size: Size) => Usage;
export type Tiers = Parameters<typeof billOf>[1];

/** The README's table and the two sentences under it. */
export function shortReport(template: Template, measured: Measured): string {
  const lines = fixedLines(template, measured);
  const rows = VOLUMES.map((avatars) => [
    rounded(avatars),
    ...SIZES.map((size) => costOf(monthOf, measured, avatars, size, 'none')),
    costOf(monthWithoutStore, measured, avatars, TYPICAL_SIZE, 'none'),
  ]);
  const head = [
    'avatars a month',
    ...SIZES.map((size) => `${size} px`),
    `${TYPICAL_SIZE} px, no store`,
  ];
  const free = costOf(monthOf, measured, TYPICAL_VOLUME, TYPICAL_SIZE, 'always-free');
  return [
    table(head, rows),
    '',
    `To each of Cameo's come ${dollars(fixedTotal(lines))} for the stack itself:`,
    `${largest(lines)}, and less.`,
    `Nothing that is free is taken off: less what AWS gives every account for ever, ${rounded(TYPICAL_VOLUME)} at ${TYPICAL_SIZE} px are ${free},`,
    `and the stack itself is ${dollars(fixedTotal(lines, 'dollarsBeyondFree'))}.`,
  ].join('\n');
}

/** A month's bill in dollars. */
export function costOf(
  month: Month,
  measured: Measured,
  avatars: number,
  size: Size,
  tiers: Tiers,
): string {
  return dollars(totalOf(billOf(month(measured, avatars, size), tiers)));
}

/** The sum of a column. */
export function fixedTotal(
  lines: readonly FixedLine[],
  column: 'dollars' | 'dollarsBeyondFree' = 'dollars',
): number {
  return lines.reduce((total, line) => total + line[column], 0);
}

/** The three dearest lines in words. */
function largest(lines: readonly FixedLine[]): string {
  const dearest = [...lines].sort((one, other) => other.dollars - one.dollars).slice(0, 3);
  const words = dearest.map(
    (line) => `${dollars(line.dollars)} for ${line.what} (${count(line.count)})`,
  );
  return words.join(', ');
}
