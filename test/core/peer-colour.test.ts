import { expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { PEER_GRADIENTS, peerColourOf, strangerColourOf } from '../../core/peer-colour.ts';

test.each([
  ['1', 1],
  ['7', 0],
  ['42', 0],
  ['48', 6],
  // More than a double holds.
  ['9007199254740993', Number(9007199254740993n % 7n)],
])('the colour of user %s is %i, as Telegram’s apps have it', (userId, colour) => {
  expect(peerColourOf(userId)).toBe(colour);
});

test('a stranger’s colour is steady, and any of the seven', () => {
  const avatarIds = Array.from({ length: 200 }, (_, n) => avatarIdOf('k', String(n)));

  const colours = avatarIds.map(strangerColourOf);

  expect(avatarIds.map(strangerColourOf)).toEqual(colours);
  expect(new Set(colours)).toEqual(new Set(PEER_GRADIENTS.keys()));
});

test('a gradient is two colours that CSS can read', () => {
  expect(PEER_GRADIENTS).toHaveLength(7);
  for (const gradient of PEER_GRADIENTS) {
    expect(gradient).toEqual([
      expect.stringMatching(/^#[0-9a-f]{6}$/),
      expect.stringMatching(/^#[0-9a-f]{6}$/),
    ]);
  }
});
