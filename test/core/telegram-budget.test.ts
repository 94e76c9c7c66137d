import { expect, test } from 'vitest';
import { secondsUntil } from '../../core/fetch-retry.ts';
import {
  AHEAD_MS,
  halvedRate,
  MAX_INTERVAL_MS,
  MIN_INTERVAL_MS,
  raisedRate,
  WARM_HOLD_MS,
} from '../../core/telegram-budget.ts';
import { queues } from '../../core/topology.ts';

test('the rate is halved from 20 a second down to 8, and no further', () => {
  const once = halvedRate(MIN_INTERVAL_MS);
  const twice = halvedRate(once);

  expect([once, twice, halvedRate(twice)]).toEqual([100, 125, 125]);
});

test('the rate grows by one fetch a second, up to 20', () => {
  const rates = [1000 / MAX_INTERVAL_MS];
  for (let n = 0; n < 14; n++) rates.push(1000 / raisedRate(1000 / (rates.at(-1) ?? 0)));

  const expected = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 20, 20];
  rates.forEach((rate, n) => {
    expect(rate).toBeCloseTo(expected[n] ?? 0, 9);
  });
});

test('there is a place for every viewer’s fetch that can run, at the lowest rate and right after a pause', () => {
  const { batchSize, maximumConcurrency } = queues.fetch;

  expect(batchSize * maximumConcurrency * MAX_INTERVAL_MS).toBeLessThanOrEqual(AHEAD_MS.miss.row);
});

test('what warming has in the row does not make a viewer wait at the highest rate', () => {
  expect(AHEAD_MS.warm.row + MIN_INTERVAL_MS).toBeLessThanOrEqual(AHEAD_MS.miss.burst);
  expect(AHEAD_MS.warm.burst).toBe(0);
  expect(WARM_HOLD_MS).toBeGreaterThan(AHEAD_MS.miss.burst);
});

test('viewers’ messages that waited for the end of a pause are back before warming begins', () => {
  const untilMs = 35_500;
  for (let nowMs = 0; nowMs < untilMs; nowMs += 250) {
    const backAtMs = nowMs + secondsUntil(untilMs, nowMs) * 1000;
    expect(backAtMs).toBeLessThan(untilMs + WARM_HOLD_MS);
  }
});
