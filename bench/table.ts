// What the benchmark prints: aligned columns, and for each figure with a goal the word that counts.

/** Prints a table; the first column is aligned left, the others right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}

/** `meets ≤ 1.3` or `MISSES ≤ 1.3`; `unknown` for a figure that this machine does not give. */
export function verdict(figure: number | undefined, goal: number, unit = ''): string {
  if (figure === undefined) return `unknown ≤ ${goal}${unit}`;
  return `${figure <= goal ? 'meets' : 'MISSES'} ≤ ${goal}${unit}`;
}

/** `12.3 ms`, with three digits that count. */
export function ms(value: number | undefined): string {
  return value === undefined ? 'unknown' : `${digits(value)} ms`;
}

/** `83.1 µs`, of a value in ms. */
export function microseconds(valueMs: number | undefined): string {
  return valueMs === undefined ? 'unknown' : `${digits(valueMs * 1000)} µs`;
}

/** `1.27×`. */
export function times(value: number | undefined): string {
  return value === undefined ? 'unknown' : `${value.toFixed(2)}×`;
}

/** `157.3 kB`, of a thousand bytes each. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** `+3.9 %`. */
export function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)} %`;
}

/** The quotient of two figures, unknown where one of them is. */
export function ratio(value: number | undefined, of: number | undefined): number | undefined {
  return value === undefined || of === undefined ? undefined : value / of;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
