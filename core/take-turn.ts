// Before a fetch begins: its place in the fleet's row. A short wait is spent here, so that a queue with much in
// it is held back; a long one is the message's, which comes back when it is over.

import { CLAIM_MS } from './lease.ts';
import type { Clock, PartnerTable, TelegramBudget } from './ports.ts';
import type { Priority, Turn } from './telegram-budget.ts';

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

// Asking for a place costs a write, and a worker of ten that wait for the same one gets it.
const CROWDED_WAIT_MS = 1_000;

// A row that stays full all through a worker's patience is long: what waits in the queue costs a message each time.
const CROWDED_DELAY_MS = 15_000;

/**
 * Waits for the turn of a partner's fetch, `sparedMs` at most. Where the message has to wait instead, or a pause
 * has to end, the claim lasts as long, so that viewers of a photo that nobody may ask for do not send one
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
    if (turn.kind === 'granted' && turn.startAtMs <= sparedUntilMs) {
      if (turn.startAtMs > nowMs) await clock.sleep(turn.startAtMs - nowMs);
      return { kind: 'begin' };
    }
    const nextMs = nextAskMs(turn, nowMs);
    const isWorthWaiting = turn.kind !== 'granted' && nextMs <= patientUntilMs;
    const untilMs = turn.kind === 'crowded' ? nowMs + CROWDED_DELAY_MS : nextMs;
    if (turn.kind === 'paused' || !isWorthWaiting) {
      await table.extendClaim(avatarId, untilMs + CLAIM_MS);
    }
    if (!isWorthWaiting) return { kind: 'waits', untilMs };
    await clock.sleep(nextMs - nowMs);
  }
}

/** A slot that was given too late for this invocation is lost; its moment is as good as any for the message. */
function nextAskMs(turn: Turn, nowMs: number): number {
  if (turn.kind === 'granted') return turn.startAtMs;
  return turn.kind === 'paused' ? turn.untilMs : Math.max(turn.untilMs, nowMs + CROWDED_WAIT_MS);
}
