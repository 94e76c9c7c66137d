import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import {
  askForPhoto,
  MISS_LIFETIME_SECONDS,
  placeholderOf,
  placeholderOfStranger,
} from '../../core/miss.ts';
import type { Partner } from '../../core/partner.ts';
import { NOW, testClock } from '../world.ts';

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

describe('asking for a photo', () => {
  const job = { avatarId: partner.avatarId, checkedBeforeMs: NOW };

  /** Ports that say in which order they were used; the claim is won or lost as told. */
  function portsOf(wins: boolean) {
    const used: unknown[] = [];
    const claim = async (...claimed: unknown[]) => {
      used.push(['claim', ...claimed]);
      return wins;
    };
    const send = async (sent: unknown) => {
      used.push(['send', sent]);
    };
    return { used, ports: { table: { claim }, queue: { send }, clock: testClock() } };
  }

  test('claims first, and sends as the winner', async () => {
    const { used, ports } = portsOf(true);

    await askForPhoto(ports, partner, job);

    expect(used).toEqual([
      ['claim', partner.avatarId, NOW, NOW + 10_000],
      ['send', job],
    ]);
  });

  test('sends nothing as a loser', async () => {
    const { used, ports } = portsOf(false);

    await askForPhoto(ports, partner, job);

    expect(used).toHaveLength(1);
  });

  test('does not even claim where the claim is known to be taken, up to its end', async () => {
    const { used, ports } = portsOf(true);

    await askForPhoto(ports, { ...partner, claimedUntilMs: NOW + 1 }, job);
    const before = used.length;
    await askForPhoto(ports, { ...partner, claimedUntilMs: NOW }, job);

    expect([before, used.length]).toEqual([0, 2]);
  });
});
