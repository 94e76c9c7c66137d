// Why dead letters are dead, for a person who decides whether they may go back.

import * as v from 'valibot';
import type { DeadLetter } from '../../adapters/dead-letters.ts';
import { NO_REASON } from '../inspect/advice.ts';
import { plainText } from '../plain-text.ts';

/** How many died of the same. */
export interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

// What Lambda sends of a run that failed (AWS Lambda, "Retaining records of asynchronous invocations").
const failedRunSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ responsePayload: v.object({ errorType: v.string(), errorMessage: v.string() }) }),
);

/** The reasons, the most frequent first. */
export function reasonsOf(letters: readonly DeadLetter[]): ReasonCount[] {
  const counts = new Map<string, number>();
  for (const letter of letters) {
    const reason = plainText(reasonOf(letter));
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((one, other) => other.count - one.count);
}

/** The worker's reason, or that of a failed run: Lambda's, or that of a Scheduler that could not start it. */
function reasonOf({ reason, body, attributes }: DeadLetter): string {
  const told = reason ?? attributes.ERROR_MESSAGE?.StringValue;
  if (told !== undefined) return told;
  const { success, output } = v.safeParse(failedRunSchema, body);
  if (!success) return NO_REASON;
  return `${output.responsePayload.errorType}: ${output.responsePayload.errorMessage}`;
}
