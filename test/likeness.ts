// Whether two pictures show the same: the correlation of their pixels at 32 × 32, 1 for equal and about 0
// for unrelated ones. Sizes, formats and compression do not matter to it.

import sharp from 'sharp';

const SIDE = 32;

/** Pearson's correlation of two pictures, from -1 to 1; `undefined` bytes are like nothing. */
export async function likeness(
  a: Uint8Array | undefined,
  b: Uint8Array | undefined,
): Promise<number> {
  if (!a || !b) return 0;
  const [x, y] = await Promise.all([pixelsOf(a), pixelsOf(b)]);
  const meanX = mean(x);
  const meanY = mean(y);
  let covariance = 0;
  let varianceX = 0;
  let varianceY = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] ?? 0) - meanX;
    const dy = (y[i] ?? 0) - meanY;
    covariance += dx * dy;
    varianceX += dx * dx;
    varianceY += dy * dy;
  }
  return covariance / Math.sqrt(varianceX * varianceY || 1);
}

function pixelsOf(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes)
    .resize(SIDE, SIDE, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
}

function mean(values: Buffer): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
