// What the page shows, gathered from the system's own parts.

import { readFileSync } from 'node:fs';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { newestPartners } from '../adapters/newest-partners.ts';
import type { Partner } from '../core/partner.ts';
import { partnerRecord } from '../core/partner-record.ts';
import { DEFAULT_SIZE } from '../core/sizes.ts';
import type { AwsClients } from './aws.ts';
import { readCounters } from './bot-api/control.ts';
import type { Edge } from './edge/edge.ts';
import type { ListedPartner, QueueDepth, Status, TelegramCalls } from './page/status.ts';
import type { ProvisionedQueue, Resources } from './provision.ts';
import type { TelegramRoot } from './telegram-root.ts';

/** The parts of a system that the status is read from. */
export interface StatusSources {
  readonly clients: AwsClients;
  readonly resources: Resources;
  readonly edge: Pick<Edge, 'stats'>;
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
  return async () => {
    const [partners, queue, calls] = await Promise.all([
      newestPartners(clients.dynamodb, resources.tableName, LISTED_PARTNERS),
      queueDepth(clients, resources.queues.fetch),
      telegram.isStandIn ? telegramCalls(telegram.apiRoot) : null,
    ]);
    return {
      version,
      uptimeSeconds: Math.floor(process.uptime()),
      partners: partners.map(listed),
      queue,
      telegram: calls,
      edge: edge.stats(),
      examples,
    };
  };
}

function listed(partner: Partner): ListedPartner {
  const { urls, ...record } = partnerRecord(partner, '');
  return { ...record, avatarUrl: urls[DEFAULT_SIZE], joinedAtMs: partner.joinedAtMs };
}

async function queueDepth({ sqs }: AwsClients, queue: ProvisionedQueue): Promise<QueueDepth> {
  const attributesOf = async (url: string) => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    return Attributes;
  };
  const [waiting, dead] = await Promise.all([
    attributesOf(queue.url),
    attributesOf(queue.deadLetterUrl),
  ]);
  return {
    visible: Number(waiting.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(waiting.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(waiting.ApproximateNumberOfMessagesDelayed ?? 0),
    deadLetters: Number(dead.ApproximateNumberOfMessages ?? 0),
  };
}

async function telegramCalls(apiRoot: string): Promise<TelegramCalls> {
  const { calls, inFlight } = await readCounters(apiRoot);
  const totals = Object.entries(calls).map(([method, { total }]) => [method, total]);
  return { byMethod: Object.fromEntries(totals), inFlight };
}
