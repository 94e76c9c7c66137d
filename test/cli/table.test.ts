import { expect, test } from 'vitest';
import { tableOf } from '../../cli/table.ts';

test('numbers stand to the right and have separators, texts to the left, and nothing ends in blanks', () => {
  expect(
    tableOf([
      ['64 px', 1318, 'bytes'],
      ['photo', 26, ''],
    ]),
  ).toEqual(['  64 px  1,318  bytes', '  photo     26']);
});

test('rows may be of different lengths', () => {
  expect(tableOf([['a', 1], ['longer']], '')).toEqual(['a       1', 'longer']);
});
