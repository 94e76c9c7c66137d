// What Telegram sends in place of a photo.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PhotoRejected } from '../../core/errors.ts';
import type { Partner } from '../../core/partner.ts';
import { type RenderedPhoto, renderWebp } from '../../core/render-webp.ts';
import { SIZES } from '../../core/sizes.ts';
import { functions } from '../../core/topology.ts';
import { setPhoto } from '../../local/bot-api/control.ts';
import { likeness } from '../likeness.ts';
import { expectClean, middleOf } from '../rendered-photo.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type HostileImage, hostileImages, MARKER, WIDEST } from './hostile-images.ts';
import type { RenderReport } from './render-in-process.ts';

const images = await hostileImages();
const photograph = readFileSync(
  new URL('../../local/bot-api/photos/astronaut-640.jpg', import.meta.url),
);

function image(name: string): HostileImage {
  return images.find((found) => found.name === name) ?? expect.fail(`no image ${name}`);
}

/** Files have numbers for names: those of the images have slashes. */
const nameOf = (index: number) => String(index).padStart(3, '0');

describe('fault 26: a file that is not what it should be', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-images-'));
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  let report: RenderReport;
  beforeAll(async () => {
    mkdirSync(from);
    mkdirSync(to);
    // The one that takes most memory is there as often as photos are decoded at the same time.
    const hungriest = image('interlaced PNG of 16 bits');
    for (const [index, { bytes }] of [
      ...images,
      ...Array(DECODERS - 1).fill(hungriest),
    ].entries()) {
      writeFileSync(join(from, nameOf(index)), bytes);
    }
    const script = join(import.meta.dirname, 'render-in-process.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, from, to]);
    report = JSON.parse(stdout);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // libuv's pool has four threads, and no decode is begun without one.
  const DECODERS = 4;
  // What a decoder holds of a picture (core/render-webp.ts), and once more what is made of it.
  const DECODED_MB = (2 * WIDEST * WIDEST * 8) / 1024 / 1024;
  // Node with sharp and the bytes of the files: 90 MB measured.
  const IDLE_MB = 150;
  const BOUND_MB = IDLE_MB + DECODERS * DECODED_MB;

  test('takes less than a third of the memory of the function that renders it', () => {
    expect(report.peakMb).toBeLessThan(BOUND_MB);
    expect(BOUND_MB).toBeLessThan(functions.fetchPhoto.memoryMb / 3);
  });

  test.each(images.map((found, index) => ({ ...found, index })))(
    'is $outcome: $name',
    async ({ index, bytes, outcome, colour }) => {
      const name = nameOf(index);

      // More bytes than the Bot API's adapter lets through would not come this far.
      expect(bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024);
      const actual = report.outcomes[name] ?? '';
      expect(outcome).toContain(actual === 'PhotoRejected' ? 'rejected' : actual);
      expect(['PhotoRejected', 'rendered']).toContain(actual);
      if (actual === 'PhotoRejected') return;
      const photo = rendered(join(to, name));
      await expectClean(photo, MARKER);
      if (colour) expectNear(await middleOf(photo.webpBySize.get(512)), colour);
    },
  );
});

function rendered(folder: string): RenderedPhoto {
  const webpBySize = new Map(
    SIZES.map((size) => [size, readFileSync(join(folder, `${size}.webp`))] as const),
  );
  return { webpBySize, lqip: readFileSync(join(folder, 'lqip'), 'utf8') };
}

/** Inks and compression change a colour a little. */
function expectNear(actual: readonly number[], expected: readonly number[]): void {
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(30);
  }
}

describe('fault 26: a file that is broken', () => {
  const small = () => sharp(photograph).resize(48);
  const originals = [
    ['JPEG', () => small().jpeg().toBuffer(), 700],
    ['progressive JPEG', () => small().jpeg({ progressive: true }).toBuffer(), 700],
    ['PNG', () => small().png().toBuffer(), 80],
    ['WebP', () => small().webp().toBuffer(), 80],
  ] as const;

  /** Whatever else it throws is thrown. */
  async function renderedOrRejected(bytes: Uint8Array): Promise<void> {
    const photo = await renderWebp(bytes).catch((error) => {
      if (!(error instanceof PhotoRejected)) throw error;
    });
    if (photo) await expectClean(photo, MARKER);
  }

  test.each(originals)('off anywhere, a %s is rejected or clean', async (_, make, header) => {
    const original = await make();
    for (let end = 0; end < original.length; end += end < header ? 1 : 97) {
      await renderedOrRejected(original.subarray(0, end));
    }
  });

  test.each(originals)('anywhere, a %s is rejected or clean', async (_, make) => {
    const original = await make();
    const flip = fc.record({
      at: fc.nat(original.length - 1),
      xor: fc.integer({ min: 1, max: 255 }),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 4 }), async (flips) => {
        const broken = Buffer.from(original);
        for (const { at, xor } of flips) broken.writeUInt8(broken.readUInt8(at) ^ xor, at);
        await renderedOrRejected(broken);
      }),
      { numRuns: 25 },
    );
  });
});

describe('fault 26: a photo that Telegram shows', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
    return fleet.stop;
  });
  afterEach(() => fleet.tidy());

  /** Shows these bytes as the partner's photo, and has them fetched until nothing waits any more. */
  async function fetched(partner: Partner, bytes: Buffer): Promise<Partner> {
    await setPhoto(fleet.apiRoot, Number(partner.userId), Uint8Array.from(bytes));
    await fleet.ask(partner);
    await fleet.settle();
    return (await fleet.stored(partner)) ?? expect.fail('not known');
  }

  test.each([
    ['HTML', /not a JPEG, PNG or WebP/],
    ['SVG with a script', /not a JPEG, PNG or WebP/],
    ['AVIF', /not a JPEG, PNG or WebP/],
    ['animated GIF', /not a JPEG, PNG or WebP/],
    ['PNG that inflates to 800 MB', /not a JPEG, PNG or WebP/],
    ['JPEG that says 65,500 × 65,500', /not a JPEG, PNG or WebP/],
    ['JPEG of 33 scans', /scans/],
    ['WebP of 1,001 frames', /frames/],
    ['PNG whose profile is a program', /profile/],
  ])('as %s is downloaded once, and nobody tries again', async (name, reason) => {
    const partner = await fleet.newPartner();

    const { photo, checkedAtMs } = await fetched(partner, image(name).bytes);

    expect(photo).toBeUndefined();
    expect(checkedAtMs).toBeDefined();
    expect(await fleet.calls()).toEqual({ lists: 1, files: 1, downloads: 1 });
    expect(await fleet.deadLetters()).toBe(0);
    const log = fleet.deployed.takeLog();
    expect(log).toContain('"kind":"rejected"');
    expect(log).toMatch(reason);
    const { status, headers } = await fleet.deployed.request('GET', `/avatars/${partner.avatarId}`);
    expect([status, headers['x-avatar']]).toEqual([302, 'none']);
  });

  test('and that cannot be shown leaves the one before it in its place', async () => {
    const partner = await fleet.storedPartner();

    const { photo } = await fetched(partner, image('JPEG of 33 scans').bytes);

    expect(photo).toEqual(partner.photo);
    expect(await fleet.objectsOf(partner, partner.photo.photoId)).toBe(SIZES.length);
    expect(await fleet.calls()).toEqual({ lists: 2, files: 2, downloads: 2 });
    expect(await fleet.deadLetters()).toBe(0);
  });

  test.each([
    'JPEG that is a ZIP',
    'JPEG that is HTML',
    'WebP that is HTML',
    'animated WebP',
    'CMYK JPEG, inverted as Adobe has it',
    '16-bit PNG',
    'grey PNG with alpha',
    '1 × 1 PNG',
  ])('as %s is served as a clean WebP', async (name) => {
    const partner = await fleet.newPartner();

    const { photo } = await fetched(partner, image(name).bytes);

    await expectClean(await served(partner, photo?.lqip), MARKER);
    expect(await fleet.calls()).toEqual({ lists: 1, files: 1, downloads: 1 });
  });

  test('lying on its side is served upright', async () => {
    const turned = await sharp(photograph).rotate(270).toBuffer();
    const tagged = await sharp(turned).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const partner = await fleet.newPartner();

    const { photo } = await fetched(partner, tagged);

    const { webpBySize } = await served(partner, photo?.lqip);
    expect(await likeness(webpBySize.get(300), photograph)).toBeGreaterThan(0.95);
  });

  /** The partner's photo as viewers get it. */
  async function served({ avatarId }: Partner, lqip = ''): Promise<RenderedPhoto> {
    const pictures = SIZES.map(async (size) => {
      const { body } = await fleet.deployed.request('GET', `/avatars/${avatarId}?size=${size}`);
      return [size, body] as const;
    });
    return { webpBySize: new Map(await Promise.all(pictures)), lqip };
  }
});
