// What a running system measured of itself, asked for as the command line asks: by the addresses in the data folder.

import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { beforeAll, expect, test } from 'vitest';
import type { DimensionsOf, MetricName } from '../../core/metrics.ts';
import { SIZES } from '../../core/sizes.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { addFault, readCounters } from '../../local/bot-api/control.ts';
import { type LocalSystem, readOutputs } from '../../local/outputs-file.ts';
import { type CameoAndTelegram, startWithTelegram } from './running-cameo.ts';

const TOKEN = '123456:AAmetrics-metrics-metrics-metrics-00';
const PARTNERS = [1001, 1002, 1003];
const WITHOUT_PHOTO = 1010;
const FAILING = 1021;

let system: CameoAndTelegram;
let local: LocalSystem;
beforeAll(async () => {
  system = await startWithTelegram(TOKEN, { CAMEO_WARM_PARTNERS: '0' });
  const outputs = readOutputs(system.cameo.dataDir);
  if (!outputs) throw new Error('a running system has told nothing');
  local = outputs;
  return system.end;
});

const clientConfig = (service: 'CLOUDWATCH' | 'CLOUDWATCH_LOGS') => ({
  region: LOCAL_REGION,
  credentials: LOCAL_CREDENTIALS,
  endpoint: local.endpoints[service],
});

/** A statistic of a metric over the last hour; 0 for none. */
async function statistic<Name extends MetricName>(
  MetricName: Name,
  dimensions: DimensionsOf<Name>,
  Stat = 'Sum',
): Promise<number> {
  const Dimensions = Object.entries<string>(dimensions as Record<string, string>).map(
    ([Name, Value]) => ({ Name, Value }),
  );
  const Metric = { Namespace: local.outputs.MetricsNamespace, MetricName, Dimensions };
  const nowMs = Date.now();
  const { MetricDataResults = [] } = await new CloudWatchClient(clientConfig('CLOUDWATCH')).send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'q', MetricStat: { Metric, Period: 7200, Stat } }],
      StartTime: new Date(nowMs - 3_600_000),
      EndTime: new Date(nowMs + 60_000),
    }),
  );
  return MetricDataResults[0]?.Values?.reduce((sum, value) => sum + value, 0) ?? 0;
}

async function register(userId: number): Promise<string> {
  const { avatarId } = await (await system.cameo.register(userId)).json();
  return avatarId;
}

const waitFor = async (avatarId: string) => {
  const { headers } = await system.cameo.get(`/avatars/${avatarId}?wait=5`);
  return headers.get('x-avatar');
};

test('what was measured is what was asked', async () => {
  const ids = await Promise.all(PARTNERS.map(register));
  for (const id of ids) await expect.poll(() => waitFor(id), { timeout: 20_000 }).toBe('hit');
  const none = await register(WITHOUT_PHOTO);
  await expect.poll(() => waitFor(none), { timeout: 20_000 }).toBe('none');
  await Promise.all(ids.map((id) => system.cameo.get(`/avatars/${id}?size=300`)));
  await system.cameo.get(`/avatars/${ids[0]}/AQADother/64.webp`);
  await system.cameo.get(`/avatars/${'a'.repeat(26)}`);

  // A worker tells of its photos when it is done with all of its batch.
  const photos = async () => [
    await statistic('Photos', { Outcome: 'stored' }),
    await statistic('Photos', { Outcome: 'none' }),
  ];
  await expect.poll(photos, { timeout: 20_000 }).toEqual([PARTNERS.length, 1]);
  const { calls } = await readCounters(system.botApi.apiRoot);
  for (const Method of ['getUserProfilePhotos', 'getFile', 'download'] as const) {
    expect(await statistic('TelegramCalls', { Method, Outcome: 'ok' })).toBe(calls[Method].total);
  }
  expect(await statistic('Answers', { Answer: 'hit-s3' })).toBe(2 * PARTNERS.length);
  expect(await statistic('Answers', { Answer: 'moved' })).toBe(1);
  expect(await statistic('Answers', { Answer: 'unknown' })).toBe(1);
  const hits = await statistic('AnswerTime', { Kind: 'hit' }, 'SampleCount');
  expect(hits).toBe(2 * PARTNERS.length);
  expect(await statistic('AnswerTime', { Kind: 'hit' }, 'p95')).toBeGreaterThan(0);
  expect(await statistic('RenderTime', {}, 'SampleCount')).toBe(PARTNERS.length);
  expect(await statistic('TimeToPhoto', {}, 'SampleCount')).toBe(PARTNERS.length);
  for (const size of SIZES) {
    const stored = await statistic('PictureBytes', { Size: `${size}` }, 'SampleCount');
    expect(stored).toBe(PARTNERS.length);
  }
});

test('an error can be found by the avatarId that it names, and metrics are nothing to read on a terminal', async () => {
  const fault = { call: 'getFile', effect: 'html', status: 502 } as const;
  await addFault(system.botApi.apiRoot, { ...fault, userId: FAILING });
  const avatarId = await register(FAILING);
  const logs = new CloudWatchLogsClient(clientConfig('CLOUDWATCH_LOGS'));
  const found = async () => {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: local.outputs.LogGroupNames,
        filterPattern: `"${avatarId}"`,
      }),
    );
    return events.map(({ message = '' }) => JSON.parse(message));
  };

  await expect
    .poll(found, { timeout: 20_000 })
    .toMatchObject([{ level: 'ERROR', avatarId, error: { name: 'TelegramTransient' } }]);
  // What the process printed comes by a pipe, and may come later than an answer.
  await expect.poll(() => system.cameo.output(), { timeout: 20_000 }).toContain(avatarId);
  expect(system.cameo.output()).not.toContain('_aws');
});
