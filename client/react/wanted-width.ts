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
 * The stored width for a box of `boxPx` CSS pixels: 64 or 150, whichever is sharp, and never more in a list, so that
 * all lists share what they fetched; 512 for an enlarged view, unless its user saves data.
 */
export function wantedWidth(
  boxPx: number,
  isEnlarged: boolean | undefined,
  { devicePixelRatio = 1, navigator }: Screen = globalThis as Screen,
): Size {
  const pixels = boxPx * devicePixelRatio;
  if (pixels <= 64) return 64;
  return isEnlarged && pixels > 150 && !navigator?.connection?.saveData ? 512 : 150;
}
