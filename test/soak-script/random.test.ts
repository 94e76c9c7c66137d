import { expect, test } from 'vitest';
import { randomOf } from '../../soak/random.ts';

const draws = (seed: number, actor: string) => {
  const random = randomOf(seed, actor);
  return Array.from({ length: 2_000 }, () => random.between(1, 6));
};

test('the same actor of the same seed draws the same, and every other something else', () => {
  expect(draws(1, 'viewer')).toEqual(draws(1, 'viewer'));
  expect(draws(1, 'viewer')).not.toEqual(draws(2, 'viewer'));
  expect(draws(1, 'viewer')).not.toEqual(draws(1, 'faults'));
});

test('every number of a range is drawn, about equally often, and none beside it', () => {
  const counts = new Map<number, number>();
  for (const draw of draws(1, 'viewer')) counts.set(draw, (counts.get(draw) ?? 0) + 1);

  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  for (const count of counts.values()) expect(Math.abs(count - 2_000 / 6)).toBeLessThan(80);
});
