// One invocation of each kind that a month is made of (cost/measured.ts), in the order of a photo's life.

import { partnerTable } from '../adapters/partner-table.ts';
import { avatarIdOf } from '../core/avatar-id.ts';
import { type QueueName, routes } from '../core/topology.ts';
import type { Journey } from '../cost/measured.ts';
import { changePhoto } from '../local/bot-api/control.ts';
import { NO_BODY } from '../local/edge/message.ts';
import { apiEvent } from '../local/http-api/event.ts';
import { routeTable } from '../local/http-api/route-table.ts';
import { sqsEvent } from '../local/sqs-batch.ts';
import { type Billed, type BilledSystem, SERVICE_KEY, URL_KEY } from './billed-system.ts';
import { newUserIds } from './cameo.ts';

/** What one round of all kinds cost. */
export type Round = Readonly<Record<Journey, Billed>>;

// As many as the schedule looks after where nothing is set, and more than a list has.
const FRESH_PARTNERS = 50;

/** Makes the partners whom lists and the schedule find, all with a photo that is fresh. */
export async function joinFreshPartners({ clients, resources }: BilledSystem): Promise<void> {
  const table = partnerTable(clients.dynamodb, resources.tableName);
  for (const userId of newUserIds(FRESH_PARTNERS).map(String)) {
    const nowMs = Date.now();
    const avatarId = avatarIdOf(URL_KEY, userId);
    const partner = { userId, firstName: `User ${userId}` };
    await table.register(avatarId, partner, { nowMs, claimUntilMs: 0 }, { afterErasure: false });
    const times = { nowMs, untilMs: nowMs + 10_000, checkedBeforeMs: nowMs };
    const lease = await table.acquireLease(avatarId, { owner: 'benchmark', ...times });
    if (lease.kind !== 'held') throw new Error(`no lease: ${lease.kind}`);
    await table.commit(lease, { photoId: `AQAD${userId}`, lqip: LQIP }, nowMs, nowMs);
  }
}

// About as long as one is.
const LQIP = `data:image/webp;base64,${'A'.repeat(128)}`;

/** Lets a partner whom nobody knows join and have a photo that then changes, and looks at it all the while. */
export async function roundOf(system: BilledSystem): Promise<Round> {
  const [userId = 0] = newUserIds(1);
  const avatarId = avatarIdOf(URL_KEY, String(userId));
  const current = `/avatars/${avatarId}`;
  const serve = async (status: number) => {
    return answered(status, await system.invoke('servePhoto', httpEvent('GET', current)));
  };
  const fetchNow = async (queue: QueueName) => {
    const event = fetchEvent(system, queue, { avatarId, checkedBeforeMs: Date.now() });
    return workedOff(await system.invoke('fetchPhoto', event));
  };
  const body = Buffer.from(JSON.stringify({ firstName: `User ${userId}` }));
  const put = httpEvent('PUT', `/api/partner/${userId}`, body);
  const register = answered(202, await system.invoke('partners', put));
  const pendingView = await serve(302);
  const store = await fetchNow('fetch');
  const hit = await serve(200);
  const unchanged = await fetchNow('warm');
  await changePhoto(system.telegramRoot, userId);
  const refresh = await fetchNow('warm');
  const recent = httpEvent('GET', '/api/partner/recent?limit=10');
  const list = answered(200, await system.invoke('partners', recent));
  const warmRun = await system.invoke('warmRecent', {});
  const direct = answered(
    200,
    await system.invoke('direct', { pathParameters: { userId: String(userId), size: '150' } }),
  );
  return {
    register,
    list,
    pendingView,
    hit,
    store,
    unchanged,
    refresh,
    warmRun,
    direct,
  };
}

function answered(status: number, billed: Billed): Billed {
  const { statusCode } = billed.answer as { statusCode: number };
  if (statusCode !== status) throw new Error(`${status} was expected, not ${statusCode}`);
  return billed;
}

function workedOff(billed: Billed): Billed {
  const { batchItemFailures } = billed.answer as { batchItemFailures: unknown[] };
  if (batchItemFailures.length > 0) throw new Error('a job failed');
  return billed;
}

const routeOf = routeTable(routes);

function httpEvent(method: string, target: string, body = NO_BODY) {
  const [path = '', query = ''] = target.split('?');
  const match = routeOf(method, path);
  if (!match) throw new Error(`no route takes ${method} ${path}`);
  const headers = {
    authorization: `Bearer ${SERVICE_KEY}`,
    'content-type': 'application/json',
    'cameo-origin': 'https://d111111abcdef8.cloudfront.net',
  };
  return apiEvent(
    { method, path, query, headers, body, sourceIp: '127.0.0.1' },
    { routeKey: match.route.key, pathParameters: match.pathParameters, nowMs: Date.now() },
  );
}

function fetchEvent({ resources }: BilledSystem, queue: QueueName, job: object) {
  const Attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) };
  const message = { MessageId: 'benchmark', ReceiptHandle: 'none', Body: JSON.stringify(job) };
  return sqsEvent([{ ...message, Attributes } as never], resources.queues[queue].url);
}
