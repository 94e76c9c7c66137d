import { expect, test } from 'vitest';
import { AVATAR_CACHE, isOldForm } from '../../../client/sw/cache-names.ts';

test('a logout in the page finds the pictures by the name of their cache', () => {
  expect(AVATAR_CACHE).toMatch(/^cameo-avatars/);
});

test.each([
  ['cameo-avatars-2', false],
  ['cameo-avatars-1', true],
  ['cameo-avatars-10', true],
  ['cameo-shell-1', false],
  ['app-avatars-1', false],
])('%s is an old form of cameo-avatars-2: %s', (name, isOld) => {
  expect(isOldForm(name, 'cameo-avatars-2')).toBe(isOld);
});
