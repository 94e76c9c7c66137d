// SQS in memory: delays, visibility, receives, a dead-letter queue, and a message that comes more often than it should.

import type { EraseJob } from '../../core/erase-job.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import { type QueueName, queues } from '../../core/topology.ts';

/** A message, deleted or not. */
export interface ModelMessage {
  readonly id: string;
  readonly queue: QueueName;
  readonly job: FetchJob | EraseJob;
  visibleAtMs: number;
  receives: number;
  state: 'waiting' | 'deleted' | 'dead letter';
}

/** The queues; `receive` is given every message that is due. */
export interface ModelQueues {
  readonly messages: readonly ModelMessage[];
  send(queue: QueueName, job: FetchJob | EraseJob, delaySeconds?: number): void;
  /** Gives out what is visible now. */
  deliver(): void;
  /** Delivers a message once more, whatever became of it. */
  repeat(which: number): void;
  /** When the next message is visible, `undefined` if none waits. */
  nextMs(): number | undefined;
}

// SQS's longest delay.
const MAX_DELAY_SECONDS = 900;

/** Empty queues. */
export function modelQueues(
  nowMs: () => number,
  receive: (message: ModelMessage) => void,
): ModelQueues {
  const messages: ModelMessage[] = [];
  const waiting = () => messages.filter(({ state }) => state === 'waiting');

  function give(message: ModelMessage): void {
    const { visibilityTimeoutSeconds } = queues[message.queue];
    message.visibleAtMs = nowMs() + visibilityTimeoutSeconds * 1000;
    message.receives += 1;
    receive(message);
  }

  function deliver(): void {
    for (const message of waiting().filter(({ visibleAtMs }) => visibleAtMs <= nowMs())) {
      if (message.receives < queues[message.queue].maxReceiveCount) give(message);
      else message.state = 'dead letter';
    }
  }

  return {
    messages,
    deliver,

    send(queue, job, delaySeconds = 0) {
      const delayMs = Math.min(Math.ceil(delaySeconds), MAX_DELAY_SECONDS) * 1000;
      messages.push({
        id: `message ${messages.length + 1}`,
        queue,
        job,
        visibleAtMs: nowMs() + delayMs,
        receives: 0,
        state: 'waiting',
      });
      deliver();
    },

    repeat(which) {
      const message = messages[which % Math.max(messages.length, 1)];
      if (message) receive(message);
    },

    nextMs: () => {
      const due = waiting().map(({ visibleAtMs }) => visibleAtMs);
      return due.length > 0 ? Math.min(...due) : undefined;
    },
  };
}
