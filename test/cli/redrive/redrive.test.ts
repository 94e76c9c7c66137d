import { expect, test } from 'vitest';
import { MAX_LETTERS, type Pile } from '../../../cli/redrive/pile.ts';
import { resultOf } from '../../../cli/redrive/redrive.ts';
import { letter } from '../inspect/inspections.ts';

const pileOf = (name: string, count: number): Pile => ({
  name,
  deadLetterUrl: 'd',
  queueUrl: name === 'schedule' ? undefined : 'q',
  letters: Array(count).fill(letter()),
});

test.each<[string, Pile[], number[], string]>([
  [
    'all',
    [pileOf('fetch', 2), pileOf('schedule', 1)],
    [2, 1],
    'Sent back: 2 to fetch, 1 failed run removed.',
  ],
  [
    'a part',
    [pileOf('fetch', 3)],
    [1],
    'Sent back: 1 to fetch. 2 dead letters left: give the same command again.',
  ],
  [
    'all that is looked at of a queue with more',
    [pileOf('erase', MAX_LETTERS), pileOf('warm', 1)],
    [MAX_LETTERS, 1],
    'Sent back: 1,000 to erase, 1 to warm. There may be more in erase: give the same command again.',
  ],
])('tells that %s went back', (_, piles, done, line) => {
  const total = piles.reduce((sum, { letters }) => sum + letters.length, 0);

  expect(resultOf(piles, done, total)).toBe(line);
});
