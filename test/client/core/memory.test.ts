import { describe, expect, test } from 'vitest';
import {
  bestPicture,
  MOST_PICTURES,
  type Picture,
  pathOf,
  sweepPictures,
} from '../../../client/core/memory.ts';
import type { PartnerRecord, Size } from '../../../client/core/types.ts';

const partner = { avatarId: 'abcdefghijklmnopqrstuvwxyz', photoId: 'face' } as PartnerRecord;

function picture(path: string, usedAtMs: number, size: Size = 150): Picture {
  const image = {} as HTMLImageElement;
  return { path, url: `blob:${path}`, image, size, bytes: 1, source: 'network', usedAtMs };
}

function memoryOf(...pictures: Picture[]) {
  return new Map(pictures.map((each) => [each.path, each]));
}

function sweep(memory: Map<string, Picture>, used: readonly Picture[], nowMs: number) {
  const revoked: string[] = [];
  sweepPictures(memory, new Set(used), { nowMs, unusedMs: 100 }, (url) => revoked.push(url));
  return revoked;
}

describe('the picture that serves best', () => {
  test.each([
    [150, [64, 150, 300], 150],
    [150, [64, 512, 300], 300],
    [512, [64, 150, 300], 300],
    [300, [64], 64],
    [64, [], undefined],
  ] as [Size, Size[], Size | undefined][])('at %i of %j is %s', (size, there, best) => {
    const memory = memoryOf(...there.map((each) => picture(pathOf(partner, each) ?? '', 0, each)));

    expect(bestPicture(memory, partner, size)?.size).toBe(best);
  });

  test('is none without a photo', () => {
    expect(bestPicture(new Map(), { ...partner, photoId: null }, 64)).toBeUndefined();
  });
});

describe('a sweep', () => {
  test('drops what nobody used for long, and gives its URL back', () => {
    const memory = memoryOf(picture('old', 0), picture('new', 950));

    const revoked = sweep(memory, [], 1000);

    expect(revoked).toEqual(['blob:old']);
    expect([...memory.keys()]).toEqual(['new']);
  });

  test('leaves what is shown, and counts its time anew', () => {
    const shown = picture('shown', 0);
    const memory = memoryOf(shown);

    const whileShown = sweep(memory, [shown], 1000);
    const soonAfter = sweep(memory, [], 1050);
    const later = sweep(memory, [], 1100);

    expect([whileShown, soonAfter, later]).toEqual([[], [], ['blob:shown']]);
  });

  test('drops the longest unused where there are too many, but none that is shown', () => {
    const pictures = Array.from({ length: MOST_PICTURES + 2 }, (_, index) =>
      picture(String(index), 1000 + index),
    );
    const memory = memoryOf(...pictures);
    const [, shown] = pictures as [Picture, Picture];

    const revoked = sweep(memory, [shown], 1000);

    expect(revoked).toEqual(['blob:0']);
  });
});
