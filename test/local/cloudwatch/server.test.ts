import { once } from 'node:events';
import { request } from 'node:http';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../local/aws.ts';
import { type ErrorLog, errorLog, KEPT_ERRORS } from '../../../local/cloudwatch/error-log.ts';
import { type MetricStore, metricStore } from '../../../local/cloudwatch/metric-store.ts';
import { serveCloudWatch } from '../../../local/cloudwatch/server.ts';

const HOUR = new Date('2026-11-29T12:00:00Z');
const minutes = (count: number) => new Date(HOUR.getTime() + count * 60_000);
const END = minutes(60);

let nowMs: number;
let metrics: MetricStore;
let errors: ErrorLog;
let url: string;
let cloudWatch: CloudWatchClient;
let logs: CloudWatchLogsClient;

beforeEach(async () => {
  nowMs = END.getTime();
  metrics = metricStore(() => nowMs);
  errors = errorLog(() => nowMs);
  const served = await serveCloudWatch({ metrics, errors, logGroup: 'cameo' });
  onTestFinished(() => served.stop());
  url = served.url;
  const config = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS, endpoint: url };
  cloudWatch = new CloudWatchClient(config);
  logs = new CloudWatchLogsClient(config);
});

function measure(values: readonly number[], atMinute: number, outcome = 'ok', name = 'Calls') {
  const atMs = minutes(atMinute).getTime() + 30_000;
  metrics.record({ namespace: 'cameo', name, dimensions: { Outcome: outcome }, values, atMs });
}

function query(Id: string, Stat: string, Period = 3600, outcome = 'ok'): MetricDataQuery {
  const Dimensions = [{ Name: 'Outcome', Value: outcome }];
  const Metric = { Namespace: 'cameo', MetricName: 'Calls', Dimensions };
  return { Id, MetricStat: { Metric, Period, Stat } };
}

async function ask(MetricDataQueries: MetricDataQuery[], more = {}) {
  const times = { StartTime: HOUR, EndTime: END };
  const command = new GetMetricDataCommand({ MetricDataQueries, ...times, ...more });
  return (await cloudWatch.send(command)).MetricDataResults ?? [];
}

describe('metrics', () => {
  test('are answered by every statistic, several in one call, each under its id', async () => {
    measure([1, 2], 3);
    measure([9], 40);
    measure([100], 41, 'gone');
    const statistics = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p99', 'p0'];

    const results = await ask([
      ...statistics.map((name, index) => query(`q${index}`, name)),
      query('other', 'Sum', 3600, 'gone'),
    ]);

    expect(results.map(({ Id }) => Id)).toEqual([...statistics.map((_, n) => `q${n}`), 'other']);
    expect(results.map(({ Values }) => Values)).toEqual(
      [12, 4, 1, 9, 3, 2, 9, 1, 100].map((value) => [value]),
    );
    expect(results[0]).toMatchObject({ StatusCode: 'Complete', Timestamps: [HOUR] });
  });

  test('are told by period, the newest first unless asked otherwise, and nothing where nothing was', async () => {
    measure([1], 1);
    measure([2], 3);
    measure([4], 14);

    const [newest] = await ask([query('q', 'Sum', 300)]);
    const [oldest] = await ask([query('q', 'Sum', 300)], { ScanBy: 'TimestampAscending' });
    const [odd] = await ask([query('q', 'Sum', 300)], { StartTime: minutes(2) });
    const [none] = await ask([query('q', 'Sum', 300, 'never')]);

    expect(newest).toMatchObject({ Values: [4, 3], Timestamps: [minutes(10), HOUR] });
    expect(oldest).toMatchObject({ Values: [3, 4], Timestamps: [HOUR, minutes(10)] });
    // Periods are the clock's, whenever the first one is asked for.
    expect(odd).toEqual(newest);
    expect(none).toMatchObject({ Values: [], Timestamps: [] });
  });

  test('begin at the start and end before the end', async () => {
    measure([1], -1);
    measure([2], 0);
    measure([4], 60);

    const [found] = await ask([query('q', 'Sum', 60)]);

    expect(found).toMatchObject({ Values: [2], Timestamps: [HOUR] });
  });

  test('do not care for the order of dimensions, and are others under other names', async () => {
    const dimensions = { Method: 'getFile', Outcome: 'ok' };
    const atMs = minutes(1).getTime();
    metrics.record({ namespace: 'cameo', name: 'Calls', dimensions, values: [5], atMs });
    metrics.record({ namespace: 'other', name: 'Calls', dimensions, values: [7], atMs });
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const of = (Id: string, metric: object): MetricDataQuery => ({
      Id,
      MetricStat: {
        Metric: { Namespace: 'cameo', MetricName: 'Calls', ...metric },
        Period: 3600,
        Stat: 'Sum',
      },
    });

    const results = await ask([
      of('a', { Dimensions: Dimensions.toReversed() }),
      of('b', { Dimensions: Dimensions.slice(1) }),
      of('c', {}),
    ]);

    expect(results.map(({ Values }) => Values)).toEqual([[5], [], []]);
  });

  test('have percentiles within a twentieth, however many values there are', async () => {
    measure(
      Array.from({ length: 100_000 }, (_, n) => n + 1),
      1,
    );

    const results = await ask([query('a', 'p50'), query('b', 'p95'), query('c', 'p99.9')]);

    const [p50 = 0, p95 = 0, p999 = 0] = results.map(({ Values }) => Values?.[0]);
    expect(Math.abs(p50 / 50_000 - 1)).toBeLessThan(0.05);
    expect(Math.abs(p95 / 95_000 - 1)).toBeLessThan(0.05);
    expect(Math.abs(p999 / 99_900 - 1)).toBeLessThan(0.05);
  });

  test('of a day ago are forgotten', async () => {
    measure([1], 0);
    nowMs = HOUR.getTime() + 24 * 3_600_000;
    const more = { EndTime: new Date(nowMs + 60_000) };
    const forgotten = await ask([query('q', 'Sum', 3600)], more);
    measure([2], 24 * 60);
    const kept = await ask([query('q', 'Sum', 3600)], more);

    expect(forgotten).toMatchObject([{ Values: [] }]);
    expect(kept).toMatchObject([{ Values: [2] }]);
  });

  test('that are forgotten take no room, and neither do those that come too late', async () => {
    measure([1], 0);
    nowMs = HOUR.getTime() + 25 * 3_600_000;
    measure([2], 25 * 60);
    measure([4], 1);

    // A clock that was put back would show what is still there.
    nowMs = END.getTime();
    expect(await ask([query('q', 'Sum', 60)])).toMatchObject([{ Values: [] }]);
  });

  test.each<[string, object]>([
    ['a statistic', { MetricDataQueries: [query('q', 'Median')] }],
    ['metric math', { MetricDataQueries: [{ Id: 'q', Expression: 'SUM(METRICS())' }] }],
    ['a period of seconds', { MetricDataQueries: [query('q', 'Sum', 10)] }],
    ['nothing', { MetricDataQueries: [] }],
    ['a time that ends before it begins', { StartTime: END, EndTime: HOUR }],
    ['more points than CloudWatch gives', { StartTime: new Date(0) }],
  ])('that are not known here are refused, and not guessed at: %s', async (_, more) => {
    const asked = ask([query('q', 'Sum', 60)], more);

    await expect(asked).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
  });
});

describe('errors', () => {
  const filter = async (input: object = {}) => {
    const command = new FilterLogEventsCommand({ logGroupName: 'cameo', ...input });
    return (await logs.send(command)).events ?? [];
  };
  const messages = async (input?: object) => (await filter(input)).map(({ message }) => message);

  test('are found by a word that stands in them, from a moment on', async () => {
    errors.keep('{"avatarId":"a","at":1}');
    nowMs += 1000;
    errors.keep('{"avatarId":"b","at":2}');
    errors.keep('{"avatarId":"a","at":3}');

    expect(await messages({ filterPattern: '"a"' })).toHaveLength(3);
    expect(await messages({ filterPattern: '"\\"a\\""' })).toEqual([
      '{"avatarId":"a","at":1}',
      '{"avatarId":"a","at":3}',
    ]);
    const since = { startTime: nowMs, filterPattern: '"\\"a\\""' };
    expect(await filter(since)).toMatchObject([
      { message: '{"avatarId":"a","at":3}', timestamp: nowMs, eventId: expect.any(String) },
    ]);
    expect(await messages()).toHaveLength(3);
    expect(await messages({ endTime: nowMs - 1, limit: 1 })).toHaveLength(1);
  });

  test('are a thousand at most', async () => {
    for (let n = 1; n <= KEPT_ERRORS + 2; n++) errors.keep(`error ${n}`);

    const kept = await messages();

    expect(kept).toHaveLength(KEPT_ERRORS);
    expect(kept[0]).toBe('error 3');
  });

  test.each([
    ['two words', { filterPattern: '"a" "b"' }, 'InvalidParameterException'],
    ['a field', { filterPattern: '{ $.level = "ERROR" }' }, 'InvalidParameterException'],
    ['another group', { logGroupName: 'other' }, 'ResourceNotFoundException'],
  ])('are not looked for by %s', async (_, input, name) => {
    await expect(filter(input)).rejects.toThrow(expect.objectContaining({ name }));
  });
});

test('no other operation is known', async () => {
  const unknown = expect.objectContaining({ name: 'UnknownOperationException' });

  await expect(cloudWatch.send(new DescribeAlarmsCommand({}))).rejects.toThrow(unknown);
  await expect(logs.send(new DescribeLogGroupsCommand({}))).rejects.toThrow(unknown);
});

test('a web page is told nothing', async () => {
  const call = request(url, { method: 'POST', headers: { origin: 'https://evil.example' } }).end();
  const [response] = await once(call, 'response');
  response.resume();

  expect(response.statusCode).toBe(403);
});

test.each(['', '{', 'null', '[]', '{"MetricDataQueries": 1}'])(
  'a body that asks nothing is a 400: %s',
  async (body) => {
    const targets = [
      'GraniteServiceVersion20100801.GetMetricData',
      'Logs_20140328.FilterLogEvents',
    ];
    const answers = await Promise.all(
      targets.map((target) =>
        fetch(url, { method: 'POST', headers: { 'x-amz-target': target }, body }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
  },
);
