import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { logLines } from '../../adapters/log-events.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { bodyOf, testServer } from '../http-server.ts';

/** A CloudWatch Logs that answers with these pages, one for each token. */
async function logs(pageOf: (token: number) => object) {
  const asked: Record<string, unknown>[] = [];
  const { url } = await testServer(async (request, response) => {
    const body = JSON.parse((await bodyOf(request)).toString());
    asked.push(body);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify(pageOf(Number(body.nextToken ?? 0))));
  });
  const common = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  return { client: new CloudWatchLogsClient({ ...common, endpoint: url }), asked };
}

test('asks for the quoted term from the end of the log, and reads pages that hold nothing', async () => {
  const { client, asked } = await logs((page) =>
    page < 2
      ? { events: [], nextToken: String(page + 1) }
      : { events: [{ timestamp: 7, message: 'line' }] },
  );

  expect(await logLines(client, '/aws/lambda/x', 'abc', 5)).toEqual([
    { group: '/aws/lambda/x', atMs: 7, text: 'line' },
  ]);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toEqual({
    logGroupName: '/aws/lambda/x',
    filterPattern: '"abc"',
    startTime: 5,
    startFromHead: false,
  });
});

test('ends in a log that has no end', async () => {
  const { client, asked } = await logs((page) => ({ events: [], nextToken: String(page + 1) }));

  expect(await logLines(client, 'busy', 'abc', 5)).toEqual([]);
  expect(asked).toHaveLength(50);
});
