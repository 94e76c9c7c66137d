import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { MISS_LIFETIME_SECONDS, placeholderOf, placeholderOfStranger } from '../../core/miss.ts';
import type { Partner } from '../../core/partner.ts';
import { NOW } from '../world.ts';

const partner: Partner = {
  avatarId: avatarIdOf('k', '43'),
  userId: '43',
  firstName: 'Ada',
  lastName: 'Lovelace',
  joinedAtMs: NOW,
};

describe('a placeholder', () => {
  test('of a partner has the initials, on the colour that Telegram gives the user', () => {
    expect(placeholderOf(partner)).toEqual({ colour: 1, initials: 'AL' });
  });

  test('of a stranger has no initials, on a colour that stays', () => {
    const placeholder = placeholderOfStranger(partner.avatarId);

    expect(placeholder).toEqual(placeholderOfStranger(partner.avatarId));
    expect(placeholder.initials).toBe('');
    expect([0, 1, 2, 3, 4, 5, 6]).toContain(placeholder.colour);
  });

  test('is cached for seconds where the photo may come in seconds', () => {
    expect(MISS_LIFETIME_SECONDS.pending).toBeLessThanOrEqual(2);
    expect(Math.max(...Object.values(MISS_LIFETIME_SECONDS))).toBeLessThanOrEqual(300);
  });
});
