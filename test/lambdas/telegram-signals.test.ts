// The metric filters that the stack deploys find what the deployed handler logs.

import { afterEach, beforeAll, expect, test } from 'vitest';
import { addFault } from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import { resources, synthesise } from '../lib/synthesise.ts';
import { type Deployed, deploy } from './deployed.ts';
import { endPause } from './end-pause.ts';
import { type LogLine, takeLines } from './log-lines.ts';

let deployed: Deployed;
let userId = 1;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(async () => {
  await endPause(deployed);
  await deployed.tidy();
});

const patterns = Object.values(resources(synthesise(), 'AWS::Logs::MetricFilter')).map(
  ({ FilterPattern }) => String(FilterPattern),
);

/** What CloudWatch does with the one kind of pattern that there is: `{ $.path.to.field = "value" }`. */
function counts(pattern: string, line: LogLine): boolean {
  const [, path, value] = /^\{ \$\.([\w.]+) = "(\w+)" \}$/.exec(pattern) ?? [];
  if (!path) throw new Error(`not such a pattern: ${pattern}`);
  const found = path
    .split('.')
    .reduce<unknown>((inner, field) => (inner as LogLine | undefined)?.[field], line);
  return found === value;
}

test.each<[string, Fault, string[]]>([
  [
    'a pause',
    { call: 'getUserProfilePhotos', effect: 'error', status: 429, retryAfter: 35 },
    ['TelegramThrottled'],
  ],
  [
    'a refusal',
    { call: 'getUserProfilePhotos', effect: 'error', status: 401 },
    ['TelegramUnauthorized'],
  ],
  ['an outage', { call: 'getUserProfilePhotos', effect: 'html', status: 502 }, []],
])('%s is counted once', async (_, fault, expected) => {
  userId += 10;
  const { avatarId } = await deployed.world.join(userId);
  await deployed.world.queues.fetch.send({ avatarId, checkedBeforeMs: Date.now() });
  await addFault(deployed.botApi.apiRoot, fault);

  await deployed.fetchBatch();

  const lines = takeLines(deployed);
  expect(lines).toHaveLength(1);
  const counted = patterns.filter((pattern) => lines.some((line) => counts(pattern, line)));
  expect(patterns).toHaveLength(2);
  expect(counted.map((pattern) => /"(\w+)"/.exec(pattern)?.[1])).toEqual(expected);
});
