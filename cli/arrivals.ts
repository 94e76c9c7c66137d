// Who is under way: registered, and not there yet. A partner is there when Telegram has answered for it.

import { isDue } from '../core/freshness.ts';
import type { RecordSeen } from './cameo-api.ts';

/**
 * Milliseconds without a pause after which a partner is not waited for any more: longer than the eight
 * receives of a message take whose fetches fail (core/fetch-retry.ts, 366 s).
 */
export const PATIENCE_MS = 7 * 60 * 1000;

/** Milliseconds after which a photo that is there is not waited for any more, though an older one is shown. */
export const REFRESH_PATIENCE_MS = 60 * 1000;

/**
 * Whether Telegram has been asked about a partner. A photo that was fetched long ago is asked for again: the
 * import waits for that, too, since otherwise a second import would put all its partners into the queue. `refreshAgeMs`
 * is how long an answer of Telegram's is good.
 */
export function isThere(
  { state, avatarId, checkedAt }: RecordSeen,
  nowMs: number,
  refreshAgeMs: number,
): boolean {
  if (state === 'pending' || state === 'unknown') return false;
  const partner = { avatarId, checkedAtMs: Date.parse(checkedAt ?? '') || 0 };
  return !isDue(partner, nowMs, refreshAgeMs);
}

/** Whether a partner has been under way for too long; a pause starts its time anew. */
export function isOverdue(
  { state }: Pick<RecordSeen, 'state'>,
  since: { readonly askedAtMs: number; readonly pausedUntilMs: number },
  nowMs: number,
): boolean {
  const patienceMs = state === 'stored' || state === 'none' ? REFRESH_PATIENCE_MS : PATIENCE_MS;
  return nowMs - Math.max(since.askedAtMs, since.pausedUntilMs) > patienceMs;
}
