// Tables and figures as they are printed and written: Markdown that is aligned, so that a terminal shows it, too.

const CENT = 0.01;
const HUNDRED = 100;

/** A table; the first column is aligned left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) => `${'-'.repeat(width - 1)}${column === 0 ? '-' : ':'}`);
  return [lineOf(head), lineOf(rule), ...rows.map(lineOf)].join('\n');
}

/** `$12.34`; no cents from a hundred on, and no zero for what costs something. */
export function dollars(value: number): string {
  if (value > 0 && value < CENT) return '<$0.01';
  return `$${value < HUNDRED ? value.toFixed(2) : count(value)}`;
}

/** `1,234,567`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `10 k`, `1 M`. */
export function rounded(value: number): string {
  return value >= 1e6 ? `${value / 1e6} M` : `${value / 1e3} k`;
}
