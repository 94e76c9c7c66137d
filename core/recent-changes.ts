// The feed of changed photos that open pages look at. Anybody may read it, so it names nobody: see change-feed.ts.

import { createHash } from 'node:crypto';
import { type ChangeFeed, feedTag, type PhotoChange, photoText } from './change-feed.ts';
import type { Clock, MovedPhoto, MovedPhotos } from './ports.ts';

/** How far back the feed goes, in milliseconds: a page that was away for longer asks for everybody whom it shows. */
export const WINDOW_MS = 5 * 60_000;

/** Most changes of one feed: 8 KB. */
const MAX_CHANGES = 100;

/** What the feed needs of the outside. */
export interface ChangePorts {
  readonly moved: MovedPhotos;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** The changes of the last five minutes; of a shorter time where there were more than a feed holds. */
export async function recentChanges({ moved, clock }: ChangePorts): Promise<ChangeFeed> {
  const nowMs = clock.nowMs();
  const found = await moved.after(nowMs - WINDOW_MS, MAX_CHANGES + 1);
  const listed = found.slice(0, MAX_CHANGES);
  const oldestMs = listed.at(-1)?.changedAtMs ?? nowMs;
  const windowMs = found.length > MAX_CHANGES ? Math.max(0, nowMs - oldestMs) : WINDOW_MS;
  return { windowMs, changes: listed.map(photoChangeOf) };
}

function photoChangeOf({ avatarId, photoId, changedAtMs }: MovedPhoto): PhotoChange {
  const photo = photoId === undefined ? null : tagOf(photoText(avatarId, photoId));
  return { partner: tagOf(avatarId), photo, changedAtMs };
}

function tagOf(text: string): string {
  return feedTag(new Uint8Array(createHash('sha256').update(text).digest()).buffer);
}
