import { expect, test } from 'vitest';
import { createLine, LINE_IS_CUT_MS } from '../../../local/demo/line.ts';

const NOW = 1_800_000_000_000;
const picture = { path: '/avatars/a' };

test('a line that was cut hangs up on viewers, until it is mended', () => {
  const line = createLine();

  line.cut(NOW);
  const cut = [line.hangsUpOn(picture, NOW), line.hangsUpOn({ path: '/' }, NOW)];
  line.mend();

  expect(cut).toEqual([true, true]);
  expect(line.hangsUpOn(picture, NOW)).toBe(false);
});

test('it leaves the operator the switch', () => {
  const line = createLine();

  line.cut(NOW);

  expect(line.hangsUpOn({ path: '/local/demo/mend-line' }, NOW)).toBe(false);
});

test('it mends itself, for whoever has no button any more', () => {
  const line = createLine();

  line.cut(NOW);

  expect(line.hangsUpOn(picture, NOW + LINE_IS_CUT_MS - 1)).toBe(true);
  expect(line.hangsUpOn(picture, NOW + LINE_IS_CUT_MS)).toBe(false);
});
