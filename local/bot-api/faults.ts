// The faults in force. A call meets the first one that matches it and is due, and uses it up by one.
import type { CallName } from './call.ts';
import type { Fault, FaultEffect } from './fault.ts';

/** A list of faults, in the order in which they were added. */
export interface Faults {
  add(fault: Fault): void;
  /** The fault that this call meets, counted as met. */
  take(call: CallName, userId: number | undefined): FaultEffect | undefined;
  /** The faults that are not used up, with how many times are left (null: for ever). */
  list(): readonly Fault[];
  clear(): void;
}

interface ArmedFault {
  readonly fault: Fault;
  seen: number;
  left: number;
}

/** No faults yet. */
export function createFaults(): Faults {
  let armed: ArmedFault[] = [];

  return {
    add(fault) {
      const times = fault.times === undefined ? 1 : fault.times;
      armed.push({ fault, seen: 0, left: times ?? Number.POSITIVE_INFINITY });
    },
    take(call, userId) {
      const met = armed.find(
        (candidate) => matches(candidate.fault, call, userId) && due(candidate),
      );
      if (met === undefined) return;
      met.left -= 1;
      armed = armed.filter(({ left }) => left > 0);
      return met.fault;
    },
    list: () =>
      armed.map(({ fault, left }) => ({ ...fault, times: Number.isFinite(left) ? left : null })),
    clear() {
      armed = [];
    },
  };
}

function matches(fault: Fault, call: CallName, userId: number | undefined): boolean {
  return fault.call === call && (fault.userId === undefined || fault.userId === userId);
}

function due(candidate: ArmedFault): boolean {
  candidate.seen += 1;
  return candidate.seen % (candidate.fault.every ?? 1) === 0;
}
