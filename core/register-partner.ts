// A partner joins, or is told of again: one write, and one message unless Telegram was asked lately.

import { askForPhoto, behindAll, dueJob, queueFor, sendClaimed } from './ask-for-photo.ts';
import { avatarIdOf } from './avatar-id.ts';
import { Erased } from './errors.ts';
import { isDue } from './freshness.ts';
import { CLAIM_MS } from './lease.ts';
import type { Partner, Registration } from './partner.ts';
import type { Clock, FetchQueues, PartnerTable } from './ports.ts';

/** What registering needs of the outside. */
export interface RegisterPorts {
  readonly table: Pick<PartnerTable, 'register' | 'claim' | 'unclaim'>;
  readonly queues: FetchQueues;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** How long an answer of Telegram's is good, before jitter (core/freshness.ts). */
  readonly refreshAgeMs: number;
}

/** Who says that a partner joined: somebody who waits for the photo, or a list that brings many at once. */
export type Occasion = 'joined' | 'listed';

/**
 * Registers a partner and asks for the photo. The item is written before the message is sent, and the
 * caller hears of success after both: a crash in between loses nothing, since the caller asks again or
 * the first viewer's miss does. A `photoFileId` is news of a change, and Telegram is always asked then; without one,
 * a backend that repeats itself is a caller like any other, and the claim decides. Throws Erased for a
 * `listed` partner who was erased: a list may be older than that wish.
 */
export async function registerPartner(
  ports: RegisterPorts,
  urlKey: string,
  registration: Registration,
  { photoFileId, occasion }: { photoFileId?: string | undefined; occasion: Occasion },
): Promise<Partner> {
  const nowMs = ports.clock.nowMs();
  const avatarId = avatarIdOf(urlKey, registration.userId);
  const claimUntilMs = nowMs + CLAIM_MS;
  const times = { nowMs, claimUntilMs };
  const afterErasure = occasion === 'joined';
  const partner = await ports.table.register(avatarId, registration, times, { afterErasure });
  if (!partner) throw new Erased('The partner was erased and has not joined again.');
  const queues = occasion === 'joined' ? ports.queues : behindAll(ports.queues.warm);
  if (photoFileId) {
    await queues.fetch.send({ avatarId, checkedBeforeMs: nowMs, photoFileId });
  } else if (isDue(partner, nowMs, ports.refreshAgeMs)) {
    const job = dueJob(partner, nowMs, ports.refreshAgeMs);
    // Whoever is new has taken the claim in the same write.
    const isClaimed = partner.claimedUntilMs === claimUntilMs;
    const queue = queues[queueFor(partner, false)];
    await (isClaimed
      ? sendClaimed({ table: ports.table, queue }, job, claimUntilMs)
      : askForPhoto({ ...ports, queues }, partner, job));
  }
  return partner;
}
