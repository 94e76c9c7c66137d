// Dead letters on their way back to their queues. `redrive` copies and deletes in place of SQS's own move task: only so
// are exactly those letters sent back that the operator was shown, without the old reason, and in the same way at an
// emulator. A letter is deleted when its copy is in the queue; if this command dies between the two, it is sent back
// twice, which costs nothing (docs/faults.md, 41).

import type { SQSClient } from '@aws-sdk/client-sqs';
import {
  bringBack,
  type DeadLetter,
  deleteDeadLetters,
  peekDeadLetters,
  receiveDeadLetters,
  sendBack,
} from '../../adapters/dead-letters.ts';

/** Where dead letters are, and where they belong; the schedule's belong nowhere, since the next run does the same. */
export interface Pile {
  readonly name: string;
  readonly deadLetterUrl: string;
  readonly queueUrl: string | undefined;
  readonly letters: readonly DeadLetter[];
}

/** How many letters of a queue are looked at: looking holds them back from others for that time. */
export const MAX_LETTERS = 1_000;

// Letters that were looked at are back after a second; one that somebody else holds is left for the next time.
const EMPTY_RECEIVES = 4;

/** Looks at the dead letters of a queue. */
export async function pileOf(
  client: SQSClient,
  queue: Pick<Pile, 'name' | 'deadLetterUrl' | 'queueUrl'>,
): Promise<Pile> {
  return { ...queue, letters: await peekDeadLetters(client, queue.deadLetterUrl, MAX_LETTERS) };
}

/** Works off a pile, but for letters that came to it since; how many were. Between two batches it can be stopped. */
export async function workOff(
  client: SQSClient,
  { deadLetterUrl, queueUrl, letters }: Pile,
  stopped: AbortSignal,
  progress: (count: number) => void,
): Promise<number> {
  const left = new Set(letters.map(({ messageId }) => messageId));
  const held = new Map<string, DeadLetter>();
  let emptyReceives = 0;
  try {
    while (left.size > 0 && emptyReceives < EMPTY_RECEIVES && !stopped.aborted) {
      const received = await receiveDeadLetters(client, deadLetterUrl);
      emptyReceives = received.length > 0 ? 0 : emptyReceives + 1;
      for (const letter of received) held.set(letter.messageId, letter);
      const shown = received.filter(({ messageId }) => left.has(messageId));
      if (queueUrl !== undefined) await sendBack(client, queueUrl, shown);
      await deleteDeadLetters(client, deadLetterUrl, shown);
      for (const { messageId } of shown) {
        held.delete(messageId);
        left.delete(messageId);
      }
      progress(shown.length);
    }
  } finally {
    await bringBack(client, deadLetterUrl, [...held.values()]);
  }
  return letters.length - left.size;
}
