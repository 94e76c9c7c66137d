import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addStatistics,
  addValue,
  noStatistics,
  type Statistics,
  statistic,
} from '../../../local/cloudwatch/statistics.ts';

const NAMES = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum', 'p0', 'p50', 'p95', 'p100'];

function statisticsOf(values: readonly number[]): Statistics {
  const statistics = noStatistics();
  for (const value of values) addValue(statistics, value);
  return statistics;
}

// The functions tell thousandths.
const value = fc.integer({ min: 0, max: 1e12 }).map((thousandths) => thousandths / 1000);
const values = fc.array(value, { minLength: 1 });

test('are the same whether values come in one by one, in any order, or as the sum of two minutes', () => {
  fc.assert(
    fc.property(values, values, (some, others) => {
      const sum = statisticsOf(some);
      addStatistics(sum, statisticsOf(others));

      const whole = statisticsOf([...others, ...some]);
      for (const name of NAMES) {
        const expected = statistic(name, whole) ?? 0;
        expect(statistic(name, sum), name).toBeCloseTo(expected, 3 - Math.log10(expected + 1));
      }
    }),
  );
});

test('have a percentile that differs from the value at its rank by a twentieth at most', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 100 }), (some, percent) => {
      const ranked = some.toSorted((one, other) => one - other);
      const exact = ranked[Math.max(0, Math.ceil((percent / 100) * some.length) - 1)] ?? 0;

      const told = statistic(`p${percent}`, statisticsOf(some)) ?? Number.NaN;

      expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * 0.05);
    }),
  );
});

test('have a few hundred classes, whatever the values are', () => {
  const statistics = statisticsOf(Array.from({ length: 50_000 }, (_, n) => 1.0005 ** (n - 20_000)));

  expect(statistics.counts.length).toBeLessThan(550);
  expect(statistics.sums).toHaveLength(statistics.counts.length);
});
