import { describe, expect, test } from 'vitest';
import { refuseDecoderBomb, refuseProfileBomb } from '../../core/decoder-bombs.ts';
import { PhotoRejected } from '../../core/errors.ts';

const JPEG = [0xff, 0xd8];
const times = (count: number, bytes: number[]) => Array.from({ length: count }, () => bytes).flat();
const refusing = (bytes: Iterable<number>) => () => refuseDecoderBomb(Uint8Array.from(bytes));

describe('a JPEG', () => {
  test.each([
    ['scans', [0xff, 0xda], 32],
    ['segments', [0xff, 0xe0], 5_000],
    ['segments', [0xff, 0xef], 5_000],
  ])('may have as many %s of %j as %i, and not one more', (what, marker, limit) => {
    expect(refusing([...JPEG, ...times(limit, marker)])).not.toThrow();
    expect(refusing([...JPEG, ...times(limit + 1, marker)])).toThrow(PhotoRejected);
    expect(refusing([...JPEG, ...times(limit + 1, marker)])).toThrow(
      `the JPEG has more than ${limit} ${what}`,
    );
  });

  test('may have anything else as often as it likes', () => {
    const others = [
      [0xff, 0xdf],
      [0xff, 0xf0],
      [0xff, 0x00],
      [0xff, 0xd0],
      [0xda, 0xe0],
    ];
    for (const other of others) expect(refusing([...JPEG, ...times(9_000, other)])).not.toThrow();
  });

  test('has a scan wherever the two bytes stand, behind fill bytes and at the very end too', () => {
    const filled = times(33, [0x00, 0xff, 0xff, 0xda]);
    expect(refusing([...JPEG, ...filled])).toThrow('scans');
    expect(refusing([...JPEG, 0x00, ...times(33, [0xff, 0xda])])).toThrow('scans');
  });

  test('is what begins as one: compressed data of other formats holds such bytes by chance', () => {
    const markers = times(9_000, [0xff, 0xda, 0xff, 0xe1]);
    expect(refusing(markers)).not.toThrow();
    expect(refusing([0xff, 0xd7, ...markers])).not.toThrow();
    expect(refusing([0x00, 0xd8, ...markers])).not.toThrow();
    expect(refusing([])).not.toThrow();
  });
});

describe('a WebP', () => {
  const frames = (count: number) => Buffer.from(`RIFF....WEBP${'ANMF'.repeat(count)}`);

  test('may have a thousand frames, and not one more', () => {
    expect(refusing(frames(1_000))).not.toThrow();
    expect(refusing(frames(1_001))).toThrow(PhotoRejected);
    expect(refusing(frames(1_001))).toThrow('the WebP has more than 1000 frames');
  });

  test('is read where it begins, whatever it is a part of', () => {
    const whole = frames(1_001);
    expect(() => refuseDecoderBomb(whole.subarray(0, -4))).not.toThrow();
    expect(() => refuseDecoderBomb(whole.subarray(4))).toThrow('frames');
  });
});

describe('a colour profile', () => {
  test('may have curves and tables, and no program', () => {
    expect(() => refuseProfileBomb(Buffer.from('....acsp....curv....mft2'))).not.toThrow();
    expect(() => refuseProfileBomb(Buffer.from('....acsp....mpet'))).toThrow(PhotoRejected);
    expect(() => refuseProfileBomb(Buffer.from('....acsp....mpet'))).toThrow('multi-process');
  });
});
