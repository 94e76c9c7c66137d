// What the page shows, gathered from the system's own parts.

import { readFileSync } from 'node:fs';
import { partnerDirectory } from '../adapters/partner-directory.ts';
import { messagesIn, queueDepth } from '../adapters/queue-depth.ts';
import { telegramBudget } from '../adapters/telegram-budget.ts';
import type { Partner } from '../core/partner.ts';
import { partnerRecord } from '../core/partner-record.ts';
import { DEFAULT_SIZE } from '../core/sizes.ts';
import { type QueueName, type ScheduleName, schedules } from '../core/topology.ts';
import type { AwsClients } from './aws.ts';
import { readCounters } from './bot-api/control.ts';
import type { Edge } from './edge/edge.ts';
import type { Schedules } from './joints.ts';
import type {
  ListedPartner,
  ProcessStatus,
  QueueDepth,
  ScheduleStatus,
  Status,
  TelegramCalls,
} from './page/status.ts';
import type { ProvisionedQueue, Resources } from './provision.ts';
import type { TelegramRoot } from './telegram-root.ts';

/** The parts of a system that the status is read from. */
export interface StatusSources {
  readonly clients: AwsClients;
  readonly resources: Resources;
  readonly edge: Pick<Edge, 'stats'>;
  readonly schedules: { readonly [Name in ScheduleName]: Pick<Schedules[Name], 'report'> };
  readonly telegram: TelegramRoot;
  readonly examples: readonly string[];
}

// Two screens of a phone.
const LISTED_PARTNERS = 24;

/** A function that reads the status as it is now. */
export function statusReader(sources: StatusSources): () => Promise<Status> {
  const { clients, resources, edge, telegram, examples } = sources;
  const packageFile = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const directory = partnerDirectory(clients.dynamodb, resources.tableName);
  const budget = telegramBudget(clients.dynamodb, resources.tableName);
  return async () => {
    const [partners, queues, runs, pausedUntilMs, calls] = await Promise.all([
      directory.newest(LISTED_PARTNERS),
      queueDepths(clients, resources),
      scheduleStatus(sources),
      budget.pausedUntilMs(),
      telegram.isStandIn ? telegramCalls(telegram.apiRoot) : null,
    ]);
    return {
      version,
      uptimeSeconds: Math.floor(process.uptime()),
      process: processStatus(),
      partners: partners.map(listed),
      queues,
      schedules: runs,
      pausedUntilMs: pausedUntilMs > Date.now() ? pausedUntilMs : null,
      telegram: calls,
      edge: edge.stats(),
      examples,
    };
  };
}

function processStatus(): ProcessStatus {
  const { rss, heapUsed } = process.memoryUsage();
  const openHandles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    openHandles[kind] = (openHandles[kind] ?? 0) + 1;
  }
  return { rssBytes: rss, heapUsedBytes: heapUsed, openHandles };
}

function listed(partner: Partner): ListedPartner {
  const { urls, ...record } = partnerRecord(partner, '');
  const isErasing = record.state === 'pending' && partner.erasingSinceMs !== undefined;
  return {
    ...record,
    state: isErasing ? 'erasing' : record.state,
    avatarUrl: urls[DEFAULT_SIZE],
    joinedAtMs: partner.joinedAtMs,
  };
}

async function queueDepths(clients: AwsClients, { queues }: Resources): Promise<Status['queues']> {
  const depths = Object.entries(queues).map(
    async ([name, queue]) => [name, await depthOf(clients, queue)] as const,
  );
  return Object.fromEntries(await Promise.all(depths)) as Record<QueueName, QueueDepth>;
}

async function depthOf({ sqs }: AwsClients, queue: ProvisionedQueue): Promise<QueueDepth> {
  const [waiting, dead] = await Promise.all([
    queueDepth(sqs, queue.url),
    queueDepth(sqs, queue.deadLetterUrl),
  ]);
  return { ...waiting, deadLetters: messagesIn(dead) };
}

async function scheduleStatus(sources: StatusSources): Promise<Status['schedules']> {
  const names = Object.keys(schedules) as ScheduleName[];
  const all = names.map(async (name) => {
    const { deadLetterUrl } = sources.resources.schedules[name];
    const status: ScheduleStatus = {
      ...sources.schedules[name].report(),
      deadLetters: messagesIn(await queueDepth(sources.clients.sqs, deadLetterUrl)),
    };
    return [name, status] as const;
  });
  return Object.fromEntries(await Promise.all(all)) as Record<ScheduleName, ScheduleStatus>;
}

async function telegramCalls(apiRoot: string): Promise<TelegramCalls> {
  const { calls, inFlight } = await readCounters(apiRoot);
  const totals = Object.entries(calls).map(([method, { total }]) => [method, total]);
  return { byMethod: Object.fromEntries(totals), inFlight };
}
