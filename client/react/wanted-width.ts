// Which of the stored widths a place on the page wants.

import type { Size } from '../core/types.ts';

/** What a browser says of its screen and of its user's wish; a server says nothing. */
export interface Screen {
  /** Pixels of the screen for one CSS pixel. */
  readonly devicePixelRatio?: number;
  /** `connection` is Chromium's alone. */
  readonly navigator?: { readonly connection?: { readonly saveData?: boolean } };
}

/**
 * The stored width for a box of `boxPx` CSS pixels: 150 in every list, group and header, small ones too, so that they all
 * share one picture; 512 for an enlarged view that has the pixels for it, unless its user saves data.
 */
export function wantedWidth(
  boxPx: number,
  isEnlarged: boolean | undefined,
  { devicePixelRatio = 1, navigator }: Screen = globalThis as Screen,
): Size {
  return isEnlarged && boxPx * devicePixelRatio > 150 && !navigator?.connection?.saveData
    ? 512
    : 150;
}
