import { expect, test } from 'vitest';
import { withReport } from '../../cost/documents.ts';
import { dollars, rounded, table } from '../../cost/markdown.ts';

test('a table is Markdown that a terminal shows aligned', () => {
  expect(
    table(
      ['a', 'number'],
      [
        ['first', '1'],
        ['b', '20'],
      ],
    ),
  ).toBe(
    ['| a     | number |', '| ----- | -----: |', '| first |      1 |', '| b     |     20 |'].join(
      '\n',
    ),
  );
});

test.each([
  [0, '$0.00'],
  [0.004, '<$0.01'],
  [0.01, '$0.01'],
  [99.99, '$99.99'],
  [1234.4, '$1,234'],
])('%d dollars are %s', (value, text) => {
  expect(dollars(value)).toBe(text);
});

test('thousands and millions are written short', () => {
  expect([10_000, 1_000_000].map(rounded)).toEqual(['10 k', '1 M']);
});

test('a report takes the place between its comments and leaves the rest', () => {
  const text = 'before\n<!-- npm run cost -- --write -->\nold\n<!-- /npm run cost -->\nafter\n';

  const written = withReport(text, 'new');

  expect(written).toBe(text.replace('old', 'new'));
  expect(withReport(written, 'new')).toBe(written);
  expect(() => withReport('no comments', 'new')).toThrow('no place between');
});
