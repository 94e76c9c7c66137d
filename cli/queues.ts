// The queues of a Cameo: where they are, and how they stand.

import { messagesIn, type QueueDepth, queueDepth } from '../adapters/queue-depth.ts';
import type { Outputs } from '../core/outputs.ts';
import type { QueueName } from '../core/topology.ts';
import type { Deployment } from './deployment.ts';

/** A queue and where its messages go that were given up. */
export interface QueueUrls {
  readonly url: string;
  readonly deadLetterUrl: string;
}

/** The queues of jobs by name; runs of the schedule have no queue, only dead letters. */
export function queueUrls(outputs: Outputs): Readonly<Record<QueueName, QueueUrls>> {
  return {
    fetch: { url: outputs.FetchQueueUrl, deadLetterUrl: outputs.FetchDeadLetterUrl },
    warm: { url: outputs.WarmQueueUrl, deadLetterUrl: outputs.WarmDeadLetterUrl },
    erase: { url: outputs.EraseQueueUrl, deadLetterUrl: outputs.EraseDeadLetterUrl },
  };
}

/** How the queues stand. */
export interface QueueStates {
  readonly queues: Readonly<Record<QueueName, QueueDepth & { readonly deadLetters: number }>>;
  readonly schedule: { readonly deadLetters: number };
}

/** Reads how they stand. */
export async function queueStates({ clients, outputs }: Deployment): Promise<QueueStates> {
  const depthOf = (url: string) => queueDepth(clients.sqs, url);
  const states = Object.entries(queueUrls(outputs)).map(async ([name, { url, deadLetterUrl }]) => {
    const [depth, dead] = await Promise.all([depthOf(url), depthOf(deadLetterUrl)]);
    return [name, { ...depth, deadLetters: messagesIn(dead) }] as const;
  });
  const [schedule, queues] = await Promise.all([
    depthOf(outputs.ScheduleDeadLetterUrl),
    Promise.all(states),
  ]);
  return {
    queues: Object.fromEntries(queues) as QueueStates['queues'],
    schedule: { deadLetters: messagesIn(schedule) },
  };
}
