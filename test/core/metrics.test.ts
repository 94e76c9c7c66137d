// Keeps docs/metrics.md true: every metric with its unit, its dimensions and their values, and the number of them all.

import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type MetricDeclaration, metrics } from '../../core/metrics.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = readFileSync(resolve(root, 'docs/metrics.md'), 'utf8');
const declared = Object.entries<MetricDeclaration>(metrics);

function dimensionsCell({ dimensions }: MetricDeclaration): string {
  const lists = Object.entries(dimensions).map(
    ([name, values]) => `\`${name}\`: ${values.map((value) => `\`${value}\``).join(', ')}`,
  );
  return lists.join('; ') || '–';
}

test('the table has every metric, in the order of the declaration', () => {
  const rows = docs
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/^\| /, '').split(' | '));

  expect(rows.map((cells) => cells.slice(0, 3))).toEqual(
    declared.map(([name, declaration]) => [
      `\`${name}\``,
      declaration.unit,
      dimensionsCell(declaration),
    ]),
  );
  for (const [, , , told] of rows) expect(told).toMatch(/\w/);
});

test('the number that can be billed is told', () => {
  const counts = declared.map(([, { dimensions }]) =>
    Object.values(dimensions).reduce((product, values) => product * values.length, 1),
  );

  expect(docs).toContain(`There can\nbe ${counts.reduce((sum, count) => sum + count, 0)} of them`);
});

test('no dimension has so many values that its bill grows with the number of partners', () => {
  for (const [name, { dimensions }] of declared) {
    for (const values of Object.values(dimensions)) {
      expect(new Set(values).size, name).toBe(values.length);
      expect(values.length, name).toBeLessThan(10);
    }
  }
});

test('each metric is counted in one place', () => {
  const sources = globSync('lambdas/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(resolve(root, file), 'utf8'),
  );
  const counted = sources.flatMap((source) =>
    [...source.matchAll(/\bcount\('(\w+)'/g)].map(([, name]) => name),
  );

  expect([...new Set(counted)].toSorted()).toEqual(Object.keys(metrics).toSorted());
});
