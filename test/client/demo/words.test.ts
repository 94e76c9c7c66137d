import { expect, test } from 'vitest';
import { isDarkColour } from '../../../client/demo/theme.ts';
import { ago, kilobytes, milliseconds, nameOf, percent } from '../../../client/demo/words.ts';

test.each([
  [0.2, '< 1 ms'],
  [3.4, '3 ms'],
  [999, '999 ms'],
  [1234, '1.2 s'],
])('%d ms is said as %s', (ms, text) => {
  expect(milliseconds(ms)).toBe(text);
});

test('shares and amounts are whole where nobody counts the rest', () => {
  expect([percent(0.996), kilobytes(37_412), kilobytes(1_234_567)]).toEqual([
    '100 %',
    '37 kB',
    '1.2 MB',
  ]);
});

test.each([
  [-5, 'just now'],
  [59, 'just now'],
  [61, '1 minute ago'],
  [7_300, '2 hours ago'],
  [90_000, 'yesterday'],
])('%d s ago is said as %s', (seconds, text) => {
  const nowMs = 1_800_000_000_000;

  expect(ago(new Date(nowMs - seconds * 1000).toISOString(), nowMs)).toBe(text);
});

test('whoever has no name deleted the account', () => {
  expect(nameOf({ name: '' })).toBe('Deleted account');
});

test.each([
  ['#ffffff', false],
  ['#efeff4', false],
  ['#17212b', true],
  ['#000000', true],
])('%s is dark: %s', (colour, isDark) => {
  expect(isDarkColour(colour)).toBe(isDark);
});
