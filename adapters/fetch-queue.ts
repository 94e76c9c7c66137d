// Fetch jobs as SQS messages.

import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { FetchJob } from '../core/fetch-job.ts';
import type { FetchQueue, FetchQueues } from '../core/ports.ts';
import { batchesOf, type RequestId, requestAttribute, sendJob } from './job-message.ts';

/** A queue of fetches behind its port; its messages bear the id of the request, if there is one. */
export function fetchQueue(
  client: SQSClient,
  queueUrl: string,
  requestId: RequestId = () => undefined,
): FetchQueue {
  return {
    send: (job, delaySeconds) => sendJob(client, queueUrl, job, { delaySeconds, requestId }),

    async sendAll(jobs) {
      const left = batchesOf(jobs).map((batch) => sendBatch(client, queueUrl, batch, requestId));
      return (await Promise.all(left)).flat();
    },
  };
}

/** Both queues of fetches, by the names that a function's environment has for them. */
export function fetchQueues(
  client: SQSClient,
  urls: { readonly FETCH_QUEUE_URL: string; readonly WARM_QUEUE_URL: string },
  requestId: RequestId,
): FetchQueues {
  return {
    fetch: fetchQueue(client, urls.FETCH_QUEUE_URL, requestId),
    warm: fetchQueue(client, urls.WARM_QUEUE_URL, requestId),
  };
}

/** Sends ten at most; those that SQS refuses, which it says inside a 200. */
async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  jobs: readonly FetchJob[],
  requestId: RequestId,
): Promise<FetchJob[]> {
  const MessageAttributes = requestAttribute(requestId);
  const { Failed = [] } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: jobs.map((job, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(job),
        MessageAttributes,
      })),
    }),
  );
  return Failed.flatMap(({ Id }) => jobs[Number(Id)] ?? []);
}
