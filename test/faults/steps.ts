// A worker's steps as they cross the wires, and what can happen to it at each: it is held up there, it dies
// there, or it never hears the answer.

import { expect } from 'vitest';
import type { Deployed } from '../lambdas/deployed.ts';
import type { Exchange, Intercept, Wire, WireAnswer } from '../wire.ts';

/** Says whether a request is the step that is meant. */
export type Step = (exchange: Pick<Exchange, 'operation' | 'body'>) => boolean;

/** An update of an item whose expression or condition has this text in it. */
const update =
  (text: string): Step =>
  ({ operation, body }) =>
    operation === 'UpdateItem' && body.includes(text);

/** The steps of a fetch, in their order; `pause` and `release` are those of one that fails. */
export const steps = {
  turn: update(':interval'),
  lease: update('ADD leaseGeneration'),
  put: ({ operation }) => operation.startsWith('PUT '),
  replace: update('replacedPhotoId = '),
  commit: update('SET checkedAtMs = '),
  release: (exchange) =>
    update('REMOVE leaseOwner')(exchange) && update('SET claimedUntilMs')(exchange),
  pause: update('pausedUntilMs = :until'),
} as const satisfies Record<string, Step>;

/** The conditional writes of whoever asks for a photo, and of an erasure. */
export const otherWrites = {
  register: update('joinedAtMs = if_not_exists'),
  claim: (exchange) => update('claimedUntilMs <= :now')(exchange) && !steps.lease(exchange),
  extendClaim: update('claimedUntilMs < :until'),
  entomb: ({ operation, body }) => operation === 'PutItem' && body.includes('erasedAtMs'),
  countObjects: update('objects < :objects'),
  complete: update('completedAtMs'),
  letGo: update('REMOVE erasureId'),
} as const satisfies Record<string, Step>;

/**
 * The worker dies at this step, before or after it was done: from then on nothing of it reaches any store.
 * Its message stays in hand until the queue gives it out again.
 */
export function dies(
  { wires }: Deployed,
  when: 'before' | 'after',
  step: Step,
  { times = 1 } = {},
): void {
  let left = times;
  const byDeath: Intercept = async (exchange) => {
    if (left === 0) return 'cut';
    if (!step(exchange)) return exchange.forward();
    left -= 1;
    if (left > 0) return exchange.forward();
    if (when === 'after') await exchange.forward();
    return 'cut';
  };
  for (const wire of Object.values(wires)) wire.intercept(byDeath);
}

/** Does the first such step and loses its answer; the SDK does it again. */
export function losingTheAnswerOf(step: Step): { readonly by: Intercept; isLost(): boolean } {
  let isLost = false;
  return {
    by: async (exchange) => {
      const answer = await exchange.forward();
      if (isLost || !step(exchange)) return answer;
      isLost = true;
      return 'cut';
    },
    isLost: () => isLost,
  };
}

/** Requests that are held up on their way, in the order in which they came. */
export interface HeldUp {
  /** Waits until so many are held. */
  come(count: number): Promise<void>;
  /** Lets the one with this index, from 0, go on its way. */
  letGo(index: number): void;
}

/**
 * Holds the first `count` of these steps up; whoever comes later is not. An SDK that loses its patience sends the
 * same request again, which is held with the first one.
 */
export function holdUp(wire: Wire, step: Step, count = 1): HeldUp {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  wire.intercept(async (exchange): Promise<WireAnswer> => {
    const { body } = exchange;
    if (step(exchange) && gates.size < count && !gates.has(body)) {
      gates.set(body, Promise.withResolvers());
    }
    await gates.get(body)?.promise;
    return exchange.forward();
  });
  return {
    come: (wanted) => expect.poll(() => gates.size, { interval: 5, timeout: 30_000 }).toBe(wanted),
    letGo: (index) => [...gates.values()][index]?.resolve(),
  };
}
