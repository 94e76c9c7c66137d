// Before a fetch begins: whether there is anything to do, and its place in the fleet's row. A short wait is spent
// here, so that a queue with much in it is held back; a long one is the message's, which comes back when it is over.

import { erasureOverAtMs } from './erasure.ts';
import type { FetchJob } from './fetch-job.ts';
import { CLAIM_MS, type LeaseRefusal } from './lease.ts';
import type { Clock, PartnerTable, TelegramBudget } from './ports.ts';
import type { Priority, Turn } from './telegram-budget.ts';

/**
 * What the lease would be refused for, told before a turn is taken: a message that comes twice must not cost the
 * others a place in the row. `undefined` where there is something to fetch. A partner whose erasure is not over is
 * claimed for as long as the message waits, so that viewers do not send one message after the other.
 */
export async function refusalBefore(
  {
    table,
    clock,
  }: { table: Pick<PartnerTable, 'get' | 'extendClaim'>; clock: Pick<Clock, 'nowMs'> },
  { avatarId, checkedBeforeMs }: FetchJob,
): Promise<LeaseRefusal | undefined> {
  const partner = await table.get(avatarId);
  if (!partner) return { kind: 'unknown' };
  const { erasingSinceMs, checkedAtMs = 0 } = partner;
  if (erasingSinceMs !== undefined) {
    const untilMs = erasureOverAtMs(erasingSinceMs, clock.nowMs());
    await table.extendClaim(avatarId, untilMs + CLAIM_MS);
    return { kind: 'busy', untilMs };
  }
  return checkedAtMs >= checkedBeforeMs ? { kind: 'fresh' } : undefined;
}

/** What taking a turn needs of the outside. */
export interface TurnPorts {
  readonly budget: Pick<TelegramBudget, 'takeTurn'>;
  readonly table: Pick<PartnerTable, 'extendClaim'>;
  readonly clock: Clock;
}

/** A fetch whose turn has come, or the moment before which it is no use to ask. */
export type TurnOutcome =
  | { readonly kind: 'begin' }
  | { readonly kind: 'waits'; readonly untilMs: number };

// A worker's time-out is 20 s: waiting leaves most of it for the fetch.
const PATIENCE_MS = 8_000;

// Asking for a place costs a write, and of ten workers that wait for the same place one gets it.
const CROWDED_WAIT_MS = 1_000;

// A row that stays full all through a worker's patience is long: what waits in the queue costs a message each time.
const CROWDED_DELAY_MS = 15_000;

/**
 * Waits for the turn of a partner's fetch, `sparedMs` at most. Where a miss has to wait in the queue instead, or a
 * pause has to end, the claim lasts as long, so that viewers of a photo that nobody may ask for do not send one
 * message after the other. Throws what the table throws: without a turn there is no fetch.
 */
export async function takeTurn(
  { budget, table, clock }: TurnPorts,
  avatarId: string,
  priority: Priority,
  sparedMs: number,
): Promise<TurnOutcome> {
  const sparedUntilMs = clock.nowMs() + sparedMs;
  const patientUntilMs = Math.min(clock.nowMs() + PATIENCE_MS, sparedUntilMs);
  for (;;) {
    const nowMs = clock.nowMs();
    const turn = await budget.takeTurn(priority, nowMs);
    const nextMs = nextAskMs(turn, nowMs);
    if (turn.kind === 'granted' && nextMs <= sparedUntilMs) {
      if (nextMs > nowMs) await clock.sleep(nextMs - nowMs);
      return { kind: 'begin' };
    }
    const isWorthWaiting = nextMs <= patientUntilMs;
    const untilMs = turn.kind === 'crowded' ? nowMs + CROWDED_DELAY_MS : nextMs;
    if (blocksViewers(turn, priority, isWorthWaiting)) {
      await table.extendClaim(avatarId, untilMs + CLAIM_MS);
    }
    if (!isWorthWaiting) return { kind: 'waits', untilMs };
    await clock.sleep(nextMs - nowMs);
  }
}

/** Whether viewers may not ask meanwhile. A message that gives way to them must not be what holds them back. */
function blocksViewers(turn: Turn, priority: Priority, isWorthWaiting: boolean): boolean {
  if (turn.kind === 'paused') return true;
  return !isWorthWaiting && priority === 'miss';
}

/** A slot that was given too late for this invocation is lost; its moment is as good as any for the message. */
function nextAskMs(turn: Turn, nowMs: number): number {
  if (turn.kind === 'granted') return turn.startAtMs;
  return turn.kind === 'paused' ? turn.untilMs : Math.max(turn.untilMs, nowMs + CROWDED_WAIT_MS);
}
