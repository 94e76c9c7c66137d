import { expect, test } from 'vitest';
import type { Deployment } from '../../../cli/deployment.ts';
import { numbersOf } from '../../../cli/stats/numbers.ts';
import { RANGES, rangeUntil } from '../../../cli/stats/ranges.ts';
import { type MetricDeclaration, metrics } from '../../../core/metrics.ts';
import { testMetrics } from '../../metric-server.ts';

const RANGE = { fromMs: 0, toMs: 3_600_000, periodMs: 60_000 };

async function numbers(valuesOf: (name: string) => readonly number[]) {
  const { client, asked } = await testMetrics(valuesOf);
  const deployment = {
    outputs: { MetricsNamespace: 'N' },
    clients: { cloudWatch: client },
  } as unknown as Deployment;
  return { told: await numbersOf(deployment, RANGE), asked };
}

test('asks for every metric that is declared, under all values of its dimensions', async () => {
  const { asked } = await numbers(() => []);
  const names = new Set(
    asked[0]?.MetricDataQueries.map(({ MetricStat: { Metric } }) =>
      [Metric.MetricName, ...Metric.Dimensions.map(({ Value }) => Value)].join(' '),
    ),
  );

  const declared = Object.values<MetricDeclaration>(metrics).map(({ dimensions }) =>
    Object.values(dimensions).reduce((count, values) => count * values.length, 1),
  );
  expect(names.size).toBe(declared.reduce((sum, count) => sum + count, 0));
  expect([...names]).toContain('TelegramCalls getFile throttled');
});

test('where nothing happened counts are zero, and rates and times are none', async () => {
  const { told } = await numbers(() => []);

  expect(told).toMatchObject({
    answers: { 'hit-memory': 0 },
    hitRate: null,
    answerTimeMs: { hit: { count: 0, p50: null, p95: null, p99: null } },
    telegram: { total: 0, callsPerPhoto: null, pauses: { throttled: { count: 0, seconds: 0 } } },
    pictureBytes: { 64: { count: 0, average: null, max: null } },
    leases: { contention: 0, takeovers: 0 },
  });
});

test('hits are bytes and 304s, misses are photos that should be there; calls are counted for each photo that was stored', async () => {
  const sums: Record<string, number> = {
    'N Answers Answer=hit-memory Sum': 5,
    'N Answers Answer=hit-s3 Sum': 2,
    'N Answers Answer=not-modified Sum': 1,
    'N Answers Answer=pending Sum': 1,
    'N Answers Answer=limited Sum': 1,
    'N Answers Answer=none Sum': 5,
    'N Answers Answer=unknown Sum': 5,
    'N Answers Answer=moved Sum': 5,
    'N TelegramCalls Method=getFile Outcome=ok Sum': 4,
    'N TelegramCalls Method=getUserProfilePhotos Outcome=throttled Sum': 2,
    'N Photos Outcome=stored Sum': 2,
    'N Photos Outcome=refreshed Sum': 1,
    'N Photos Outcome=unchanged Sum': 9,
    'N LeaseTakeovers Sum': 1,
  };
  const { told } = await numbers((name) => (name in sums ? [sums[name] ?? 0] : []));

  expect(told).toMatchObject({
    hitRate: 0.8,
    telegram: { total: 6, throttled: 2, callsPerPhoto: 2 },
    leases: { takeovers: 1 },
  });
});

test.each([
  ['1h', 60_000, 3_600_000],
  ['24h', 300_000, 86_400_000],
  ['7d', 3_600_000, 604_800_000],
] as const)(
  '%s begin and end with whole periods, the last of which has begun',
  (name, periodMs, lengthMs) => {
    const nowMs = 1_800_000_000_000 + 1;

    const { fromMs, toMs } = rangeUntil(nowMs, RANGES[name]);

    expect([fromMs % periodMs, toMs % periodMs, toMs - fromMs]).toEqual([0, 0, lengthMs]);
    expect(toMs - nowMs).toBeLessThan(periodMs);
    expect(toMs).toBeGreaterThan(nowMs);
  },
);
