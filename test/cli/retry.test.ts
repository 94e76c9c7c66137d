import { expect, test } from 'vitest';
import { retryAfterMs, retryDelayMs } from '../../cli/retry.ts';

test('an outage is met with ever longer waits, and given up after a minute or so', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((failures) => retryDelayMs(failures));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, undefined]);
});

test('a server that asks for a longer wait gets it', () => {
  expect(retryDelayMs(1, 20_000)).toBe(20_000);
  expect(retryDelayMs(6, 20_000)).toBe(30_000);
});

const NOW_MS = Date.parse('2026-11-21T08:00:00Z');

test.each([
  ['7', 7_000],
  [' 0 ', 0],
  ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 07:00:00 GMT', 0],
  ['999999999', 3_600_000],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After: %s is %s ms', (header, ms) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(ms);
});
