// An inspection for a person, on 80 columns where what is told allows it.

import { dueAtMs } from '../../core/freshness.ts';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { plainText } from '../plain-text.ts';
import type { Colours } from '../session.ts';
import { counted } from '../status-line.ts';
import { type Cell, tableOf } from '../table.ts';
import { fromNow, spanOf } from '../times.ts';
import { stateOf } from '../url.ts';
import { adviceFor, NO_REASON } from './advice.ts';
import type { EdgeLook } from './edge-look.ts';
import type { Inspection } from './inspection.ts';
import type { LoggedErrors } from './last-errors.ts';

const COLUMNS = 80;

/** The lines; the last ones say what to do where something is wrong. */
export function linesOf(inspection: Inspection, colours: Colours): string[] {
  const { errors, nowMs } = inspection;
  const heading = (text: string) => colours.bold(text);
  const advice = adviceFor(inspection);
  return [
    heading(titleOf(inspection)),
    ...tableOf(partnerRows(inspection)),
    heading('Pictures'),
    ...tableOf(pictureRows(inspection)),
    heading('Edge'),
    `  ${edgeText(inspection.edge)}`,
    heading('Queues'),
    ...tableOf(queueRows(inspection)),
    ...deadLetterLines(inspection),
    heading('Last errors'),
    ...(errors.available ? errorLines(errors, nowMs) : [`  not available: ${errors.reason}`]),
    '',
    ...(advice.length > 0
      ? advice.map((line) => `${colours.yellow('!')} ${line}`)
      : [colours.green('Nothing is wrong.')]),
  ];
}

function titleOf({ avatarId, standing }: Inspection): string {
  const { partner } = standing;
  if (!partner) return `Nobody: avatar ${avatarId} is ${stateOf(standing)}`;
  const { firstName, lastName, username, userId } = partner;
  const name = [firstName, lastName, username && `(@${username})`].filter(Boolean).join(' ');
  return `${plainText(name) || 'Without a name'}: user ${userId}`;
}

function partnerRows(inspection: Inspection): Cell[][] {
  const { avatarId, standing, nowMs } = inspection;
  const { partner, lease, erasedAtMs, erasureId } = standing;
  const rows: Cell[][] = [['avatarId', avatarId]];
  if (partner) {
    rows.push(['photo', [stateOf(standing), partner.photo?.photoId].filter(Boolean).join(', ')]);
    rows.push(['joined', fromNow(partner.joinedAtMs, nowMs)]);
    rows.push(['checked', checkedText(partner, inspection)]);
    rows.push(['claim', heldText(partner.claimedUntilMs, nowMs)]);
    const generation = lease ? `, generation ${lease.generation}` : '';
    rows.push(['lease', heldText(lease?.untilMs, nowMs) + generation]);
  }
  if (erasedAtMs !== undefined) {
    const end = erasureId ? `under way, receipt ${erasureId}` : 'over';
    rows.push(['erasure', `${fromNow(erasedAtMs, nowMs)}, ${end}`]);
  }
  return rows;
}

function checkedText(
  { avatarId, checkedAtMs }: Partner,
  { nowMs, refreshAgeMs }: Inspection,
): string {
  if (checkedAtMs === undefined) return 'never';
  const dueMs = dueAtMs(avatarId, checkedAtMs, refreshAgeMs);
  return `${fromNow(checkedAtMs, nowMs)}, due ${dueMs > nowMs ? fromNow(dueMs, nowMs) : 'now'}`;
}

function heldText(untilMs: number | undefined, nowMs: number): string {
  return untilMs !== undefined && untilMs > nowMs ? `held for ${spanOf(untilMs - nowMs)}` : 'free';
}

function pictureRows({ standing, pictures, nowMs }: Inspection): Cell[][] {
  const current = standing.partner?.photo?.photoId;
  const ofPhoto = (photoId: string) => pictures.filter((one) => one.photoId === photoId);
  const rows = SIZES.map((size): Cell[] => {
    const found = ofPhoto(current ?? '').find((picture) => picture.size === size);
    const text = found ? [found.bytes, `bytes, stored ${fromNow(found.storedAtMs, nowMs)}`] : ['–'];
    return [`${size} px`, ...text];
  });
  const others = pictures.filter(({ photoId }) => photoId !== current).length;
  return others > 0 ? [...rows, ['others', others, 'of photos that are not current']] : rows;
}

function edgeText(look: EdgeLook): string {
  if ('error' in look) return `no answer (${look.error}) for ${look.url}`;
  const { status, xAvatar, xCache, ageSeconds } = look;
  const age = ageSeconds === null ? undefined : `age ${ageSeconds} s`;
  return [status, xAvatar, xCache, age]
    .filter((part) => part !== null && part !== undefined)
    .join(', ');
}

function queueRows({ queues, schedule, pausedUntilMs, nowMs }: Inspection): Cell[][] {
  const rows = Object.entries(queues).map(([name, depth]): Cell[] => [
    name,
    `${depth.visible} waiting, ${depth.inFlight} in flight, ${depth.delayed} delayed, ${depth.deadLetters} dead`,
  ]);
  const pause = pausedUntilMs > nowMs ? `paused for ${spanOf(pausedUntilMs - nowMs)}` : 'no pause';
  return [...rows, ['schedule', counted(schedule.deadLetters, 'failed run')], ['Telegram', pause]];
}

// The advice counts the rest.
const MAX_LETTERS_TOLD = 5;

function deadLetterLines({ deadLetters, nowMs }: Inspection): string[] {
  return deadLetters
    .slice(0, MAX_LETTERS_TOLD)
    .flatMap(({ queue, reason, requestId, sentAtMs }) =>
      eventLines(
        `dead letter in ${queue}`,
        fromNow(sentAtMs, nowMs),
        reason ?? NO_REASON,
        requestId,
      ),
    );
}

function errorLines({ lines, sinceHours }: LoggedErrors, nowMs: number): string[] {
  if (lines.length === 0) return [`  none in ${sinceHours} h`];
  return lines.flatMap(({ atMs, message, error, requestId }) =>
    eventLines(message, fromNow(atMs, nowMs), error, requestId),
  );
}

/** The reason has a line of its own where it would not fit on 80 columns. */
function eventLines(
  what: string,
  when: string,
  why: string | null,
  requestId: string | null | undefined,
): string[] {
  const event = `  ${what}, ${when}`;
  const line = why === null ? event : `${event}: ${why}`;
  const lines = why === null || line.length <= COLUMNS ? [line] : [`${event}:`, `    ${why}`];
  return [...lines, ...(requestId ? [`    request ${requestId}`] : [])].map(plainText);
}
