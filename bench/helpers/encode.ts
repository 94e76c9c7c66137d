// The pictures of the committed photographs at one effort: the calls of core/render-webp.ts with that one
// number left open.

import sharp from 'sharp';
import { LQIP_SIZE, SIZES } from '../../core/sizes.ts';
import { PHOTOGRAPHS, type Photograph, photographBytes } from '../../local/bot-api/photographs.ts';
import { answerParent } from '../helper.ts';

/** The effort to encode with. */
export interface EncodeQuestion {
  readonly effort: number;
}

/** Processor time in ms and bytes of each size, of one photo in the mean. */
export interface EncodeAnswer {
  readonly processorMs: number;
  readonly bytes: readonly number[];
}

const QUALITY = 80;
const LARGEST = Math.max(...SIZES);

async function encodeAll(photograph: Photograph, effort: number): Promise<number[]> {
  const { data, info } = await sharp(photographBytes(photograph, 640))
    .autoOrient()
    .resize(LARGEST, LARGEST, { fit: 'cover' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: LARGEST, height: LARGEST, channels: info.channels };
  const encode = (size: number, quality: number) =>
    sharp(data, { raw }).resize(size, size).webp({ quality, effort }).toBuffer();
  await encode(LQIP_SIZE, 20);
  const pictures = await Promise.all(SIZES.map((size) => encode(size, QUALITY)));
  return pictures.map(({ length }) => length);
}

sharp.concurrency(1);
sharp.cache(false);
answerParent<EncodeQuestion, EncodeAnswer>(async ({ effort }) => {
  const before = process.cpuUsage();
  const sizes: number[][] = [];
  for (const photograph of PHOTOGRAPHS) sizes.push(await encodeAll(photograph, effort));
  const { user, system } = process.cpuUsage(before);
  const count = PHOTOGRAPHS.length;
  return {
    processorMs: (user + system) / 1000 / count,
    bytes: SIZES.map((_, index) => sizes.reduce((sum, of) => sum + (of[index] ?? 0), 0) / count),
  };
});
