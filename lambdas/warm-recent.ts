// Box "warm-recent": the schedule's function. It asks for what the newest partners lack, and fetches nothing itself.

import type { Context } from 'aws-lambda';
import { fetchQueue } from '../adapters/fetch-queue.ts';
import { partnerDirectory } from '../adapters/partner-directory.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { refreshAgeMsOf } from '../core/freshness.ts';
import { functions } from '../core/topology.ts';
import { type WarmPorts, warmRecent } from '../core/warm-recent.ts';
import { dynamoDbClient, sqsClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { log } from './log.ts';
import { currentRequestId, inNameOf } from './request-id.ts';

const environment = environmentOf(functions.warmRecent.environment);
const dynamodb = dynamoDbClient();

const ports: WarmPorts = {
  directory: partnerDirectory(dynamodb, environment.TABLE_NAME),
  table: partnerTable(dynamodb, environment.TABLE_NAME),
  queue: fetchQueue(sqsClient(), environment.WARM_QUEUE_URL, currentRequestId),
  clock: systemClock,
  refreshAgeMs: refreshAgeMsOf(Number(environment.REFRESH_HOURS)),
};

/**
 * The Lambda handler. What it throws is tried again by Lambda's asynchronous invocation, and ends in the
 * schedule's dead-letter queue (lib/schedule.ts). The schedule ignores the answer; local mode shows it.
 */
export function handler(_event: unknown, context: Context): ReturnType<typeof warmRecent> {
  return inNameOf(context.awsRequestId, context, async () => {
    const done = await warmRecent(ports, Number(environment.WARM_PARTNERS));
    await log('info', 'warm', done);
    return done;
  });
}
