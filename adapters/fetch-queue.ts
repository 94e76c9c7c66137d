// Fetch jobs as SQS messages, and back.

import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { isAvatarId } from '../core/avatar-id.ts';
import type { FetchJob } from '../core/fetch-job.ts';
import type { FetchQueue } from '../core/ports.ts';

// SQS delays a message by fifteen minutes at most (SendMessage, DelaySeconds).
const MAX_DELAY_SECONDS = 900;

const jobSchema = v.object({
  avatarId: v.pipe(v.string(), v.check(isAvatarId, 'not an avatarId')),
  checkedBeforeMs: v.pipe(v.number(), v.integer()),
  photoFileId: v.exactOptional(v.string()),
  lostPhotoId: v.exactOptional(v.string()),
});

/** The fetch queue behind its port. */
export function fetchQueue(client: SQSClient, queueUrl: string): FetchQueue {
  return {
    async send(job, delaySeconds = 0) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(job),
          DelaySeconds: Math.min(Math.max(Math.ceil(delaySeconds), 0), MAX_DELAY_SECONDS),
        }),
      );
    },
  };
}

/** Makes a received message visible again after `seconds`, instead of after the queue's visibility time-out. */
export async function bringBackAfter(
  client: SQSClient,
  queueUrl: string,
  receiptHandle: string,
  seconds: number,
): Promise<void> {
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}

/** Reads a message's body. Throws an error that names the first wrong field. */
export function parseFetchJob(body: string): FetchJob {
  return v.parse(jobSchema, JSON.parse(body));
}
