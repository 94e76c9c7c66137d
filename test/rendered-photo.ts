// What every rendered photo is, whatever it was made of.

import sharp from 'sharp';
import { expect } from 'vitest';
import type { RenderedPhoto } from '../core/render-webp.ts';
import { SIZES } from '../core/sizes.ts';

/** Fails unless these are sRGB WebP squares of all sizes and a short LQIP, with nothing in them but pixels. */
export async function expectClean(
  { webpBySize, lqip }: RenderedPhoto,
  marker: string,
): Promise<void> {
  expect([...webpBySize.keys()]).toEqual([...SIZES]);
  for (const [side, webp] of webpBySize) await expectSquare(webp, side, marker);
  // A photo's has about 150 characters; the rest is room for noise with alpha.
  expect(lqip.length).toBeLessThan(600);
  const inline = /^data:image\/webp;base64,([\w+/]+=*)$/.exec(lqip)?.[1] ?? '';
  await expectSquare(Buffer.from(inline, 'base64'), 16, marker);
}

async function expectSquare(webp: Uint8Array, side: number, marker: string): Promise<void> {
  const found = await sharp(webp).metadata();
  expect(found).toMatchObject({
    format: 'webp',
    width: side,
    height: side,
    space: 'srgb',
    depth: 'uchar',
  });
  expect([3, 4]).toContain(found.channels);
  expect([found.exif, found.icc, found.xmp, found.pages]).toEqual(Array(4).fill(undefined));
  expect(Buffer.from(webp).includes(marker)).toBe(false);
}

/** Red, green and blue of the pixel in the middle. */
export async function middleOf(webp: Uint8Array | undefined): Promise<number[]> {
  const { data, info } = await sharp(webp)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at =
    (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return [...data.subarray(at, at + 3)];
}
