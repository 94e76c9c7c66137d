// How the page says things: every name here is a stranger's, and goes into the document as text.

import type { AvatarSource, PartnerRecord, PhotoKnowledge } from '../core/types.ts';

/** What stands for a user who deleted the account at Telegram, as in its own apps. */
const NO_NAME = 'Deleted account';

/** The name to show. */
export const nameOf = ({ name }: Pick<PartnerRecord, 'name'>): string => name || NO_NAME;

/** The line under the name. */
export const handleOf = ({ username, userId }: PartnerRecord): string =>
  username ? `@${username}` : `id ${userId}`;

/** What is known of a photo. */
export const PHOTO_WORDS: Readonly<Record<PhotoKnowledge, string>> = {
  stored: 'Has a photo',
  pending: 'Photo on its way',
  none: 'No photo',
  unknown: 'Not known',
};

/** Telegram's peer colours, in the order of their numbers. */
export const COLOUR_WORDS = ['Red', 'Orange', 'Violet', 'Green', 'Cyan', 'Blue', 'Pink'] as const;

/** The sources of pictures, nearest first. */
export const SOURCES: readonly (readonly [AvatarSource, string])[] = [
  ['memory', 'Memory'],
  ['indexeddb', 'IndexedDB'],
  ['service-worker', 'Service worker'],
  ['http-cache', 'HTTP cache'],
  ['network', 'Network'],
];

/** A share as whole percent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A duration; what is faster than half a millisecond is so, since clocks of browsers are coarse. */
export function milliseconds(ms: number): string {
  if (ms < 0.5) return '< 1 ms';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** An amount of bytes. */
export function kilobytes(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.round(bytes / 1000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago something was; `nowMs` is the time. */
export function ago(time: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(time)) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
  return relative.format(-Math.floor(seconds / 86_400), 'day');
}
