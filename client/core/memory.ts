// Pictures that paint at once: object URLs with their pixels. One that is shown is never revoked; any other one is when its
// time is over or too many are held.

import { versionedPath } from '../../core/avatar-url.ts';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { SIZES, type Size } from '../../core/sizes.ts';
import type { AvatarSource } from './types.ts';

/** Pictures that nobody shows and that are held all the same, at most: 150 px of each are 9 MB of pixels. */
const MOST_UNUSED = 100;

/** A decoded picture. `path` is its versioned path, so the same picture is there once. */
export interface Picture {
  readonly path: string;
  readonly size: Size;
  readonly url: string;
  /** Held so that its pixels stay, and a new `<img>` is complete in its first frame. */
  readonly image: HTMLImageElement;
  readonly bytes: number;
  readonly source: AvatarSource;
}

/** The pictures in memory, by path. */
export interface PictureMemory {
  get(path: string): Picture | undefined;
  /** The picture of the partner's photo that serves best at this width: of it, else wider, else narrower. */
  best(partner: PartnerRecord, size: Size): Picture | undefined;
  add(picture: Picture): void;
  bytes(): number;
  /** Revokes what is not used and was not for `unusedMs`; says whether anything unused is left. */
  sweep(used: ReadonlySet<Picture | undefined>, unusedMs: number): boolean;
}

/** Makes an empty memory. */
export function createPictureMemory(
  nowMs: () => number,
  revoke: (url: string) => void,
): PictureMemory {
  // In the order of their last use, as far as anybody has looked.
  const pictures = new Map<string, { readonly picture: Picture; usedAtMs: number }>();
  const get = (path: string) => pictures.get(path)?.picture;
  return {
    get,
    best: ({ avatarId, photoId }, size) =>
      photoId
        ? bySuitability(size)
            .map((each) => get(versionedPath({ avatarId, photoId, size: each })))
            .find(Boolean)
        : undefined,
    add(picture) {
      pictures.set(picture.path, { picture, usedAtMs: nowMs() });
    },
    bytes: () => [...pictures.values()].reduce((sum, { picture }) => sum + picture.bytes, 0),
    sweep(used, unusedMs) {
      const unused = [...pictures.values()].filter((held) => {
        if (!used.has(held.picture)) return true;
        held.usedAtMs = nowMs();
        return false;
      });
      unused.sort((a, b) => b.usedAtMs - a.usedAtMs);
      const over = unused.filter(
        ({ usedAtMs }, index) => index >= MOST_UNUSED || nowMs() - usedAtMs >= unusedMs,
      );
      for (const { picture } of over) {
        pictures.delete(picture.path);
        revoke(picture.url);
      }
      return over.length < unused.length;
    },
  };
}

function bySuitability(size: Size): readonly Size[] {
  return [
    ...SIZES.filter((each) => each >= size),
    ...SIZES.filter((each) => each < size).reverse(),
  ];
}
