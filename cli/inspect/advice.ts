// What is wrong with a partner, and what to do about it: one line each, the most pressing first.

import { photoStateOf } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { plainText } from '../plain-text.ts';
import { spanOf } from '../times.ts';
import type { Inspection } from './inspection.ts';

// A fetch takes seconds; behind a full queue minutes.
const LATE_MS = 2 * 60 * 1000;

/** The lines; none where all is well. */
export function adviceFor(inspection: Inspection): string[] {
  return [
    unserved(inspection),
    unknown(inspection),
    deadLetters(inspection),
    paused(inspection),
    failing(inspection),
    late(inspection),
    incomplete(inspection),
    leftOver(inspection),
  ].flatMap((line) => (line === undefined ? [] : plainText(line)));
}

function unserved({ edge }: Inspection): string | undefined {
  if ('error' in edge) {
    return `the edge does not answer (${edge.error}) → check the distribution and the domain's DNS`;
  }
  return edge.status >= 500
    ? `the edge answers ${edge.status} → see the last errors, and the log of serve-photo`
    : undefined;
}

function unknown({ standing }: Inspection): string | undefined {
  if (standing.partner || standing.erasedAtMs !== undefined) return undefined;
  return 'nobody is registered under this id → PUT /api/partner/{userId}, or check which bot and which stack it is';
}

function deadLetters({ deadLetters: [first, ...others], redrive }: Inspection): string | undefined {
  if (!first) return undefined;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `dead letter in ${first.queue}: ${first.reason ?? NO_REASON}${more} → mend the cause, then ${redrive}`;
}

/** Why a dead letter has no reason. */
export const NO_REASON = 'no reason, its worker died or ran out of time';

function paused({ pausedUntilMs, nowMs }: Inspection): string | undefined {
  if (pausedUntilMs <= nowMs) return undefined;
  return `nobody may ask Telegram for ${spanOf(pausedUntilMs - nowMs)} more → wait; if it comes again and again, check the bot token`;
}

/** A fetch that failed since Telegram last answered. */
function failing(inspection: Inspection): string | undefined {
  const { standing, errors, deadLetters, redrive } = inspection;
  const { partner } = standing;
  const last = errors.available ? errors.lines.at(-1) : undefined;
  if (!partner || !last || deadLetters.length > 0) return undefined;
  if (last.atMs <= (partner.checkedAtMs ?? 0)) return undefined;
  return `the last try failed (${last.error ?? last.message}) → it is tried again by itself, eight times in all; then ${redrive}`;
}

function late({ standing: { partner, erasureId }, nowMs }: Inspection): string | undefined {
  if (!partner || erasureId || photoStateOf(partner) !== 'pending') return undefined;
  const waitedMs = nowMs - partner.joinedAtMs;
  if (waitedMs < LATE_MS) return undefined;
  return `no photo ${spanOf(waitedMs)} after joining → see the queues and the last errors; whoever opens the URL asks again`;
}

function incomplete({ standing: { partner }, pictures }: Inspection): string | undefined {
  const photoId = partner?.photo?.photoId;
  if (photoId === undefined) return undefined;
  const there = new Set(pictures.filter((one) => one.photoId === photoId).map(({ size }) => size));
  const missing = SIZES.filter((size) => !there.has(size));
  if (missing.length === 0) return undefined;
  return `the bucket lacks ${missing.join(', ')} px of the photo → whoever opens the URL has it fetched again`;
}

function leftOver({ standing, pictures, nowMs, redrive }: Inspection): string | undefined {
  const { partner, erasureId, erasedAtMs = 0 } = standing;
  if (partner || pictures.length === 0) return undefined;
  if (erasureId && nowMs - erasedAtMs < LATE_MS) return undefined;
  return `${pictures.length} pictures of nobody are in the bucket → ${redrive}, if the erase queue has dead letters`;
}
