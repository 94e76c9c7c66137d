// From the header of an answer to the commit: every message and every line bears the id of the request that
// began it.

import { randomUUID } from 'node:crypto';
import type { Message } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { type QueueName, queues } from '../../core/topology.ts';
import { addFault, hidePhotos, resetBotApi } from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import { sqsEvent } from '../../local/sqs-batch.ts';
import { without } from '../wire.ts';
import { URL_KEY } from '../world.ts';
import { contextOf, type Deployed, deploy, SERVICE_KEY } from './deployed.ts';
import { endPause } from './end-pause.ts';
import { takeLines } from './log-lines.ts';

const BEARER = { authorization: `Bearer ${SERVICE_KEY}` };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let deployed: Deployed;
let userId = 1;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(async () => {
  await deployed.tidy();
  await endPause(deployed);
  await resetBotApi(deployed.botApi.apiRoot);
});

const fault = (injected: Fault) => addFault(deployed.botApi.apiRoot, injected);

/** Sends a request, and reads the id off its answer. */
async function ask(method: string, path: string, body?: object): Promise<string> {
  const { headers } = await deployed.request(method, path, {
    headers: { ...BEARER, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return String(headers['x-request-id']);
}

/** Registers somebody new. */
async function join(): Promise<{ avatarId: string; requestId: string; userId: number }> {
  userId += 10;
  const requestId = await ask('PUT', `/api/partner/${userId}`, { firstName: 'Ada' });
  return { avatarId: avatarIdOf(URL_KEY, String(userId)), requestId, userId };
}

/** What a function sent over the wire since the last test, as messages that SQS would deliver. */
function sent(): Message[] {
  return deployed.wires.sqs.seen.flatMap(({ body }) => {
    const { Entries, ...single } = JSON.parse(body);
    return Entries ?? (single.MessageBody === undefined ? [] : [single]);
  });
}

/** The id that a message bears. */
const idOf = ({ MessageAttributes }: Message) => MessageAttributes?.requestId?.StringValue;

/** Gives a message that was sent with a delay to its consumer, as if the delay were over. */
async function deliverNow(queue: QueueName, message: Message & { MessageBody?: string }) {
  const arrived: Message = {
    MessageId: randomUUID(),
    ReceiptHandle: 'none',
    Body: String(message.MessageBody),
    MessageAttributes: message.MessageAttributes,
    Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
  };
  const { consumer } = queues[queue];
  const event = sqsEvent([arrived], deployed.world.resources.queues[queue].url);
  return deployed.handlers[consumer](event, contextOf(consumer));
}

describe('an answer', () => {
  const nobody = 'a'.repeat(26);

  test.each([
    ['a registration', 'PUT', '/api/partner/7', 202],
    ['a miss', 'GET', `/avatars/${nobody}`, 302],
    ['a HEAD', 'HEAD', `/avatars/${nobody}`, 302],
    ['a preflight', 'OPTIONS', '/api/partner/7', 204],
    ['a mistake', 'PUT', '/api/partner/x', 400],
    ['nothing', 'GET', '/nothing', 404],
  ])('that is %s bears the id of its invocation', async (_, method, path, status) => {
    const request = {
      headers: { ...BEARER, 'content-type': 'application/json' },
      body: '{"firstName":"Ada"}',
    };
    const { status: answered, headers } = await deployed.request(method, path, request);

    expect(answered).toBe(status);
    expect(headers['x-request-id']).toMatch(UUID);
  });

  test('is known by that id in the log when it failed', async () => {
    deployed.wires.dynamodb.intercept(without('UpdateItem'));

    const { requestId } = await join();

    expect(takeLines(deployed)).toMatchObject([
      { message: 'request failed', requestId, function_request_id: requestId, level: 'ERROR' },
    ]);
  });

  test('bears the id that Lambda itself has for the invocation', async () => {
    const context = contextOf('servePhoto');
    const event = { routeKey: '$default', requestContext: { http: { method: 'GET' } } };

    const answer = await deployed.handlers.servePhoto(event as never, context);

    expect(answer).toMatchObject({ headers: { 'x-request-id': context.awsRequestId } });
  });
});

describe('a request can be followed', () => {
  test('from a registration to the commit', async () => {
    const { avatarId, requestId } = await join();

    const { event } = await deployed.fetchBatch();

    const { messageId } = event.Records[0] as SQSRecord;
    const [line, ...others] = takeLines(deployed);
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      message: 'fetch',
      requestId,
      function_request_id: expect.stringMatching(UUID),
      avatarId,
      outcome: { kind: 'stored' },
      messageId,
      receives: 1,
      waitedMs: expect.any(Number),
      tookMs: expect.any(Number),
    });
    expect(line?.function_request_id).not.toBe(requestId);
    expect(line?.waitedMs).toBeGreaterThanOrEqual(0);
    expect(line?.tookMs).toBeGreaterThan(0);
  });

  test('from a viewer’s miss', async () => {
    const { avatarId } = await deployed.world.join(++userId);

    const requestId = await ask('GET', `/avatars/${avatarId}`);
    await deployed.fetchBatch();

    expect(takeLines(deployed)).toMatchObject([
      { requestId, avatarId, outcome: { kind: 'stored' } },
    ]);
  });

  test('by each message of a batch apart', async () => {
    const joined = [await join(), await join(), await join()];

    await deployed.fetchBatch();

    const lines = takeLines(deployed).map(({ avatarId, requestId }) => [avatarId, requestId]);
    expect(lines.sort()).toEqual(
      joined.map(({ avatarId, requestId }) => [avatarId, requestId]).sort(),
    );
  });

  test('by all jobs of a list', async () => {
    const people = await Promise.all([++userId, ++userId].map((id) => deployed.world.join(id)));

    const requestId = await ask('GET', '/api/partner/recent?limit=50');

    expect(sent().length).toBeGreaterThanOrEqual(people.length);
    expect(new Set(sent().map(idOf))).toEqual(new Set([requestId]));
    await deployed.fetchBatch();
    const lines = takeLines(deployed);
    for (const { avatarId } of people) {
      const line = lines.find((found) => found.avatarId === avatarId);
      expect(line).toMatchObject({ requestId, outcome: { kind: 'stored' } });
    }
  });

  test('by all jobs of a run of the schedule', async () => {
    const { avatarId } = await deployed.world.join(++userId);
    const context = contextOf('warmRecent');
    const requestId = context.awsRequestId;

    await deployed.handlers.warmRecent({}, context);

    expect(new Set(sent().map(idOf))).toEqual(new Set([requestId]));
    expect(takeLines(deployed)).toMatchObject([
      { message: 'warm', requestId, function_request_id: requestId },
    ]);
    await deployed.batchOf('warm');
    const line = takeLines(deployed).find((found) => found.avatarId === avatarId);
    expect(line).toMatchObject({ requestId, outcome: { kind: 'stored' } });
  });

  test.each<[string, Fault]>([
    ['a pause', { call: 'getFile', effect: 'error', status: 429, retryAfter: 35 }],
    ['a refused token', { call: 'getFile', effect: 'error', status: 401 }],
  ])('through %s of Telegram’s', async (_, injected) => {
    const { requestId, avatarId } = await join();
    deployed.wires.sqs.untouched();
    await fault(injected);
    await deployed.fetchBatch();
    expect(takeLines(deployed)).toMatchObject([{ message: 'fetch failed', requestId, avatarId }]);

    await endPause(deployed);
    const [again] = sent();
    expect(idOf(again as Message)).toBe(requestId);
    await deliverNow('fetch', again as Message);

    expect(takeLines(deployed)).toMatchObject([
      { message: 'fetch', requestId, avatarId, outcome: { kind: 'stored' } },
    ]);
  });

  test('while another worker is busy', async () => {
    const { requestId, avatarId } = await join();
    const nowMs = Date.now();
    const request = { owner: 'a', nowMs, untilMs: nowMs + 60_000, checkedBeforeMs: nowMs };
    await deployed.world.table.acquireLease(avatarId, request);
    deployed.wires.sqs.untouched();

    await deployed.fetchBatch();

    expect(sent().map(idOf)).toEqual([requestId]);
    expect(takeLines(deployed)).toMatchObject([{ requestId, outcome: { kind: 'busy' } }]);
  });

  test('through a second look to the eviction at the edge', async () => {
    const { requestId, ...joined } = await join();
    await deployed.fetchBatch();
    await hidePhotos(deployed.botApi.apiRoot, joined.userId);
    const again = await ask('PUT', `/api/partner/${joined.userId}`, {
      firstName: 'Ada',
      photoFileId: 'x',
    });
    deployed.takeLog();
    deployed.wires.sqs.untouched();

    await deployed.fetchBatch();
    await deliverNow('fetch', sent()[0] as Message);
    await deployed.batchOf('erase');

    const outcomes = takeLines(deployed).map(({ requestId: id, outcome }) => [id, outcome]);
    expect(again).not.toBe(requestId);
    expect(outcomes).toMatchObject([
      [again, { kind: 'missing' }],
      [again, { kind: 'gone' }],
      [again, { kind: 'evicted' }],
    ]);
  });

  test('through both sweeps of an erasure', async () => {
    const joined = await join();
    deployed.wires.sqs.untouched();

    const requestId = await ask('DELETE', `/api/partner/${joined.userId}`);
    await deployed.batchOf('erase');
    await deliverNow('erase', sent()[1] as Message);

    const { avatarId } = joined;
    expect(sent().map(idOf)).toEqual([requestId, requestId, requestId]);
    const swept = { message: 'erase', requestId, avatarId, outcome: { kind: 'swept' } };
    expect(takeLines(deployed)).toMatchObject([swept, swept]);
  });
});

test('a message that nobody asked for by a request is known by its own id', async () => {
  const { avatarId } = await deployed.world.join(++userId);
  await deployed.world.queues.fetch.send({ avatarId, checkedBeforeMs: Date.now() });

  const { event } = await deployed.fetchBatch();

  const { messageId } = event.Records[0] as SQSRecord;
  expect(takeLines(deployed)).toMatchObject([{ requestId: messageId, messageId }]);
});
