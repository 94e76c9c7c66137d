// Whoever acts in the model: one invocation of a function each. Every call of a port waits until the scheduler lets
// it go on, and is done at once then; so an actor is frozen as long as it is not its turn, and dies between two calls.

import type { Scheduler } from 'fast-check';
import type { Clock } from '../../core/ports.ts';
import { NOW } from '../world.ts';

/** One invocation. */
export interface Actor {
  readonly name: string;
  /** Its own clock, which may be wrong. */
  readonly clock: Clock;
  /** Milliseconds that are left of the invocation; Lambda's own count, which is right. */
  remainingMs(): number;
  /** Does something when it is this actor's turn; nothing ever comes of it once the actor is dead. */
  step<T>(label: string, act: () => T | Promise<T>): Promise<T>;
  /** The port with every call a step. */
  through<Port extends object>(name: string, port: Port): Port;
}

/** All actors, and the time in which they act. */
export interface Actors {
  /** The true time. */
  nowMs(): number;
  /** Lets time pass; unless actors may be late, it kills those whose invocation is over. */
  advance(ms: number): void;
  begin(kind: string, timeoutSeconds: number): Actor;
  end(actor: Actor): void;
  /** When the next actor wakes that sleeps, `undefined` if none does. */
  nextWakeMs(): number | undefined;
  /** Kills one of those that live. */
  kill(which: number): void;
  /** Lets one of those that live have no turn any more until all are woken. */
  freeze(which: number): void;
  wakeAll(): void;
}

/** How wrong clocks are, actor after actor; whether actors outlive their invocation; what is done after every step. */
export interface ActingConditions {
  readonly skewsMs: readonly number[];
  readonly isLate: boolean;
  readonly afterStep: (actor: Actor) => void;
}

const NEVER = new Promise<never>(() => {});

/** Actors whose turns the scheduler gives. */
export function modelActors(
  scheduler: Scheduler,
  { skewsMs, isLate, afterStep }: ActingConditions,
): Actors {
  let nowMs = NOW;
  let count = 0;
  const living = new Map<Actor, number>();
  const frozen = new Map<Actor, PromiseWithResolvers<void>>();
  const oneOf = (which: number) => [...living.keys()][which % Math.max(living.size, 1)];
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];

  function sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    sleepers.push({ untilMs: nowMs + ms, wake: resolve });
    return promise;
  }

  return {
    nowMs: () => nowMs,

    advance(ms) {
      nowMs += ms;
      for (const [actor, endMs] of living) if (!isLate && endMs <= nowMs) living.delete(actor);
      const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
      sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs);
      for (const { wake } of due) wake();
    },

    nextWakeMs: () =>
      sleepers.length > 0 ? Math.min(...sleepers.map(({ untilMs }) => untilMs)) : undefined,

    begin(kind, timeoutSeconds) {
      const skewMs = skewsMs[count % skewsMs.length] ?? 0;
      count += 1;
      const endMs = nowMs + timeoutSeconds * 1000;
      const actor: Actor = {
        name: `${kind} ${count}`,
        clock: { nowMs: () => nowMs + skewMs, sleep },
        remainingMs: () => (isLate ? timeoutSeconds * 1000 : endMs - nowMs),
        step: async (label, act) => {
          do {
            await frozen.get(actor)?.promise;
            await scheduler.schedule(Promise.resolve(), `${actor.name}: ${label}`);
          } while (frozen.has(actor));
          if (!living.has(actor)) return NEVER;
          const result = await act();
          afterStep(actor);
          return result;
        },
        through: (name, port) => {
          const calls = Object.entries(port).map(([method, call]) => [
            method,
            (...given: unknown[]) => actor.step(`${name}.${method}`, () => call(...given)),
          ]);
          return Object.fromEntries(calls);
        },
      };
      living.set(actor, endMs);
      return actor;
    },

    end: (actor) => {
      living.delete(actor);
    },

    kill(which) {
      const victim = oneOf(which);
      if (victim) living.delete(victim);
    },

    freeze(which) {
      const victim = oneOf(which);
      if (victim && !frozen.has(victim)) frozen.set(victim, Promise.withResolvers());
    },

    wakeAll() {
      const sleeping = [...frozen.values()];
      frozen.clear();
      for (const { resolve } of sleeping) resolve();
    },
  };
}
