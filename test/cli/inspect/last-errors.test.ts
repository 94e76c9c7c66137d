import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import type { Deployment } from '../../../cli/deployment.ts';
import { lastErrors } from '../../../cli/inspect/last-errors.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../local/aws.ts';
import { bodyOf, testServer } from '../../http-server.ts';

const NOW = 1_800_000_000_000;

/** A Cameo with two log groups, whose events these are. */
async function cameoWith(events: Readonly<Record<string, object[]>>): Promise<Deployment> {
  const { url } = await testServer(async (request, response) => {
    const { logGroupName } = JSON.parse((await bodyOf(request)).toString());
    response.statusCode = events[logGroupName] ? 200 : 400;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(
      JSON.stringify(
        events[logGroupName]
          ? { events: events[logGroupName] }
          : { __type: 'ResourceNotFoundException', message: 'no group' },
      ),
    );
  });
  const common = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const logs = new CloudWatchLogsClient({ ...common, endpoint: url });
  return { outputs: { LogGroupNames: 'one,two' }, clients: { logs } } as unknown as Deployment;
}

function line(level: string, fields: object): string {
  return JSON.stringify({ level, message: 'fetch failed', ...fields });
}

test('tells the errors of all groups by their time, and nothing else that names the partner', async () => {
  const error = { name: 'TelegramTransient', message: '502', stack: 'at x' };
  const cameo = await cameoWith({
    one: [
      { timestamp: 3, message: line('ERROR', { error, requestId: 'r' }) },
      { timestamp: 4, message: line('INFO', {}) },
    ],
    two: [
      { timestamp: 1, message: line('ERROR', {}) },
      { timestamp: 2, message: 'a line of the runtime' },
    ],
  });

  expect(await lastErrors(cameo, 'an-avatar', NOW)).toEqual({
    available: true,
    sinceHours: 24,
    lines: [
      { atMs: 1, group: 'two', message: 'fetch failed', error: null, requestId: null },
      {
        atMs: 3,
        group: 'one',
        message: 'fetch failed',
        error: 'TelegramTransient: 502',
        requestId: 'r',
      },
    ],
  });
});

test('of many the last ones are told', async () => {
  const events = Array.from({ length: 30 }, (_, n) => ({
    timestamp: n,
    message: line('ERROR', {}),
  }));
  const told = await lastErrors(await cameoWith({ one: events, two: [] }), 'an-avatar', NOW);

  expect(told.available && told.lines.map(({ atMs }) => atMs)).toEqual([
    20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
  ]);
});

test('logs that cannot be read are no reason to tell nothing', async () => {
  expect(await lastErrors(await cameoWith({ one: [] }), 'an-avatar', NOW)).toEqual({
    available: false,
    reason: expect.stringContaining('ResourceNotFoundException'),
  });
});
