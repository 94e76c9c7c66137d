// The commands of an operator on a system that runs: looking, mending, erasing, and the same system as a stack.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { sendDeadLetter } from '../../adapters/job-message.ts';
import { findDeployment } from '../../cli/deployment.ts';
import { endpointVariables, readOutputs } from '../../local/outputs-file.ts';
import { callCameo, type Ended } from '../cli/call-cameo.ts';
import { testStacks } from '../cli/stack-server.ts';
import { testMetrics } from '../metric-server.ts';
import { newDataDir, type RunningCameo, removeDataDir, startCameo } from './running-cameo.ts';

const REFUSED = { reason: 'TelegramRefused: 400', requestId: () => 'a-request' };

let cameo: RunningCameo;
const ended: Ended[] = [];
beforeAll(async () => {
  cameo = await startCameo(newDataDir());
  return async () => {
    await cameo.end('SIGTERM');
    removeDataDir(cameo.dataDir);
  };
});

async function call(...parameters: string[]): Promise<Ended> {
  const call = await callCameo(parameters, { CAMEO_DATA_DIR: cameo.dataDir });
  ended.push(call);
  return call;
}

/** Calls until the document is as it should be; what happens meanwhile happens behind queues. */
async function eventually(parameters: string[], accept: (document: never) => boolean) {
  let last: Ended | undefined;
  await vi.waitUntil(
    async () => {
      last = await call(...parameters, '--json');
      return accept(last.json() as never);
    },
    { timeout: 30_000, interval: 200 },
  );
  return last as Ended;
}

const isStored = ({ state }: { state: string }) => state === 'stored';

test('tells where an avatar will be of somebody whom nobody registered', async () => {
  const told = (await call('url', '1001', '--json')).json();
  const registered = await (await cameo.register('1001')).json();

  expect(told).toMatchObject({ state: 'unknown', photoId: null, photo: null });
  expect(told.avatarId).toBe(registered.avatarId);
  expect(told.current).toEqual(registered.urls);
});

test('tells a stored photo from the table to the edge', async () => {
  await cameo.register('1002');
  const url = await eventually(['url', '1002'], isStored);
  const [record] = await cameo.resolve(['1002']);

  const byUser = await call('inspect', '1002', '--json');
  const byAvatar = await call('inspect', record?.avatarId ?? '', '--json');
  const lines = await call('inspect', '1002');

  expect(url.json().photo).toEqual(record?.urls);
  expect(byUser.code).toBe(0);
  expect(byUser.json()).toMatchObject({
    userId: '1002',
    state: 'stored',
    partner: { name: 'User 1002', photoId: record?.photoId, checkedAt: record?.checkedAt },
    pictures: [64, 150, 300, 512].map((size) => ({ size, isCurrent: true })),
    edge: { status: 200, xAvatar: 'hit' },
    deadLetters: [],
    advice: [],
  });
  expect(byAvatar.json()).toMatchObject({ userId: '1002', state: 'stored' });
  expect(lines).toMatchObject({ code: 0, errors: '' });
  expect(lines.output).toMatch(/^User 1002: user 1002\n/);
  expect(lines.output).toMatch(/\n\nNothing is wrong\.\n$/);
  expect(lines.output).not.toContain('\u001B');
});

test('tells a dead letter, and sends it back when that is confirmed', async () => {
  const { avatarId } = await (await cameo.register('1003')).json();
  await eventually(['url', '1003'], isStored);
  const { clients, outputs } = await findDeployment({}, { CAMEO_DATA_DIR: cameo.dataDir });
  const bodies = [
    JSON.stringify({ avatarId, checkedBeforeMs: Date.now() + 1_000 }),
    JSON.stringify({ avatarId, poison: true }),
  ];
  for (const body of bodies) {
    await sendDeadLetter(clients.sqs, outputs.FetchDeadLetterUrl, body, REFUSED);
  }

  const sick = await call('inspect', '1003', '--json');
  const unconfirmed = await call('redrive');
  const redriven = await call('redrive', '--yes', '--json');

  expect(sick.code).toBe(1);
  expect(sick.json()).toMatchObject({
    deadLetters: Array(2).fill({ queue: 'fetch', reason: REFUSED.reason, requestId: 'a-request' }),
    advice: [
      'dead letter in fetch: TelegramRefused: 400 and 1 more → mend the cause, then npx cameo redrive',
    ],
  });
  expect(unconfirmed.code).toBe(2);
  expect(unconfirmed.output).toBe('Dead letters\n  fetch  2  TelegramRefused: 400\n');
  expect(unconfirmed.errors).toBe(
    'There is nobody to ask here: give --yes to do it without a question.\n',
  );
  expect(redriven.code).toBe(0);
  expect(redriven.json()).toMatchObject({
    queues: { fetch: { deadLetters: 2, sentBack: 2 }, erase: { deadLetters: 0, sentBack: 0 } },
  });
  // The job is done; the poison fails again, and waits for its next try.
  await eventually(['inspect', '1003'], ({ queues: { fetch } }: never) => {
    const { visible, inFlight, deadLetters } = fetch as Record<string, number>;
    return deadLetters === 0 && (visible ?? 0) + (inFlight ?? 0) === 1;
  });
});

test('erases a user when that is confirmed, and tells the receipt when it is done', async () => {
  await cameo.register('1004');
  await eventually(['url', '1004'], isStored);

  const unconfirmed = await call('erase', '1004');
  const erased = await call('erase', '1004', '--yes', '--json');
  const after = await call('inspect', '1004', '--json');
  const again = await call('erase', '1004', '--yes');

  expect(unconfirmed).toMatchObject({ code: 2, output: '' });
  expect(erased.code).toBe(0);
  expect(erased.json()).toMatchObject({ userId: '1004', state: 'done', objects: 4 });
  expect(erased.errors).toMatch(/^Erasing for \d+ s/);
  expect(after.json()).toMatchObject({ state: 'erased', partner: null, pictures: [] });
  expect(again.code).toBe(1);
  expect(again.output).toMatch(/^User 1004: 404: Nobody is registered/);
}, 120_000);

test('finds the same system as a stack, with its numbers in CloudWatch', async () => {
  await cameo.register('1005');
  await eventually(['url', '1005'], isStored);
  const system = readOutputs(cameo.dataDir);
  if (!system) throw new Error('no outputs');
  const stacks = await testStacks({ Cameo: system.outputs });
  const metrics = await testMetrics((name) => NUMBERS[name] ?? []);
  const environment = {
    ...endpointVariables(system.endpoints),
    AWS_ENDPOINT_URL_CLOUDFORMATION: stacks.url,
    AWS_ENDPOINT_URL_CLOUDWATCH: metrics.url,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_REGION: 'eu-west-1',
    CAMEO_STACK: 'Cameo',
  };

  const url = await callCameo(['url', '1005', '--json'], environment);
  const stats = await callCameo(['stats', '--since', '24h', '--json'], environment);
  const lines = await callCameo(['stats'], environment);

  ended.push(url, stats, lines);
  expect(url.json()).toEqual((await call('url', '1005', '--json')).json());
  expect(stats.code).toBe(0);
  expect(stats.json()).toMatchObject({
    since: '24h',
    metrics: {
      answers: { 'hit-s3': 6, pending: 2 },
      hitRate: 0.75,
      answerTimeMs: { hit: { p95: 12 }, miss: { count: 0, p50: null } },
      telegram: { total: 7, throttled: 1, callsPerPhoto: 3.5 },
      photos: { stored: 2, refreshed: 0 },
      pictureBytes: { 150: { count: 2, average: 4500, max: 5000 } },
    },
    edge: { since: 'range', requests: 100, hitRate: 0.925, errorRate: null },
    oldestSeconds: { byQueue: { fetch: 3, warm: null } },
    schedule: { deadLetters: 0 },
  });
  expect(lines.output).toContain('\n  hit rate  75.0 %\n');
  expect(lines.output).toContain('\n  calls                 7, 3.5 for each photo stored\n');
});

const NUMBERS: Record<string, number[]> = {
  'cameo Answers Answer=hit-s3 Sum': [6],
  'cameo Answers Answer=pending Sum': [2],
  'cameo AnswerTime Kind=hit SampleCount': [6],
  'cameo AnswerTime Kind=hit p95': [12],
  'cameo TelegramCalls Method=getFile Outcome=ok Sum': [6],
  'cameo TelegramCalls Method=getFile Outcome=throttled Sum': [1],
  'cameo Photos Outcome=stored Sum': [2],
  'cameo PictureBytes Size=150 SampleCount': [2],
  'cameo PictureBytes Size=150 Sum': [9000],
  'cameo PictureBytes Size=150 Maximum': [5000],
  'AWS/CloudFront Requests DistributionId=LOCAL Region=Global Sum': [100],
  'AWS/CloudFront CacheHitRate DistributionId=LOCAL Region=Global Average': [92.5],
  'AWS/SQS ApproximateAgeOfOldestMessage QueueName=cameo-fetch Maximum': [3],
};

test('a call that cannot work is one line and exit code 2, and a document if one is expected', async () => {
  const CAMEO_DATA_DIR = newDataDir();

  const nowhere = await callCameo(['inspect', '42'], { CAMEO_DATA_DIR });
  const nobody = await call('url', '042', '--json');
  const unknown = await call('cool', '--json');

  removeDataDir(CAMEO_DATA_DIR);
  expect(nowhere).toMatchObject({ code: 2, output: '' });
  expect(nowhere.errors).toMatch(/^No Cameo runs on [^\n]+\n$/);
  expect(nobody).toMatchObject({ code: 2, errors: '' });
  expect(nobody.json().error).toMatch(/^"042" is no Telegram user id/);
  expect(unknown.json().error).toBe("Unknown command 'cool'. See npx cameo --help.");
});

test('no secret is ever on the screen', () => {
  const { serviceKey, urlKey } = JSON.parse(readFileSync(join(cameo.dataDir, 'keys.json'), 'utf8'));
  const screen = ended.map(({ output, errors }) => output + errors).join('\n');

  expect(ended.length).toBeGreaterThan(20);
  for (const secret of [serviceKey, urlKey]) expect(screen).not.toContain(secret);
  expect(screen).not.toMatch(/\d+:[\w-]{35}/);
});
