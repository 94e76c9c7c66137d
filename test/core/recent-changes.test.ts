import { expect, test } from 'vitest';
import type { MovedPhoto } from '../../core/ports.ts';
import { recentChanges } from '../../core/recent-changes.ts';
import { NOW, testClock } from '../world.ts';

const AVATAR_ID = 'pfkqot2rc2pr6zafhwfsyqb5p5';

/** The feed where so many photos moved, one each 2 s, the last one now; and what the index was asked. */
async function feedOf(count: number) {
  const all = Array.from({ length: count }, (_, n): MovedPhoto => {
    return { avatarId: `${AVATAR_ID}${n}`, photoId: 'AQADa', changedAtMs: NOW - n * 2_000 };
  });
  const asked: number[][] = [];
  const after = async (...given: [number, number]) => {
    asked.push(given);
    return all.slice(0, given[1]);
  };
  return { feed: await recentChanges({ moved: { after }, clock: testClock() }), asked };
}

test('the feed names partner and photo by tags that nobody reads back', async () => {
  const moved = {
    after: async () => [
      { avatarId: AVATAR_ID, photoId: 'AQADa', changedAtMs: NOW - 1 },
      { avatarId: `${AVATAR_ID}x`, changedAtMs: NOW - 2 },
    ],
  };

  const { changes } = await recentChanges({ moved, clock: testClock() });

  expect(changes).toEqual([
    { partner: '1m11rdu1x1z61', photo: '3rhi2nqu82keb', changedAtMs: NOW - 1 },
    { partner: expect.stringMatching(/^[0-9a-z]{1,13}$/), photo: null, changedAtMs: NOW - 2 },
  ]);
});

test('the feed is of the last five minutes', async () => {
  const { feed, asked } = await feedOf(0);

  expect(asked).toEqual([[NOW - 300_000, 101]]);
  expect(feed).toEqual({ windowMs: 300_000, changes: [] });
});

test.each([
  [100, 300_000],
  [101, 198_000],
])(
  'a feed of %i changes is complete for the last %i ms, and lists a hundred',
  async (n, windowMs) => {
    const { feed } = await feedOf(n);

    expect([feed.windowMs, feed.changes.length]).toEqual([windowMs, 100]);
  },
);
