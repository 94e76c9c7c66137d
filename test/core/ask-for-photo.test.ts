import { describe, expect, test } from 'vitest';
import { askForPhoto } from '../../core/ask-for-photo.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { Partner } from '../../core/partner.ts';
import { NOW, testClock } from '../world.ts';

const partner: Partner = {
  avatarId: avatarIdOf('k', '43'),
  userId: '43',
  firstName: 'Ada',
  lastName: 'Lovelace',
  joinedAtMs: NOW,
};

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
    const unclaim = async (...given: unknown[]) => {
      used.push(['unclaim', ...given]);
    };
    return { used, ports: { table: { claim, unclaim }, queue: { send }, clock: testClock() } };
  }

  test('claims first, and sends as the winner', async () => {
    const { used, ports } = portsOf(true);

    await askForPhoto(ports, partner, job);

    expect(used).toEqual([
      ['claim', partner.avatarId, NOW, NOW + 10_000],
      ['send', job],
    ]);
  });

  test('gives the claim back where the queue does not take the message, and says so', async () => {
    const { used, ports } = portsOf(true);
    const broken = { ...ports, queue: { send: () => Promise.reject(new Error('no queue')) } };

    await expect(askForPhoto(broken, partner, job)).rejects.toThrow('no queue');

    expect(used.at(-1)).toEqual(['unclaim', partner.avatarId, NOW + 10_000]);
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
