// Photos that are small, well formed and within the pixel cap, and still cost a decoder minutes or gigabytes. All
// of that is spent before the first pixel is there, where sharp's time-out does not look: they are known by their bytes.

import { PhotoRejected } from './errors.ts';

// Encoders write about ten scans, and a preview in the metadata has some too. Each passes over the whole
// picture, whatever its bytes: 3,500 of them take 45 s at 16 megapixels, from 42 kB.
// A megabyte and a half of appended data may have as many by chance; Telegram's own encodings have none appended.
const MAX_SCANS = 32;

// Each application segment is kept until the picture is there: a million empty ones take 200 MB, from 4 MB.
// Four megabytes of metadata have a thousand by chance.
const MAX_SEGMENTS = 5_000;

// libwebp looks for each frame from the first one on: 80,000 of them take 14 s, from 4 MB; 1,000 take none.
const MAX_FRAMES = 1_000;

const START_OF_SCAN = 0xda;

/**
 * Throws PhotoRejected for a JPEG of too many scans or segments, and a WebP of too many frames. They are counted
 * by what begins one, wherever it stands: no way of nesting or lying about lengths hides any from the count.
 */
export function refuseDecoderBomb(original: Uint8Array): void {
  // In the compressed data of the other formats, the two bytes of a marker stand anywhere.
  if (original[0] === 0xff && original[1] === 0xd8) refuseJpegBomb(original);
  if (framesOf(original) > MAX_FRAMES) {
    throw new PhotoRejected(`the WebP has more than ${MAX_FRAMES} frames`);
  }
}

/**
 * Throws PhotoRejected for an ICC profile that is a program: a chain of elements (`mpet`, ICC.1:2010, 10.14),
 * as long as its author likes, where all other types have a fixed number of steps. 10,000 elements take 6 s,
 * from 2 kB. No camera or phone writes one.
 */
export function refuseProfileBomb(profile: Uint8Array): void {
  if (Buffer.from(profile).includes('mpet')) {
    throw new PhotoRejected('the colour profile has multi-process elements');
  }
}

function refuseJpegBomb(jpeg: Uint8Array): void {
  let scans = 0;
  let segments = 0;
  for (let at = 0; at < jpeg.length - 1; at++) {
    if (jpeg[at] !== 0xff) continue;
    const marker = jpeg[at + 1] as number;
    if (marker === START_OF_SCAN) scans += 1;
    if (marker >= 0xe0 && marker <= 0xef) segments += 1;
  }
  if (scans > MAX_SCANS) throw new PhotoRejected(`the JPEG has more than ${MAX_SCANS} scans`);
  if (segments > MAX_SEGMENTS) {
    throw new PhotoRejected(`the JPEG has more than ${MAX_SEGMENTS} segments`);
  }
}

function framesOf(original: Uint8Array): number {
  const bytes = Buffer.from(original.buffer, original.byteOffset, original.byteLength);
  let frames = 0;
  for (let at = bytes.indexOf('ANMF'); at !== -1; at = bytes.indexOf('ANMF', at + 1)) frames += 1;
  return frames;
}
