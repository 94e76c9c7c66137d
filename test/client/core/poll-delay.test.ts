import { expect, test } from 'vitest';
import { pollDelayMs } from '../../../client/core/poll-delay.ts';

test('looks every three and a half to four and a half seconds', () => {
  expect([pollDelayMs(0, 0, 0), pollDelayMs(0, 0, 1)]).toEqual([3_500, 4_550]);
});

test('waits twice as long after each failure, two minutes at most', () => {
  const delaysMs = [1, 2, 3, 5, 6, 1000].map((failures) => pollDelayMs(failures, 0, 0));

  expect(delaysMs).toEqual([7_000, 14_000, 28_000, 112_000, 120_000, 120_000]);
});

test('never comes back sooner than the server asked for', () => {
  expect([pollDelayMs(1, 5, 0), pollDelayMs(1, 600, 0)]).toEqual([7_000, 600_000]);
  // A timer of more than that fires at once.
  expect(pollDelayMs(0, 1e9, 1)).toBeLessThan(2 ** 31);
});
