import { describe, expect, test } from 'vitest';
import { wantedWidth } from '../../../client/react/wanted-width.ts';

const PHONE = { devicePixelRatio: 3 };

describe('the width that is asked for', () => {
  test.each([16, 40, 430])('is the same for all lists, at %i px', (boxPx) => {
    expect(wantedWidth(boxPx, false, PHONE)).toBe(150);
  });

  test.each([
    [51, 3, 512],
    [50, 3, 150],
    [151, 1, 512],
    [150, 1, 150],
  ])('is 512 for an enlarged view that has the pixels: %i px at %i', (boxPx, ratio, expected) => {
    expect(wantedWidth(boxPx, true, { devicePixelRatio: ratio })).toBe(expected);
  });

  test('is not 512 for whoever saves data', () => {
    const navigator = { connection: { saveData: true } };

    expect(wantedWidth(430, true, { ...PHONE, navigator })).toBe(150);
    expect(wantedWidth(430, true, { ...PHONE, navigator: { connection: {} } })).toBe(512);
    expect(wantedWidth(430, true, { ...PHONE, navigator: {} })).toBe(512);
  });

  test('is known on a server, which has no screen', () => {
    expect(wantedWidth(40, false)).toBe(150);
  });
});
