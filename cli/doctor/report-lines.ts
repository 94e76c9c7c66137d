// The report as lines for a terminal: a mark, a title and what was found; under it, what to do.

import type { createColors } from 'picocolors';
import type { Examined } from './check.ts';
import type { Advice, Mark } from './finding.ts';

/** How the lines look. */
export interface Look {
  readonly isVerbose: boolean;
  /** Nothing but commands is longer. */
  readonly columns: number;
  readonly colours: ReturnType<typeof createColors>;
}

const SIGNS: Readonly<Record<Mark, string>> = {
  ok: '✓',
  warning: '!',
  failed: '✗',
  skipped: '-',
  unchecked: '-',
};

const PAINTS = {
  ok: 'green',
  warning: 'yellow',
  failed: 'red',
  skipped: 'dim',
  unchecked: 'dim',
} as const satisfies Record<Mark, string>;

const INDENT = ' '.repeat(17);

const NOUNS: Readonly<Record<Mark, readonly [one: string, many: string]>> = {
  failed: ['failure', 'failures'],
  warning: ['warning', 'warnings'],
  ok: ['good', 'good'],
  unchecked: ['not checked', 'not checked'],
  skipped: ['skipped', 'skipped'],
};

/** The lines. What does not apply to this Cameo is told in the details only. */
export function reportLines(examined: readonly Examined[], look: Look): string[] {
  const shown = examined.filter(({ mark }) => mark !== 'skipped' || look.isVerbose);
  return [...shown.flatMap((one) => linesOf(one, look)), '', tallyOf(examined)];
}

function linesOf({ mark, title, summary, advice, details = [] }: Examined, look: Look): string[] {
  const { isVerbose, columns, colours } = look;
  const [first = '', ...more] = wrapped(summary, columns - INDENT.length);
  const sign = colours[PAINTS[mark]](SIGNS[mark]);
  return [
    `${sign}  ${title.padEnd(INDENT.length - 3)}${first}`,
    ...[
      ...more,
      ...(isVerbose ? details.map((line) => colours.dim(line)) : []),
      ...(advice ? adviceLines(advice, columns - INDENT.length) : []),
    ].map((line) => INDENT + line),
  ];
}

/** A command stays in one line, to be copied. */
function adviceLines({ text, command }: Advice, columns: number): string[] {
  return [...wrapped(text, columns), ...(command ? [`$ ${command}`] : [])];
}

function tallyOf(examined: readonly Examined[]): string {
  const parts = (Object.keys(NOUNS) as Mark[]).flatMap((mark) => {
    const count = examined.filter((one) => one.mark === mark).length;
    return count === 0 ? [] : `${count} ${NOUNS[mark][count === 1 ? 0 : 1]}`;
  });
  return `${parts.join(', ')}.`;
}

/** Lines of so many columns at most, but for words that are longer. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
