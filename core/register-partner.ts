// A partner joins, or is told of again: one write, and one message unless Telegram was asked lately.

import { avatarIdOf } from './avatar-id.ts';
import type { FetchJob } from './fetch-job.ts';
import { isDue, staleBeforeMs } from './freshness.ts';
import { CLAIM_MS } from './lease.ts';
import type { Partner, Profile } from './partner.ts';
import type { Clock, FetchQueue, PartnerTable } from './ports.ts';

/** What registering needs of the outside. */
export interface RegisterPorts {
  readonly table: Pick<PartnerTable, 'register'>;
  readonly queue: FetchQueue;
  readonly clock: Clock;
}

/**
 * Registers a partner and asks for the photo. The item is written before the message is sent, and the
 * caller hears of success after both: a crash in between loses nothing, since the caller asks again or
 * the first viewer's miss does. A `photoFileId` is news of a change and is always looked at.
 */
export async function registerPartner(
  { table, queue, clock }: RegisterPorts,
  urlKey: string,
  profile: Profile,
  photoFileId?: string,
): Promise<Partner> {
  const nowMs = clock.nowMs();
  const avatarId = avatarIdOf(urlKey, profile.userId);
  const partner = await table.register(avatarId, profile, nowMs, nowMs + CLAIM_MS);
  const job = jobFor(partner, nowMs, photoFileId);
  if (job) await queue.send(job);
  return partner;
}

function jobFor(partner: Partner, nowMs: number, photoFileId?: string): FetchJob | undefined {
  const { avatarId } = partner;
  if (photoFileId) return { avatarId, checkedBeforeMs: nowMs, photoFileId };
  if (isDue(partner, nowMs)) return { avatarId, checkedBeforeMs: staleBeforeMs(avatarId, nowMs) };
  return undefined;
}
