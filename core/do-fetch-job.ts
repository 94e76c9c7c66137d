// A fetch job from its message to what is to be sent again: is there anything to do, is it this fetch's turn, and
// then the fetch itself.

import { TooLittleTime } from './errors.ts';
import type { FetchJob } from './fetch-job.ts';
import { type FetchOutcome, type FetchPorts, fetchPhoto } from './fetch-photo.ts';
import { type Postponed, postponedAfter, secondsUntil } from './fetch-retry.ts';
import { LEASE_MARGIN_MS, MIN_FETCH_MS } from './lease.ts';
import type { Clock, TelegramBudget } from './ports.ts';
import { refusalBefore, takeTurn } from './take-turn.ts';
import type { Priority } from './telegram-budget.ts';

/** What a job needs of the outside. */
export interface FetchJobPorts extends FetchPorts {
  readonly budget: Pick<TelegramBudget, 'takeTurn'>;
  readonly clock: Clock;
}

/** The invocation that works a message off. */
export interface FetchInvocation {
  /** Unique to this attempt at this message: whoever holds the lease is known by it. */
  readonly owner: string;
  readonly priority: Priority;
  /** How often the message was received, this time included. */
  readonly receives: number;
  /** Milliseconds that are left of the invocation now. */
  remainingMs(): number;
  /** A signal that goes off after so many milliseconds. */
  signalAfter(ms: number): AbortSignal;
}

/** What came of the job; `waits`: its turn is so late that the message waits in the queue. */
export interface DoneFetchJob {
  readonly outcome: FetchOutcome | { readonly kind: 'waits'; readonly delaySeconds: number };
  /** What is to be sent as a new message. */
  readonly again: Postponed | undefined;
}

// Time to release the lease and bring the message back after the signal went off.
const CLEAN_UP_MS = 1_500;

/** Works a message of either fetch queue off. Throws TooLittleTime and what fetchPhoto throws. */
export async function doFetchJob(
  ports: FetchJobPorts,
  job: FetchJob,
  invocation: FetchInvocation,
): Promise<DoneFetchJob> {
  const sparedMs = sufficientMs(invocation) - MIN_FETCH_MS;
  const refusal = await refusalBefore(ports, job);
  if (refusal) return done(ports, job, refusal);
  const turn = await takeTurn(ports, job.avatarId, invocation.priority, sparedMs);
  if (turn.kind === 'waits') return waits(ports, job, turn.untilMs);
  return done(ports, job, await fetchPhoto(ports, job, attemptOf(ports, invocation)));
}

function done({ clock }: FetchJobPorts, job: FetchJob, outcome: FetchOutcome): DoneFetchJob {
  return { outcome, again: postponedAfter(outcome, job, clock.nowMs()) };
}

function waits({ clock }: FetchJobPorts, job: FetchJob, untilMs: number): DoneFetchJob {
  const delaySeconds = secondsUntil(untilMs, clock.nowMs());
  return { outcome: { kind: 'waits', delaySeconds }, again: { job, delaySeconds } };
}

/** The attempt begins after the turn was waited for: its lease lasts as long as the invocation, and a margin. */
function attemptOf({ clock }: FetchJobPorts, invocation: FetchInvocation) {
  const { owner, receives, signalAfter } = invocation;
  const nowMs = clock.nowMs();
  const remainingMs = sufficientMs(invocation);
  return {
    owner,
    receives,
    nowMs,
    leaseUntilMs: nowMs + remainingMs + LEASE_MARGIN_MS,
    signal: signalAfter(remainingMs - CLEAN_UP_MS),
  };
}

function sufficientMs({ remainingMs }: FetchInvocation): number {
  const ms = remainingMs();
  // So, NaN is too little, too.
  if (!(ms >= MIN_FETCH_MS)) throw new TooLittleTime(`${ms} ms are left`);
  return ms;
}
