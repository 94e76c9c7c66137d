// Who is under way: registered, and waited for until Telegram has answered. One watch looks for all of them.

import { MAX_RESOLVED } from '../core/partner-record.ts';
import { isOverdue, isThere, PATIENCE_MS } from './arrivals.ts';
import type { CameoApi, RecordSeen } from './cameo-api.ts';
import type { CliClock } from './clock.ts';
import { Unreachable } from './mistake.ts';
import type { Sender } from './sender.ts';
import type { User } from './user-line.ts';

/** What became of a partner; `stopped` is neither there nor given up. */
export type Outcome =
  | { readonly kind: 'there' | 'stopped' }
  | { readonly kind: 'failed'; readonly reason: string };

/** The partners who are waited for. */
export interface UnderWay {
  /** Waits for a partner who was registered just now with this answer. */
  arrival(user: User, record: RecordSeen): Promise<Outcome>;
  /** Looks for everybody about once a second until all is stopped. Throws Mistake and Unreachable. */
  watch(): Promise<void>;
}

// There is nothing to gain by asking more often: a photo takes Telegram some hundred milliseconds at least.
const LOOK_EVERY_MS = 1_000;

interface Traveller {
  readonly user: User;
  readonly askedAtMs: number;
  record: RecordSeen;
  readonly settle: (outcome: Outcome) => void;
}

/** Nobody under way yet; on `stopped` nobody is waited for any more. */
export function nobodyUnderWay(
  {
    api,
    clock,
    sender,
    refreshAgeMs,
  }: { api: CameoApi; clock: CliClock; sender: Sender; refreshAgeMs: number },
  stopped: AbortSignal,
): UnderWay {
  const travellers = new Map<string, Traveller>();
  stopped.addEventListener('abort', () => {
    for (const { settle } of travellers.values()) settle({ kind: 'stopped' });
  });

  const arrival = (user: User, record: RecordSeen) =>
    new Promise<Outcome>((resolve) => {
      const settle = (outcome: Outcome) => {
        travellers.delete(user.userId);
        resolve(outcome);
      };
      travellers.set(user.userId, { user, record, askedAtMs: clock.nowMs(), settle });
      if (stopped.aborted) settle({ kind: 'stopped' });
    });

  const lookFor = async (some: readonly Traveller[]) => {
    const sent = await sender.send(() => api.resolve(some.map(({ user }) => user.userId)));
    if (sent.kind === 'stopped') return;
    // It names only who was registered just now: no line of the list is to blame.
    if (sent.kind === 'refused') {
      throw new Unreachable(`POST /api/partner/resolve is refused (${sent.reason}).`);
    }
    some.forEach((traveller, index) => {
      traveller.record = sent.value[index] ?? traveller.record;
      if (isThere(traveller.record, clock.nowMs(), refreshAgeMs))
        traveller.settle({ kind: 'there' });
    });
  };

  const isLate = ({ record, askedAtMs }: Traveller) =>
    isOverdue(record, { askedAtMs, pausedUntilMs: sender.pausedUntilMs() }, clock.nowMs());

  const giveUp = async (traveller: Traveller) => {
    const { user, record, settle } = traveller;
    if (record.state === 'stored' || record.state === 'none') return settle({ kind: 'there' });
    // Asked once more, since only a registration is told of the fleet's pause.
    const sent = await sender.send(() => api.register(user));
    if (sent.kind === 'stopped') return;
    if (sent.kind === 'refused') return settle({ kind: 'failed', reason: sent.reason });
    if (isThere(sent.value, clock.nowMs(), refreshAgeMs)) return settle({ kind: 'there' });
    if (isLate(traveller)) settle({ kind: 'failed', reason: LATE });
  };

  const watch = async () => {
    while (!stopped.aborted) {
      await clock.sleep(LOOK_EVERY_MS, stopped);
      const all = [...travellers.values()];
      for (let from = 0; from < all.length; from += MAX_RESOLVED) {
        await lookFor(all.slice(from, from + MAX_RESOLVED));
      }
      for (const traveller of [...travellers.values()].filter(isLate)) await giveUp(traveller);
    }
  };

  return { arrival, watch };
}

const LATE = `not there after ${PATIENCE_MS / 60_000} minutes; it is still asked for`;
