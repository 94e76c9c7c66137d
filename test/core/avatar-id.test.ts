import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { isAvatarId } from '../../core/avatar-id-form.ts';

describe('avatarId', () => {
  test('is the published test vector for key k and user 42', () => {
    expect(avatarIdOf('k', '42')).toBe('pfkqot2rc2pr6zafhwfsyqb5p5');
  });

  test('has the form of an avatarId for every user and key', () => {
    fc.assert(
      fc.property(fc.string(), fc.bigInt(1n, 2n ** 52n), (key, userId) =>
        isAvatarId(avatarIdOf(key, String(userId))),
      ),
    );
  });

  test('differs by user and by key', () => {
    const ids = [avatarIdOf('k', '42'), avatarIdOf('k', '43'), avatarIdOf('l', '42')];
    expect(new Set(ids).size).toBe(3);
  });

  test.each(['', 'a', 'A'.repeat(26), '1'.repeat(26), 'a'.repeat(27), `${'a'.repeat(25)}/`])(
    'is not %j',
    (text) => {
      expect(isAvatarId(text)).toBe(false);
    },
  );
});
