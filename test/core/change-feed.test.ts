import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { feedTag, photoText } from '../../core/change-feed.ts';

const AVATAR_ID = 'pfkqot2rc2pr6zafhwfsyqb5p5';

test.each([
  [AVATAR_ID, '1m11rdu1x1z61'],
  [photoText(AVATAR_ID, 'AQADa'), '3rhi2nqu82keb'],
])('the tag of %s is the same by Node’s hashing and by a browser’s', async (text, tag) => {
  const { buffer } = new Uint8Array(createHash('sha256').update(text).digest());
  const inBrowser = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));

  expect([feedTag(buffer), feedTag(inBrowser)]).toEqual([tag, tag]);
});
