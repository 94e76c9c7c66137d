// The answers of serve-photo as metrics: what came of each, and how long it took.

import { type Count, type DimensionsOf, HITS } from '../core/metrics.ts';
import type { Clock } from '../core/ports.ts';
import type { ServedPhoto } from '../core/serve-photo.ts';

type Answer = DimensionsOf<'Answers'>['Answer'];

/** An answer that is being worked on. */
export interface CountedAnswer {
  /** A clock for whoever may wait: the time of an answer counts from the last look on. */
  readonly clock: Clock;
  /** Counts it, when it is known. */
  is(answer: Answer): void;
}

const IS_HIT: ReadonlySet<Answer> = new Set(HITS);

/** Begins to take the time. */
export function countedAnswer(count: Count, clock: Clock): CountedAnswer {
  let beganAtMs = performance.now();
  return {
    clock: {
      nowMs: clock.nowMs,
      sleep: async (ms) => {
        await clock.sleep(ms);
        beganAtMs = performance.now();
      },
    },
    is: (Answer) => {
      count('Answers', 1, { Answer });
      const Kind = IS_HIT.has(Answer) ? 'hit' : 'miss';
      count('AnswerTime', performance.now() - beganAtMs, { Kind });
    },
  };
}

/** What was served, as it is counted. */
export function answerOf(served: ServedPhoto): Answer {
  if (served.kind === 'photo') return `hit-${served.tier}`;
  return served.kind === 'miss' ? served.reason : served.kind;
}
