// From Telegram's bytes to the pictures that are stored: decoded once, upright, sRGB, square by centre
// crop, nothing of the original file kept. The only importer of sharp, and the only place that decodes.

import sharp, { type WebpOptions } from 'sharp';
import { refuseDecoderBomb, refuseProfileBomb } from './decoder-bombs.ts';
import { PhotoRejected } from './errors.ts';
import { LQIP_SIZE, SIZES, type Size } from './sizes.ts';

/** The pictures of one photo: a WebP for each size, and the LQIP as a data URI. */
export interface RenderedPhoto {
  readonly webpBySize: ReadonlyMap<Size, Uint8Array>;
  readonly lqip: string;
}

// libwebp's effort, measured over the committed photographs (npm run bench, "effort"): 2 takes two fifths
// less processor time than 4 and makes files 4 % larger. Rendering happens once a photo and a byte is
// paid at every view: at AWS's prices the time is earned back after about fifty views.
const WEBP = { quality: 80, effort: 4 };

// Sixteen pixels carry colour, not detail: about 100 bytes.
const LQIP_WEBP = { quality: 20, effort: 4 };

// Telegram's largest profile photo has 640 × 640 pixels, a sixteenth of this; decoders hold up to eight bytes
// a pixel at once (an interlaced PNG of 16 bits, a progressive JPEG of four colours): 52 MB.
const MAX_PIXELS = 2560 * 2560;

// Looked at while pixels are made, and only then: what comes before is bounded by decoder-bombs.ts, and what
// comes after by its size.
const DECODE_TIMEOUT_SECONDS = 8;

const LARGEST: Size = Math.max(...SIZES) as Size;

const READABLE = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
];

// Everything that is not a raster format of phones is closed: SVG, PDF, HEIF and their parsers with it.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: READABLE });
// Parallelism comes from photos side by side; a thread pool inside each encode only adds switching.
sharp.concurrency(1);
// No picture is ever decoded twice.
sharp.cache(false);

/**
 * Renders a photo (JPEG, PNG or WebP bytes; the first frame of an animation). Throws PhotoRejected for anything
 * else, broken, oversized or too costly. The worst that was found in the 4 MiB of adapters/telegram.ts: 1.3 s of
 * processor time for a PNG of texts that inflate, 85 MB for an interlaced one of 16 bits.
 */
export async function renderWebp(original: Uint8Array): Promise<RenderedPhoto> {
  const square = await decodeSquare(original);
  const [lqip, ...pictures] = await Promise.all([
    encode(square, LQIP_SIZE, LQIP_WEBP),
    ...SIZES.map(async (size) => [size, await encode(square, size, WEBP)] as const),
  ]);
  return {
    webpBySize: new Map(pictures),
    lqip: `data:image/webp;base64,${lqip.toString('base64')}`,
  };
}

interface Square {
  readonly pixels: Buffer;
  readonly channels: 1 | 2 | 3 | 4;
}

async function decodeSquare(original: Uint8Array): Promise<Square> {
  refuseDecoderBomb(original);
  try {
    const image = sharp(original, { failOn: 'error', limitInputPixels: MAX_PIXELS });
    const { icc } = await image.metadata();
    if (icc) refuseProfileBomb(icc);
    const { data, info } = await image
      .timeout({ seconds: DECODE_TIMEOUT_SECONDS })
      .autoOrient()
      .resize(LARGEST, LARGEST, { fit: 'cover' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { pixels: data, channels: info.channels };
  } catch (cause) {
    if (cause instanceof PhotoRejected) throw cause;
    throw new PhotoRejected('the bytes are not a JPEG, PNG or WebP that can be decoded', { cause });
  }
}

function encode({ pixels, channels }: Square, size: number, options: WebpOptions): Promise<Buffer> {
  const square = sharp(pixels, { raw: { width: LARGEST, height: LARGEST, channels } });
  const scaled = size === LARGEST ? square : square.resize(size, size);
  return scaled.webp(options).toBuffer();
}
