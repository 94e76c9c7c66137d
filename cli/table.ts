// Rows as lines of aligned columns.

/** A cell; numbers are aligned to the right, with separators. */
export type Cell = string | number;

/** Each row as a line that begins with `indent`; columns are two blanks apart. */
export function tableOf(rows: readonly (readonly Cell[])[], indent = '  '): string[] {
  const widths: number[] = [];
  const texts = rows.map((row) => row.map((cell) => textOf(cell)));
  for (const row of texts) {
    for (const [column, text] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    }
  }
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const [text, width] = [texts[index]?.[column] ?? '', widths[column] ?? 0];
      return typeof cell === 'number' ? text.padStart(width) : text.padEnd(width);
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

function textOf(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}
