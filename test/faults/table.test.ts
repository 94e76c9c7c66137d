// Keeps docs/faults.md true: each row has its tests where it says, and each such test has its row.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const docs = resolve(root, 'docs/faults.md');

interface Row {
  readonly fault: number;
  readonly tests: readonly string[];
  readonly mechanisms: readonly string[];
}

function linksIn(cell: string): string[] {
  const links = [...cell.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link);
  return links.map((link) => relative(root, resolve(dirname(docs), link)));
}

const rows: readonly Row[] = readFileSync(docs, 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const cells = line.split(' | ');
    const [fault = '', , , tests = '', mechanisms = ''] = cells;
    expect(cells, line).toHaveLength(5);
    return {
      fault: Number(fault.replace('|', '')),
      tests: linksIn(tests),
      mechanisms: linksIn(mechanisms),
    };
  });

/** The faults that a test file names: `test('fault 12: …'`, also as a describe or with a table of cases. */
function faultsNamedIn(file: string): ReadonlySet<number> {
  const source = readFileSync(resolve(root, file), 'utf8');
  return new Set([...source.matchAll(/['"`]fault (\d+): /g)].map(([, fault]) => Number(fault)));
}

const named = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => file !== relative(root, import.meta.filename))
  .flatMap((file) => [...faultsNamedIn(file)].map((fault) => ({ file, fault })));

test('the rows are the 42 faults, in order', () => {
  expect(rows.map(({ fault }) => fault)).toEqual(Array.from({ length: 42 }, (_, n) => n + 1));
});

test.each(rows)('row $fault has a test of its name in the first file that it links', (row) => {
  const [first = ''] = row.tests;
  expect(first).toMatch(/^test\/faults\//);
  expect(faultsNamedIn(first)).toContain(row.fault);
  expect(
    [...row.tests, ...row.mechanisms].filter((file) => !existsSync(resolve(root, file))),
  ).toEqual([]);
  expect(row.mechanisms.length).toBeGreaterThan(0);
});

test('every test that is named after a fault is in its row', () => {
  const strays = named.filter(
    ({ file, fault }) => !rows.find((row) => row.fault === fault)?.tests.includes(file),
  );
  expect(strays).toEqual([]);
});
