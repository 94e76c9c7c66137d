// An inspection as JSON. The names are for programs, and stay.

import { dueAtMs } from '../../core/freshness.ts';
import type { Partner } from '../../core/partner.ts';
import { isoOf } from '../times.ts';
import { stateOf } from '../url.ts';
import { adviceFor } from './advice.ts';
import type { Inspection } from './inspection.ts';
import type { LastErrors } from './last-errors.ts';

/** The document; times are ISO 8601, null where there is none. */
export function documentOf(inspection: Inspection): object {
  const { avatarId, standing, pictures, queues, schedule, pausedUntilMs, nowMs } = inspection;
  const { partner, lease, erasedAtMs, erasureId } = standing;
  return {
    userId: partner?.userId ?? null,
    avatarId,
    state: stateOf(standing),
    partner: partner ? partnerDocument(partner, inspection.refreshAgeMs) : null,
    lease: lease
      ? { owner: lease.owner, until: isoOf(lease.untilMs), generation: lease.generation }
      : null,
    erasure: { erasedAt: isoOf(erasedAtMs), underWay: erasureId ?? null },
    pictures: pictures.map(({ photoId, size, bytes, storedAtMs }) => ({
      photoId,
      size,
      bytes,
      storedAt: isoOf(storedAtMs),
      isCurrent: photoId === partner?.photo?.photoId,
    })),
    edge: inspection.edge,
    queues,
    schedule,
    telegram: { pausedUntil: isoOf(pausedUntilMs > nowMs ? pausedUntilMs : undefined) },
    deadLetters: inspection.deadLetters.map(({ queue, reason, requestId, sentAtMs, body }) => ({
      queue,
      reason: reason ?? null,
      requestId: requestId ?? null,
      at: isoOf(sentAtMs),
      body,
    })),
    lastErrors: errorsDocument(inspection.errors),
    advice: adviceFor(inspection),
  };
}

function partnerDocument(partner: Partner, refreshAgeMs: number): object {
  const { firstName, lastName, username, joinedAtMs, photo, checkedAtMs, claimedUntilMs } = partner;
  return {
    name: [firstName, lastName].filter(Boolean).join(' '),
    username: username ?? null,
    joinedAt: isoOf(joinedAtMs),
    photoId: photo?.photoId ?? null,
    checkedAt: isoOf(checkedAtMs),
    dueAt: isoOf(
      checkedAtMs === undefined ? undefined : dueAtMs(partner.avatarId, checkedAtMs, refreshAgeMs),
    ),
    claimedUntil: isoOf(claimedUntilMs),
  };
}

function errorsDocument(errors: LastErrors): object {
  if (!errors.available) return errors;
  return {
    ...errors,
    lines: errors.lines.map(({ atMs, ...line }) => ({ at: isoOf(atMs), ...line })),
  };
}
