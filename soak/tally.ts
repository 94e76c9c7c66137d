// What was asked and what came back, by kind of request and by kind of answer; and whatever must not be.

import type { Answer } from '../bench/http-client.ts';
import { PAUSED_TITLE } from '../core/errors.ts';

/** One kind of request: how often it was asked, and how often each answer came. */
export interface KindTally {
  asked: number;
  readonly answers: Map<string, number>;
  longestMs: number;
}

/** The tally of a run. */
export interface Tally {
  readonly kinds: ReadonlyMap<string, KindTally>;
  /** 5xx that a client saw, the announced pause of a list left out. */
  serverErrors(): number;
  answered(kind: string, answer: Answer, tookMs: number): void;
  /** Nobody answered; `wasDown`: the process was killed before or meanwhile. */
  unanswered(kind: string, wasDown: boolean, why: string): void;
  /** Writes something down that must not be; it fails the run. */
  problem(text: string): void;
  readonly problems: readonly string[];
}

/** Nothing asked yet. */
export function createTally(): Tally {
  const kinds = new Map<string, KindTally>();
  const problems: string[] = [];
  let serverErrors = 0;

  function count(kind: string, answer: string): KindTally {
    const tally = kinds.get(kind) ?? { asked: 0, answers: new Map(), longestMs: 0 };
    kinds.set(kind, tally);
    tally.asked++;
    tally.answers.set(answer, (tally.answers.get(answer) ?? 0) + 1);
    return tally;
  }

  return {
    kinds,
    problems,
    serverErrors: () => serverErrors,
    answered(kind, answer, tookMs) {
      const tally = count(kind, labelOf(answer));
      tally.longestMs = Math.max(tally.longestMs, tookMs);
      if (answer.status < 500 || isPaused(answer)) return;
      serverErrors++;
      problems.push(`${kind}: ${answer.status} ${answer.body.toString('utf8').slice(0, 200)}`);
    },
    unanswered(kind, wasDown, why) {
      count(kind, wasDown ? 'unanswered while down' : 'unanswered');
      if (!wasDown) problems.push(`${kind}: no answer (${why})`);
    },
    problem: (text) => problems.push(text),
  };
}

/** A list is told to come back later while Telegram wants a pause: that is no outage. */
export function isPaused({ status, body }: Answer): boolean {
  return status === 503 && body.includes(`"${PAUSED_TITLE}"`);
}

/** `photo`, `placeholder: pending`, `304`, `202`, `503 paused`. */
function labelOf(answer: Answer): string {
  const { status, headers } = answer;
  const avatar = headers['x-avatar'];
  if (status === 302) return avatar ? `placeholder: ${avatar}` : 'to the current photo';
  if (status === 200 && headers['content-type'] === 'image/webp') return 'photo';
  return isPaused(answer) ? '503 paused' : String(status);
}
