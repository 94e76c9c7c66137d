// How Telegram's photo is asked for: by whoever wins the claim, and never at the cost of an answer.

import type { FetchJob } from './fetch-job.ts';
import { isDue, staleBeforeMs } from './freshness.ts';
import { CLAIM_MS } from './lease.ts';
import type { Partner } from './partner.ts';
import type { Clock, FetchQueue, PartnerTable } from './ports.ts';

/** What asking for a photo needs of the outside. */
export interface AskPorts {
  readonly table: Pick<PartnerTable, 'claim' | 'unclaim'>;
  readonly queue: FetchQueue;
  readonly clock: Clock;
}

/**
 * Asks the queue for a partner's photo unless somebody just did. Of any number of callers one wins the
 * claim and sends; if it dies in between, the claim runs out and the next caller asks.
 */
export async function askForPhoto(ports: AskPorts, partner: Partner, job: FetchJob): Promise<void> {
  const nowMs = ports.clock.nowMs();
  if ((partner.claimedUntilMs ?? 0) > nowMs) return;
  const untilMs = nowMs + CLAIM_MS;
  if (await ports.table.claim(partner.avatarId, nowMs, untilMs)) {
    await sendClaimed(ports, job, untilMs);
  }
}

/** Sends as the holder of the claim; where the queue does not take the message, the next caller may ask at once. */
export async function sendClaimed(
  { table, queue }: Pick<AskPorts, 'table' | 'queue'>,
  job: FetchJob,
  claimUntilMs: number,
): Promise<void> {
  try {
    await queue.send(job);
  } catch (error) {
    await table.unclaim(job.avatarId, claimUntilMs).catch(() => undefined);
    throw error;
  }
}

/** What asking on a viewer's behalf needs besides. */
export interface QuietAskPorts extends AskPorts {
  /** Told of an outage that the viewer was spared. */
  readonly report: (error: unknown) => Promise<void> | void;
}

/** Asks for a photo that is due; `pending` unless even that failed. */
export async function askIfDue(
  ports: QuietAskPorts,
  partner: Partner,
): Promise<'pending' | 'limited'> {
  const nowMs = ports.clock.nowMs();
  if (!isDue(partner, nowMs)) return 'pending';
  const { avatarId } = partner;
  return askQuietly(ports, partner, {
    avatarId,
    checkedBeforeMs: staleBeforeMs(avatarId, nowMs),
  });
}

/** Asking is for later viewers: if it fails, this one is still answered. */
export async function askQuietly(
  ports: QuietAskPorts,
  partner: Partner,
  job: FetchJob,
): Promise<'pending' | 'limited'> {
  try {
    await askForPhoto(ports, partner, job);
    return 'pending';
  } catch (error) {
    await ports.report(error);
    return 'limited';
  }
}
