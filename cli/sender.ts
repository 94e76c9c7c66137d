// Sends each request until it is answered: waits out the fleet's pause with all others, and outages by itself.

import type { Answer } from './cameo-api.ts';
import type { CliClock } from './clock.ts';
import { Unreachable } from './mistake.ts';
import { retryDelayMs } from './retry.ts';

/** The end of a request: `stopped` was not sent, or not again. */
export type Sent<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** Sends for all partners of an import. */
export interface Sender {
  /**
   * Throws Unreachable where one request fails so often that it is given up, and none was answered in the
   * meantime. One that alone fails is refused.
   */
  send<Value>(request: () => Promise<Answer<Value>>): Promise<Sent<Value>>;
  /** Until when nothing is sent; in the past where there is no pause. */
  pausedUntilMs(): number;
  /** Why the last request was in vain; `undefined` when one was answered since. */
  trouble(): string | undefined;
}

// A server that asks for no time at all must not be asked in a tight loop.
const MIN_PAUSE_MS = 1_000;

/** A sender that sends nothing more, and waits for nothing, once it is stopped. */
export function senderUntil(stopped: AbortSignal, clock: CliClock): Sender {
  let pausedUntilMs = 0;
  let trouble: string | undefined;
  let answers = 0;

  const pauseIsOver = async () => {
    for (let nowMs = clock.nowMs(); nowMs < pausedUntilMs; nowMs = clock.nowMs()) {
      if (stopped.aborted) return;
      await clock.sleep(pausedUntilMs - nowMs, stopped);
    }
  };

  const pauseFor = (ms: number) => {
    pausedUntilMs = Math.max(pausedUntilMs, clock.nowMs() + Math.max(ms, MIN_PAUSE_MS));
  };

  const send = async <Value>(request: () => Promise<Answer<Value>>): Promise<Sent<Value>> => {
    const answersBefore = answers;
    for (let failures = 0; ; ) {
      await pauseIsOver();
      if (stopped.aborted) return { kind: 'stopped' };
      const answer = await request();
      if (answer.kind === 'ok' || answer.kind === 'refused') {
        answers += 1;
        trouble = undefined;
        return answer;
      }
      if (answer.kind === 'paused') {
        pauseFor(answer.forMs);
        continue;
      }
      failures += 1;
      trouble = answer.reason;
      const delayMs = retryDelayMs(failures, answer.askedForMs);
      if (delayMs === undefined) return givenUp(answer.reason, failures, answers > answersBefore);
      await clock.sleep(delayMs, stopped);
    }
  };

  return { send, pausedUntilMs: () => pausedUntilMs, trouble: () => trouble };
}

/** Where others were answered meanwhile, this one is to blame; else nobody is, and going on is no use. */
function givenUp(reason: string, failures: number, othersWereAnswered: boolean): Sent<never> {
  if (othersWereAnswered) return { kind: 'refused', reason: `${reason}, ${failures} times` };
  throw new Unreachable(`${reason}, ${failures} times: see whether Cameo is up.`);
}
