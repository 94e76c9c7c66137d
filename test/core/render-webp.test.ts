import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { PhotoRejected } from '../../core/errors.ts';
import { renderWebp } from '../../core/render-webp.ts';
import { SIZES } from '../../core/sizes.ts';
import { iccProfile } from '../faults/hostile-icc-profile.ts';
import { manyScans } from '../faults/hostile-jpeg.ts';
import { png, pngChunk } from '../faults/hostile-png.ts';
import { likeness } from '../likeness.ts';

const photograph = (name: string) =>
  readFileSync(new URL(`../../local/bot-api/photos/${name}-640.jpg`, import.meta.url));

describe('a rendered photo', () => {
  test('is a square WebP of every size that looks like the original', async () => {
    const original = photograph('astronaut');

    const { webpBySize } = await renderWebp(original);

    expect([...webpBySize.keys()]).toEqual([...SIZES]);
    for (const [size, webp] of webpBySize) {
      expect(await sharp(webp).metadata()).toMatchObject({
        format: 'webp',
        width: size,
        height: size,
      });
      expect(await likeness(webp, original)).toBeGreaterThan(0.97);
      expect(await likeness(webp, photograph('coffee'))).toBeLessThan(0.9);
    }
  });

  test('comes with an inline placeholder of its colours that fits in a list', async () => {
    const original = photograph('coffee');

    const { lqip } = await renderWebp(original);

    expect(lqip).toMatch(/^data:image\/webp;base64,/);
    expect(lqip.length).toBeLessThan(300);
    const pixels = Buffer.from(lqip.split(',')[1] ?? '', 'base64');
    expect(await sharp(pixels).metadata()).toMatchObject({ width: 16, height: 16 });
    expect(await likeness(pixels, original)).toBeGreaterThan(0.9);
  });

  test('keeps nothing of the file but its pixels: no EXIF, no profile, no comment', async () => {
    const original = await sharp(photograph('cat'))
      .withExif({ IFD0: { Copyright: 'SECRET-PLACE' } })
      .withIccProfile('p3')
      .toBuffer();

    const { webpBySize } = await renderWebp(original);

    for (const webp of webpBySize.values()) {
      const { exif, icc, xmp } = await sharp(webp).metadata();
      expect([exif, icc, xmp]).toEqual([undefined, undefined, undefined]);
      expect(Buffer.from(webp).includes('SECRET-PLACE')).toBe(false);
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'stands upright from EXIF orientation %i',
    async (orientation) => {
      const upright = await quarters();
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        // Turning the pixels the other way first makes every orientation show the same picture.
        const turned = await turnedBack(upright, orientation, format);

        const { webpBySize } = await renderWebp(turned);

        expect(await cornersOf(webpBySize.get(150))).toEqual(CORNERS);
      }
    },
  );

  test('of a wide original is its centre', async () => {
    const centre = photograph('cat-face');
    const wide = await sharp(centre)
      .extend({ left: 320, right: 320, background: '#ff0000' })
      .jpeg()
      .toBuffer();

    const { webpBySize } = await renderWebp(wide);

    expect(await likeness(webpBySize.get(150), centre)).toBeGreaterThan(0.97);
  });

  test.each([
    ['grey', (image: Sharp) => image.greyscale().jpeg()],
    ['CMYK', (image: Sharp) => image.toColourspace('cmyk').jpeg()],
    ['16-bit', (image: Sharp) => image.toColourspace('rgb16').png()],
    ['wide-gamut', (image: Sharp) => image.withIccProfile('p3').jpeg()],
    ['transparent', (image: Sharp) => image.ensureAlpha(0.5).png()],
  ])('of a %s original is an sRGB picture of eight bits', async (_, convert) => {
    const original = await convert(sharp(photograph('coffee'))).toBuffer();

    const { webpBySize } = await renderWebp(original);

    expect(await sharp(webpBySize.get(64)).metadata()).toMatchObject({
      space: 'srgb',
      depth: 'uchar',
    });
  });

  test('of a small original is scaled up: every URL has a picture of its size', async () => {
    const { webpBySize } = await renderWebp(photograph('cat').subarray());
    expect(webpBySize.size).toBe(SIZES.length);

    const tiny = await sharp(photograph('cat')).resize(160).jpeg().toBuffer();
    const { webpBySize: fromTiny } = await renderWebp(tiny);

    expect(await sharp(fromTiny.get(512)).metadata()).toMatchObject({ width: 512, height: 512 });
  });
});

describe('bytes that are no photo', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>';

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['HTML', Buffer.from('<html><body>502 Bad Gateway</body></html>')],
    ['an SVG', Buffer.from(svg)],
    ['a GIF', Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')],
    ['half a JPEG', photograph('cat').subarray(0, 20_000)],
  ])('are rejected: %s', async (_, bytes) => {
    await expect(renderWebp(bytes)).rejects.toBeInstanceOf(PhotoRejected);
  });

  test('are rejected when they decode to more pixels than any profile photo has', async () => {
    const widest = { width: 2560, height: 2560, bits: 1, colour: 'grey' } as const;

    expect((await renderWebp(png(widest))).webpBySize.size).toBe(SIZES.length);
    await expect(renderWebp(png({ ...widest, height: 2561 }))).rejects.toThrow(PhotoRejected);
  });

  test('are rejected with the reason when they are more work than any photo', async () => {
    const profile = Buffer.concat([Buffer.from('x\0\0'), deflateSync(iccProfile(10))]);
    const small = { width: 9, height: 9, bits: 8, colour: 'rgb' } as const;

    await expect(renderWebp(manyScans(64, 64, 33))).rejects.toThrow('scans');
    const program = renderWebp(png(small, pngChunk('iCCP', profile)));
    await expect(program).rejects.toThrow('colour profile');
  });
});

// Top left, top right, bottom left, bottom right.
const CORNERS = ['red', 'green', 'blue', 'white'];

/** A picture that looks different from every side. */
function quarters(): Promise<Buffer> {
  const pixels = Buffer.from('ff000000ff000000ffffffff', 'hex');
  const raw = { width: 2, height: 2, channels: 3 } as const;
  return sharp(pixels, { raw }).resize(160, 160, { kernel: 'nearest' }).png().toBuffer();
}

async function cornersOf(webp: Uint8Array | undefined): Promise<string[]> {
  const { data, info } = await sharp(webp).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => (y * info.width + x) * info.channels;
  const far = info.width - 10;
  return [at(10, 10), at(far, 10), at(10, far), at(far, far)].map((offset) => {
    const bright = [...data.subarray(offset, offset + 3)].map((value) => value > 128);
    return (
      { 'true,false,false': 'red', 'false,true,false': 'green', 'false,false,true': 'blue' }[
        String(bright)
      ] ?? 'white'
    );
  });
}

async function turnedBack(
  upright: Buffer,
  orientation: number,
  format: 'jpeg' | 'png' | 'webp',
): Promise<Buffer> {
  // sharp mirrors before it rotates.
  const undo: Record<number, (image: Sharp) => Sharp> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    5: (image) => image.flip().rotate(90),
    6: (image) => image.rotate(270),
    7: (image) => image.flop().rotate(90),
    8: (image) => image.rotate(90),
  };
  const turn = undo[orientation] ?? ((image) => image);
  const pixels = await turn(sharp(upright)).png().toBuffer();
  return sharp(pixels).withMetadata({ orientation }).toFormat(format, { quality: 95 }).toBuffer();
}
