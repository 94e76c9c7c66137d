// How Telegram's photo is asked for: by whoever wins the claim, and never at the cost of an answer.

import type { FetchJob } from './fetch-job.ts';
import { isDue, staleBeforeMs } from './freshness.ts';
import { CLAIM_MS } from './lease.ts';
import { type Partner, photoStateOf } from './partner.ts';
import type { Clock, FetchQueue, FetchQueues, PartnerTable } from './ports.ts';

/** What asking for a photo needs of the outside. */
export interface AskPorts {
  readonly table: Pick<PartnerTable, 'claim' | 'unclaim'>;
  readonly queues: FetchQueues;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What asking for a photo that is due needs besides. */
export interface AskDuePorts extends AskPorts {
  /** How long an answer of Telegram's is good, before jitter (core/freshness.ts). */
  readonly refreshAgeMs: number;
}

/**
 * Asks the queue for a partner's photo unless somebody just did. Of any number of callers one wins the
 * claim and sends; if it dies in between, the claim runs out and the next caller asks.
 */
export async function askForPhoto(
  { table, queues, clock }: AskPorts,
  partner: Partner,
  job: FetchJob,
): Promise<void> {
  const nowMs = clock.nowMs();
  const untilMs = nowMs + CLAIM_MS;
  if (!(await winsClaim(table, partner, nowMs, untilMs))) return;
  await sendClaimed(
    { table, queue: queues[queueFor(partner, job.lostPhotoId !== undefined)] },
    job,
    untilMs,
  );
}

async function winsClaim(
  table: AskPorts['table'],
  { avatarId, claimedUntilMs = 0 }: Partner,
  nowMs: number,
  untilMs: number,
): Promise<boolean> {
  return claimedUntilMs <= nowMs && (await table.claim(avatarId, nowMs, untilMs));
}

/** The same queue for all: nobody waits for these photos, not even for the missing ones. */
export function behindAll(warm: FetchQueue): FetchQueues {
  return { fetch: warm, warm };
}

/** Who sees a photo that is merely old can wait; who sees none, or one that is lost, does wait. */
export function queueFor(partner: Partner, isLost: boolean): keyof FetchQueues {
  return isLost || photoStateOf(partner) === 'pending' ? 'fetch' : 'warm';
}

/** Sends as the holder of the claim; where the queue does not take the message, the next caller may ask at once. */
export async function sendClaimed(
  { table, queue }: { readonly table: Pick<PartnerTable, 'unclaim'>; readonly queue: FetchQueue },
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
export interface QuietAskPorts extends AskDuePorts {
  /** Told of an outage that the viewer was spared. */
  readonly report: (error: unknown) => Promise<void> | void;
}

/** Asks for a photo that is due; `pending` unless even that failed. */
export async function askIfDue(
  ports: QuietAskPorts,
  partner: Partner,
): Promise<'pending' | 'limited'> {
  const nowMs = ports.clock.nowMs();
  if (!isDue(partner, nowMs, ports.refreshAgeMs)) return 'pending';
  return askQuietly(ports, partner, dueJob(partner, nowMs, ports.refreshAgeMs));
}

/** The job of a photo that is due. */
export function dueJob(
  { avatarId }: Pick<Partner, 'avatarId'>,
  nowMs: number,
  refreshAgeMs: number,
): FetchJob {
  return { avatarId, checkedBeforeMs: staleBeforeMs(avatarId, nowMs, refreshAgeMs) };
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

/** Sends as the holder of all these claims; the number of jobs that the queue took. */
async function sendAllClaimed(
  { table, queue }: { readonly table: Pick<PartnerTable, 'unclaim'>; readonly queue: FetchQueue },
  jobs: readonly FetchJob[],
  claimUntilMs: number,
): Promise<number> {
  const giveBack = (those: readonly FetchJob[]) =>
    Promise.all(those.map(({ avatarId }) => table.unclaim(avatarId, claimUntilMs)));
  try {
    const refused = await queue.sendAll(jobs);
    await giveBack(refused);
    return jobs.length - refused.length;
  } catch (error) {
    // Some may have been sent: asked for twice, they are fetched once.
    await giveBack(jobs).catch(() => undefined);
    throw error;
  }
}

/**
 * Asks for the photos of all these partners that are due, in one batch for each queue; the number of those
 * asked for. What a queue does not take is left to the next who asks. Throws what the table throws.
 */
export async function askForAllDue(
  { table, queues, clock, refreshAgeMs }: AskDuePorts,
  partners: readonly Partner[],
): Promise<number> {
  const nowMs = clock.nowMs();
  const untilMs = nowMs + CLAIM_MS;
  const due = partners.filter((partner) => isDue(partner, nowMs, refreshAgeMs));
  const claims = await Promise.all(due.map((partner) => winsClaim(table, partner, nowMs, untilMs)));
  const claimed = due.filter((_, index) => claims[index]);
  const counts = await Promise.all(
    (['fetch', 'warm'] as const).map(async (name) => {
      const asked = claimed.filter((partner) => queueFor(partner, false) === name);
      const jobs = asked.map((partner) => dueJob(partner, nowMs, refreshAgeMs));
      return sendAllClaimed({ table, queue: queues[name] }, jobs, untilMs);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
