// A partner joins, or is told of again: one write, and one message unless Telegram was asked lately.

import { askForPhoto, sendClaimed } from './ask-for-photo.ts';
import { avatarIdOf } from './avatar-id.ts';
import { isDue, staleBeforeMs } from './freshness.ts';
import { CLAIM_MS } from './lease.ts';
import type { Partner, Profile } from './partner.ts';
import type { Clock, FetchQueue, PartnerTable } from './ports.ts';

/** What registering needs of the outside. */
export interface RegisterPorts {
  readonly table: Pick<PartnerTable, 'register' | 'claim' | 'unclaim'>;
  readonly queue: FetchQueue;
  readonly clock: Clock;
}

/**
 * Registers a partner and asks for the photo. The item is written before the message is sent, and the
 * caller hears of success after both: a crash in between loses nothing, since the caller asks again or
 * the first viewer's miss does. A `photoFileId` is news of a change and is always looked at; without one,
 * a backend that repeats itself is a caller like any other, and the claim decides.
 */
export async function registerPartner(
  ports: RegisterPorts,
  urlKey: string,
  profile: Profile,
  photoFileId?: string,
): Promise<Partner> {
  const nowMs = ports.clock.nowMs();
  const avatarId = avatarIdOf(urlKey, profile.userId);
  const claimUntilMs = nowMs + CLAIM_MS;
  const partner = await ports.table.register(avatarId, profile, nowMs, claimUntilMs);
  if (photoFileId) {
    await ports.queue.send({ avatarId, checkedBeforeMs: nowMs, photoFileId });
  } else if (isDue(partner, nowMs)) {
    const job = { avatarId, checkedBeforeMs: staleBeforeMs(avatarId, nowMs) };
    // Whoever is new has taken the claim in the same write.
    const claimed = partner.claimedUntilMs === claimUntilMs;
    await (claimed ? sendClaimed(ports, job, claimUntilMs) : askForPhoto(ports, partner, job));
  }
  return partner;
}
