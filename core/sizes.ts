// The widths that an avatar is stored in; every URL, object key and bill is a multiple of this list.

/** Widths of the stored squares in pixels: list row (64), chat header (150), card (300), profile view (512). */
export const SIZES = [64, 150, 300, 512] as const;

/** One of the stored widths, in pixels. */
export type Size = (typeof SIZES)[number];

/** The width that an URL without a size stands for, in pixels. */
export const DEFAULT_SIZE: Size = 150;

/** The width whose bytes a list may carry, in pixels: those of a list row. */
export const INLINE_SIZE: Size = 64;

/** Width of the inline placeholder (LQIP) in pixels: about 150 characters as a data URI. */
export const LQIP_SIZE = 16;

/** Reads a width written in decimal; `undefined` for anything that is not stored. */
export function parseSize(text: string): Size | undefined {
  return SIZES.find((size) => String(size) === text);
}
