// What Telegram could send in place of a photo: each file with what must become of it. All are made here.

import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { iccProfile } from './hostile-icc-profile.ts';
import { manyScans, sayingSize, segment, withoutSegments, withSegments } from './hostile-jpeg.ts';
import { deflatedZeros, type PngHeader, pixelsOf, png, pngChunk, pngOf } from './hostile-png.ts';
import { animatedWebp } from './hostile-webp.ts';

/** Stands in every file that has room for a text, and must stand in nothing that is made of one. */
export const MARKER = 'HOSTILE-MARKER';

/** The widest square that is decoded, in pixels. */
export const WIDEST = 2560;

/** A file, what must become of it, and the colour in the middle of its picture where that shows something. */
export interface HostileImage {
  readonly name: string;
  readonly bytes: Buffer;
  readonly outcome: 'rendered' | 'rejected' | 'rendered or rejected';
  readonly colour?: readonly [number, number, number];
}

/** What most of the pictures show. */
const RED = [255, 0, 0] as const;
const BLACK = [0, 0, 0] as const;
const SMALL: PngHeader = { width: 64, height: 64, bits: 8, colour: 'rgb' };
const BIG: PngHeader = {
  width: WIDEST,
  height: WIDEST,
  bits: 16,
  colour: 'rgba',
  interlaced: true,
};
const SCRIPT = `<script>alert("${MARKER}")</script>`;

/** A still picture of one colour, for sharp to write. */
export const plain = (side = 64, [r, g, b]: readonly number[] = RED): Sharp =>
  sharp({ create: { width: side, height: side, channels: 3, background: { r, g, b } } });

/** All of them. */
export async function hostileImages(): Promise<HostileImage[]> {
  const jpeg = await plain().jpeg().toBuffer();
  const webp = await plain().webp().toBuffer();
  const rejected = { ...notPhotos(), ...(await otherFormats()), ...bombs(jpeg, webp) };
  const rendered = { ...costly(), ...liars(jpeg), ...polyglots(jpeg, webp), ...(await extremes()) };
  const red = { ...(await colours()), ...metadata(jpeg) };
  const blue = await plain(64, [0, 0, 255]).webp().toBuffer();
  return [
    ...listed('rejected', rejected),
    ...listed('rendered', rendered),
    // Half a second of work, and on a machine with a lot to do more than the decoder has.
    ...listed('rendered or rejected', { 'interlaced PNG of 16 bits': png(BIG) }),
    ...listed('rendered', red, RED),
    ...listed('rendered', greys(), BLACK),
    ...listed(
      'rendered',
      {
        'animated WebP': animatedWebp(64, [webp, blue]),
        'WebP of 1,000 frames': animatedWebp(64, [webp, ...Array(999).fill(blue)]),
      },
      RED,
    ),
  ];
}

function listed(
  outcome: HostileImage['outcome'],
  files: Record<string, Buffer>,
  colour?: HostileImage['colour'],
): HostileImage[] {
  const all = Object.entries(files);
  return all.map(([name, bytes]) => ({ name, bytes, outcome, ...(colour && { colour }) }));
}

function notPhotos(): Record<string, Buffer> {
  const svg = (inside: string, before = '') =>
    Buffer.from(
      `${before}<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${inside}</svg>`,
    );
  return {
    nothing: Buffer.alloc(0),
    'one byte': Buffer.of(0xff),
    HTML: Buffer.from(`<!doctype html><title>502</title>${SCRIPT}`),
    JSON: Buffer.from('{"ok":false,"error_code":404}'),
    noise: noise(50_000),
    SVG: svg('<path d="M0 0h9v9z"/>'),
    'SVG with a script': svg(SCRIPT),
    'SVG that includes a file': svg('<image href="file:///etc/passwd" width="9" height="9"/>'),
    'SVG of many entities': svg(
      '<text>&b;</text>',
      `<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(999)}"><!ENTITY b "${'&a;'.repeat(999)}">]>`,
    ),
    PDF: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF'),
    'GIF that is JavaScript': Buffer.from(`GIF89a/*${MARKER}*/=1;alert(1)`),
    'HEIC header': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
    ICO: Buffer.concat([Buffer.from('00000100010040400000010020', 'hex'), png(SMALL)]),
  };
}

async function otherFormats(): Promise<Record<string, Buffer>> {
  const frames = await Promise.all([plain().png().toBuffer(), plain(64, BLACK).png().toBuffer()]);
  return {
    GIF: await plain().gif().toBuffer(),
    'animated GIF': await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
    TIFF: await plain().tiff().toBuffer(),
    AVIF: await plain().avif({ effort: 0 }).toBuffer(),
  };
}

/** More pixels, or more work for a decoder, than any photo has. */
function bombs(jpeg: Buffer, webp: Buffer): Record<string, Buffer> {
  const little = pixelsOf(SMALL);
  const profile = Buffer.concat([Buffer.from('x\0\0'), deflateSync(iccProfile(1_000))]);
  return {
    'PNG of 2.5 gigapixels': pngOf({ ...SMALL, width: 50_000, height: 50_000 }, little),
    'PNG of a row too much': png({
      ...SMALL,
      bits: 1,
      colour: 'grey',
      width: WIDEST,
      height: WIDEST + 1,
    }),
    'PNG that inflates to 800 MB': png({ ...BIG, width: 10_000, height: 10_000 }),
    'PNG that lies about its size': pngOf({ ...SMALL, width: 2_000, height: 2_000 }, little),
    'PNG of one column': png({ ...SMALL, width: 1, height: 1_000_000 }),
    'PNG whose profile is a program': png(SMALL, pngChunk('iCCP', profile)),
    'JPEG that says 65,500 × 65,500': sayingSize(jpeg, 65_500, 65_500),
    'JPEG of 33 scans': manyScans(640, 640, 33),
    'JPEG of 5,001 segments': withSegments(jpeg, Buffer.alloc(4 * 5_001, segment(0xe1, ''))),
    'WebP of 1,001 frames': animatedWebp(64, Array(1_001).fill(webp)),
  };
}

/** As much as is let through. */
function costly(): Record<string, Buffer> {
  const text = Buffer.concat([Buffer.from('Comment\0\0'), deflatedZeros(7_900_000)]);
  return {
    'PNG of texts that inflate': png(SMALL, ...Array(200).fill(pngChunk('zTXt', text))),
    'JPEG of 32 scans': manyScans(640, 640, 32),
  };
}

/** Files whose header and data do not agree, drawn as far as they go. */
function liars(jpeg: Buffer): Record<string, Buffer> {
  return {
    'JPEG that says more than it has': sayingSize(jpeg, WIDEST, WIDEST),
    'JPEG that says less than it has': sayingSize(jpeg, 9, 9),
    'PNG that says less than it has': pngOf({ ...SMALL, height: 9 }, pixelsOf(SMALL)),
  };
}

/** Files that are something else too. */
function polyglots(jpeg: Buffer, webp: Buffer): Record<string, Buffer> {
  const html = Buffer.from(`<html>${SCRIPT}</html>`);
  const zip = Buffer.concat([
    Buffer.from(`504b0304${'00'.repeat(26)}`, 'hex'),
    Buffer.from(MARKER),
    Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'),
  ]);
  return {
    'JPEG that is a ZIP': Buffer.concat([jpeg, zip]),
    'JPEG that is HTML': Buffer.concat([withSegments(jpeg, segment(0xfe, html)), html]),
    'PNG that is HTML': Buffer.concat([png(SMALL, pngChunk('tEXt', `Comment\0${SCRIPT}`)), html]),
    'WebP that is HTML': Buffer.concat([webp, html]),
  };
}

async function extremes(): Promise<Record<string, Buffer>> {
  const cmyk = await plain().toColourspace('cmyk').jpeg().toBuffer();
  return {
    'CMYK JPEG that does not say how': withoutSegments(cmyk, 0xee),
    '1 × 1 PNG': png({ ...SMALL, width: 1, height: 1 }),
    '10,000 × 1 PNG': png({ ...SMALL, width: 10_000, height: 1 }),
    '1 × 10,000 PNG': png({ ...SMALL, width: 1, height: 10_000 }),
  };
}

/** Red pictures in every form that pixels have. */
async function colours(): Promise<Record<string, Buffer>> {
  const cmyk = await plain().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  const palette = pngChunk('PLTE', Buffer.of(...RED));
  const control = pngChunk('acTL', Buffer.from('0000000200000000', 'hex'));
  const frames = Buffer.from(
    `00000000${'00000040'.repeat(2)}${'00'.repeat(8)}00010019${'0000'}`,
    'hex',
  );
  const still = await plain().png().toBuffer();
  const header = still.subarray(0, 33);
  return {
    'CMYK JPEG, inverted as Adobe has it': cmyk,
    'palette PNG': png({ ...SMALL, bits: 8, colour: 'palette' }, palette),
    'palette PNG of one bit': png({ ...SMALL, bits: 1, colour: 'palette' }, palette),
    'palette PNG with transparency': png(
      { ...SMALL, colour: 'palette' },
      palette,
      pngChunk('tRNS', Buffer.of(0x80)),
    ),
    '16-bit PNG': await plain().toColourspace('rgb16').png().toBuffer(),
    'progressive JPEG': await plain().jpeg({ progressive: true }).toBuffer(),
    'animated PNG': Buffer.concat([header, control, pngChunk('fcTL', frames), still.subarray(33)]),
    'PNG with a sane profile': png(
      { ...SMALL, colour: 'palette' },
      pngChunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(iccProfile(0))])),
      palette,
    ),
  };
}

/** The same without colour: a channel or two. */
function greys(): Record<string, Buffer> {
  return {
    'grey PNG': png({ ...SMALL, colour: 'grey' }),
    'grey PNG with alpha': png({ ...SMALL, colour: 'greyAlpha' }),
    'grey PNG of one bit': png({ ...SMALL, bits: 1, colour: 'grey' }),
    'grey PNG of 16 bits with alpha': png({ ...SMALL, bits: 16, colour: 'greyAlpha' }),
  };
}

/** Red pictures with far too much said about them. */
function metadata(jpeg: Buffer): Record<string, Buffer> {
  const exif = (data: Buffer) =>
    segment(0xe1, Buffer.concat([Buffer.from(`Exif\0\0`), data, Buffer.from(MARKER)]));
  // One directory that says that it has 65,535 entries, the next of which is itself.
  const endless = Buffer.from(
    `4d4d002a00000008ffff${'0112000300000001000600000000'.repeat(9)}00000008`,
    'hex',
  );
  const profile = (number: number, of: number, data: Buffer) =>
    segment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0'), Buffer.of(number, of), data]));
  return {
    'JPEG with endless EXIF': withSegments(jpeg, exif(endless)),
    'JPEG with EXIF of noise': withSegments(jpeg, exif(noise(60_000))),
    'JPEG with 60 times EXIF': withSegments(
      jpeg,
      ...Array(60).fill(exif(Buffer.alloc(60_000, MARKER))),
    ),
    'JPEG with a profile of noise': withSegments(jpeg, profile(1, 1, noise(60_000))),
    'JPEG with a profile of 3.6 MB': withSegments(
      jpeg,
      ...Array.from({ length: 60 }, (_, index) =>
        profile(index + 1, 60, Buffer.alloc(60_000, MARKER)),
      ),
    ),
  };
}

/** Bytes without any pattern, the same each time (xorshift). */
function noise(length: number): Buffer {
  let state = 0x9e3779b9;
  return Buffer.from(
    Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    }),
  );
}
