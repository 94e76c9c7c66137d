// When a photo is old enough to ask Telegram again. Ages are jittered by partner, so that photos
// which were stored in the same minute do not all come due in the same minute.

import { createHash } from 'node:crypto';
import type { Partner } from './partner.ts';

/** The refresh age, in milliseconds: how long an answer of Telegram's is good, before jitter. */
export function refreshAgeMsOf(refreshHours: number): number {
  return refreshHours * 60 * 60 * 1000;
}

// ± 10 %: with a refresh age of a day, a burst of registrations is spread over almost five hours of the next one.
const JITTER = 0.1;

/** The moment before which a check of this partner counts as old, in milliseconds since the epoch. */
export function staleBeforeMs(avatarId: string, nowMs: number, refreshAgeMs: number): number {
  const spread = createHash('sha256').update(avatarId).digest().readUInt32BE(0) / 2 ** 32;
  return Math.round(nowMs - refreshAgeMs * (1 - JITTER + 2 * JITTER * spread));
}

/** Whether Telegram should be asked about this partner. */
export function isDue(
  { avatarId, checkedAtMs = 0 }: Pick<Partner, 'avatarId' | 'checkedAtMs'>,
  nowMs: number,
  refreshAgeMs: number,
): boolean {
  return checkedAtMs < staleBeforeMs(avatarId, nowMs, refreshAgeMs);
}

/** When Telegram should next be asked about this partner, who was checked then; milliseconds since the epoch. */
export function dueAtMs(avatarId: string, checkedAtMs: number, refreshAgeMs: number): number {
  return checkedAtMs - staleBeforeMs(avatarId, 0, refreshAgeMs);
}
