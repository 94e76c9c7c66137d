// Erasures and evictions as SQS messages.

import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EraseQueue } from '../core/ports.ts';
import { type RequestId, sendJob } from './job-message.ts';

/** The erase queue behind its port; its messages bear the id of the request, if there is one. */
export function eraseQueue(
  client: SQSClient,
  queueUrl: string,
  requestId: RequestId = () => undefined,
): EraseQueue {
  return {
    send: (job, delaySeconds) => sendJob(client, queueUrl, job, { delaySeconds, requestId }),
  };
}
