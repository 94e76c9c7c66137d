import { expect, test } from 'vitest';
import { RATE_WINDOW_MS, rateMeter, remainingMs } from '../../cli/rate.ts';

test('the rate is that of the last half minute', () => {
  const meter = rateMeter(0);
  const rates = Array.from({ length: 120 }, (_, second) => {
    // Ten a second for a minute, then a pause.
    return meter.perSecond(Math.min(second, 60) * 10, second * 1000);
  });

  expect(rates[0]).toBe(0);
  expect(rates[1]).toBeCloseTo(10);
  expect(rates[60]).toBeCloseTo(10);
  expect(rates[75]).toBeCloseTo(5, 0);
  expect(rates[60 + RATE_WINDOW_MS / 1000 + 1]).toBe(0);
});

test('a look in between changes nothing', () => {
  const meter = rateMeter(0);
  for (let ms = 0; ms <= 10_000; ms += 50) meter.perSecond(ms / 100, ms);
  expect(meter.perSecond(100, 10_000)).toBeCloseTo(10);
});

test('the remaining time is unknown while nobody arrives, and none where nobody is left', () => {
  expect(remainingMs(100, 20)).toBe(5_000);
  expect(remainingMs(100, 0)).toBeUndefined();
  expect(remainingMs(0, 0)).toBe(0);
});
