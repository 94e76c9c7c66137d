// Erasures and evictions as SQS messages.

import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EraseQueue } from '../core/ports.ts';
import { sendJob } from './job-message.ts';

/** The erase queue behind its port. */
export function eraseQueue(client: SQSClient, queueUrl: string): EraseQueue {
  return { send: (job, delaySeconds) => sendJob(client, queueUrl, job, delaySeconds) };
}
