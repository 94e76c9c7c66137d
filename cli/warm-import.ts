// The import itself: as many partners as it may have are under way at the same time, each in the hands of one
// bringer, who takes the next line when its partner is there. So the warm queue never holds more than those,
// and who stops the import has stopped it.

import { isThere } from './arrivals.ts';
import type { CameoApi } from './cameo-api.ts';
import type { CliClock } from './clock.ts';
import { type Sender, senderUntil } from './sender.ts';
import { nobodyUnderWay, type Outcome } from './under-way.ts';
import type { GoodLine, User, UserLine } from './user-line.ts';

/** What an import needs of the outside, and whom it tells. */
export interface ImportPorts {
  readonly api: CameoApi;
  readonly clock: CliClock;
  /** How long an answer of Telegram's is good. */
  readonly refreshAgeMs: number;
  readonly arrived: (userId: string) => void;
  readonly failed: (line: UserLine, reason: string) => void;
}

/** What is to be imported. */
export interface ImportPlan {
  readonly lines: AsyncIterator<UserLine>;
  /** Ids that are left out: those who arrived earlier; whoever is taken in hand is added. */
  readonly seen: Set<string>;
  /** Partners who are under way at the same time. */
  readonly concurrency: number;
}

/** An import that runs. */
export interface RunningImport extends Pick<Sender, 'pausedUntilMs' | 'trouble'> {
  /** Settles when all lines are, or when the import was stopped. Rejects with Mistake and Unreachable. */
  readonly ended: Promise<unknown>;
}

/** Starts an import. On `stopped` what is being sent is finished, and nothing else is begun. */
export function startImport(
  { api, clock, refreshAgeMs, arrived, failed }: ImportPorts,
  { lines, seen, concurrency }: ImportPlan,
  stopped: AbortSignal,
): RunningImport {
  const ending = new AbortController();
  const halted = AbortSignal.any([stopped, ending.signal]);
  const sender = senderUntil(halted, clock);
  const underWay = nobodyUnderWay({ api, clock, sender, refreshAgeMs }, halted);

  const outcomeOf = async (user: User): Promise<Outcome> => {
    const sent = await sender.send(() => api.register(user));
    if (sent.kind === 'stopped') return { kind: 'stopped' };
    if (sent.kind === 'refused') return { kind: 'failed', reason: sent.reason };
    if (isThere(sent.value, clock.nowMs(), refreshAgeMs)) return { kind: 'there' };
    return underWay.arrival(user, sent.value);
  };

  const bring = async (line: GoodLine) => {
    const { userId } = line.user;
    if (seen.has(userId)) return;
    seen.add(userId);
    const outcome = await outcomeOf(line.user);
    if (outcome.kind === 'there') arrived(userId);
    if (outcome.kind === 'failed') failed(line, outcome.reason);
  };

  const bringer = async () => {
    while (!halted.aborted) {
      const { done, value: line } = await lines.next();
      if (done) return;
      if (line.kind === 'user') await bring(line);
      else failed(line, line.reason);
    }
  };

  const end = () => ending.abort();
  const bringers = Promise.all(Array.from({ length: concurrency }, bringer)).finally(end);
  return { ended: Promise.all([bringers, underWay.watch().finally(end)]), ...sender };
}
