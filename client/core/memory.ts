// Pictures that paint at once: object URLs with their pixels. One that is shown is never revoked; any other one is when its
// time is over or too many are held.

import { versionedPath } from '../../core/avatar-url.ts';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { SIZES, type Size } from '../../core/sizes.ts';
import type { DecodedPicture } from './pictures.ts';
import type { AvatarSource } from './types.ts';

/** Pictures beyond which those that nobody shows go, the longest unused first: 150 px of each are 18 MB of pixels. */
export const MOST_PICTURES = 200;

/** A decoded picture. `path` is its versioned path, so the same picture is there once. */
export interface Picture extends DecodedPicture {
  image: HTMLImageElement;
  readonly path: string;
  readonly size: Size;
  readonly bytes: number;
  readonly source: AvatarSource;
  usedAtMs: number;
}

/** The pictures in memory, by path. */
export type PictureMemory = Map<string, Picture>;

/** The path of the partner's photo at a width; `undefined` without a photo. */
export function pathOf(
  { avatarId, photoId }: Pick<PartnerRecord, 'avatarId' | 'photoId'>,
  size: Size,
): string | undefined {
  return photoId ? versionedPath({ avatarId, photoId, size }) : undefined;
}

/** The picture of the partner's photo that serves best at this width: of it, else wider, else narrower. */
export function bestPicture(
  memory: PictureMemory,
  partner: PartnerRecord,
  size: Size,
): Picture | undefined {
  const wider = SIZES.filter((each) => each >= size);
  const narrower = SIZES.filter((each) => each < size).reverse();
  return [...wider, ...narrower]
    .map((each) => memory.get(pathOf(partner, each) ?? ''))
    .find((picture) => picture);
}

/** Drops what is not used and was not for `unusedMs`, or is too much, and gives each to `revoke`. */
export function sweepPictures(
  memory: PictureMemory,
  used: ReadonlySet<Picture | undefined>,
  { nowMs, unusedMs }: { readonly nowMs: number; readonly unusedMs: number },
  revoke: (url: string) => void,
): void {
  for (const picture of used) if (picture) picture.usedAtMs = nowMs;
  const newestFirst = [...memory.values()].sort((a, b) => b.usedAtMs - a.usedAtMs);
  for (const [index, picture] of newestFirst.entries()) {
    const isOver = index >= MOST_PICTURES || nowMs - picture.usedAtMs >= unusedMs;
    if (!isOver || used.has(picture)) continue;
    memory.delete(picture.path);
    revoke(picture.url);
  }
}
