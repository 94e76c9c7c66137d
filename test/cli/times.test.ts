import { expect, test } from 'vitest';
import { fromNow, isoOf, spanOf } from '../../cli/times.ts';

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [119 * 60_000, '1 h'],
  [49 * 3_600_000, '2 d'],
])('%i ms are %s', (ms, text) => {
  expect(spanOf(ms)).toBe(text);
});

test('a moment is before or after now', () => {
  expect(fromNow(1_000, 61_000)).toBe('1 min ago');
  expect(fromNow(61_000, 1_000)).toBe('in 1 min');
});

test('no moment is null in a document', () => {
  expect([isoOf(0), isoOf(undefined)]).toEqual(['1970-01-01T00:00:00.000Z', null]);
});
