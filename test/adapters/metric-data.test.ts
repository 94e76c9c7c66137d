import { expect, test } from 'vitest';
import { metricNumbers, type Statistic } from '../../adapters/metric-data.ts';
import { testMetrics } from '../metric-server.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const range = (lengthMs: number) => ({
  fromMs: 7 * DAY_MS,
  toMs: 7 * DAY_MS + lengthMs,
  periodMs: 300_000,
});
const statistic = (stat: Statistic['stat'], metric = 'M'): Statistic => ({
  namespace: 'N',
  metric,
  dimensions: { Kind: 'hit' },
  stat,
});

test('of several periods counts are added, and of percentiles the worst is told', async () => {
  const { client } = await testMetrics(() => [3, 9, 6]);
  const stats = ['Sum', 'SampleCount', 'Maximum', 'Average', 'p95'] as const;

  const numbers = await metricNumbers(
    client,
    stats.map((stat) => statistic(stat)),
    range(3 * DAY_MS),
  );

  expect(numbers).toEqual([18, 18, 9, 6, 9]);
});

test('nothing measured is no number', async () => {
  const { client } = await testMetrics((name) => (name === 'N there Kind=hit Sum' ? [0] : []));

  const asked = [statistic('Sum', 'there'), statistic('p50', 'not there')];

  expect(await metricNumbers(client, asked, range(DAY_MS))).toEqual([0, undefined]);
});

test.each([
  ['an hour', DAY_MS / 24, 3600],
  ['a day', DAY_MS, 86_400],
  ['a week', 7 * DAY_MS, 86_400],
])(
  'of %s counts are read by short periods, percentiles by those of %3$i s',
  async (_, lengthMs, seconds) => {
    const { client, asked } = await testMetrics(() => []);

    await metricNumbers(client, [statistic('p95'), statistic('Sum')], range(lengthMs));

    expect(asked[0]).toMatchObject({
      StartTime: (7 * DAY_MS) / 1000,
      EndTime: (7 * DAY_MS + lengthMs) / 1000,
      MetricDataQueries: [
        { MetricStat: { Period: seconds, Stat: 'p95' } },
        { MetricStat: { Period: 300, Stat: 'Sum' } },
      ],
    });
  },
);

test('asks for 500 at a time at most, and keeps their order', async () => {
  const { client, asked } = await testMetrics((name) => [Number(name.split(' ')[1])]);
  const statistics = Array.from({ length: 1201 }, (_, index) => statistic('Sum', String(index)));

  const numbers = await metricNumbers(client, statistics, range(DAY_MS));

  expect(numbers).toEqual(statistics.map((_, index) => index));
  expect(Math.max(...asked.map(({ MetricDataQueries }) => MetricDataQueries.length))).toBe(500);
});
