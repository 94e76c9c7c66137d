import { describe, expect, test } from 'vitest';
import { askForAllDue, askForPhoto, askIfDue, behindAll } from '../../core/ask-for-photo.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { staleBeforeMs } from '../../core/freshness.ts';
import { CLAIM_MS } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { NOW, testClock } from '../world.ts';

const LONG_AGO = NOW - 2 * REFRESH_AGE_MS;
const PHOTO = { photoId: 'AQAD', lqip: 'l' };

function partnerOf(userId: string, more: Partial<Partner> = {}): Partner {
  return { avatarId: avatarIdOf('k', userId), userId, firstName: 'Ada', joinedAtMs: NOW, ...more };
}

/** Ports that say in which order they were used; the claim is won or lost, a job taken or refused, as told. */
function portsOf({
  wins = () => true,
  refuses = () => false,
}: Partial<Record<'wins' | 'refuses', (avatarId: string) => boolean>> = {}) {
  const used: unknown[][] = [];
  const table = {
    claim: async (avatarId: string, ...times: number[]) => {
      used.push(['claim', avatarId, ...times]);
      return wins(avatarId);
    },
    unclaim: async (...given: unknown[]) => {
      used.push(['unclaim', ...given]);
    },
  };
  const queue = (name: string) => ({
    send: async (sent: unknown) => {
      used.push([name, sent]);
    },
    sendAll: async <Job extends { avatarId: string }>(sent: readonly Job[]) => {
      used.push([`all to ${name}`, sent]);
      return sent.filter(({ avatarId }) => refuses(avatarId));
    },
  });
  const queues = { fetch: queue('fetch'), warm: queue('warm') };
  return { used, ports: { table, queues, clock: testClock(), refreshAgeMs: REFRESH_AGE_MS } };
}

describe('asking for a photo', () => {
  const partner = partnerOf('43', { lastName: 'Lovelace' });
  const job = { avatarId: partner.avatarId, checkedBeforeMs: NOW };

  test('claims first, and sends as the winner', async () => {
    const { used, ports } = portsOf();

    await askForPhoto(ports, partner, job);

    expect(used).toEqual([
      ['claim', partner.avatarId, NOW, NOW + 10_000],
      ['fetch', job],
    ]);
  });

  test.each<{ what: string; known: Partial<Partner>; lostPhotoId?: string; queue: string }>([
    { what: 'a photo that was never there', known: {}, queue: 'fetch' },
    { what: 'one that is old', known: { photo: PHOTO, checkedAtMs: LONG_AGO }, queue: 'warm' },
    { what: 'a lack of one that is old', known: { checkedAtMs: LONG_AGO }, queue: 'warm' },
    {
      what: 'one that is lost',
      known: { photo: PHOTO, checkedAtMs: NOW },
      lostPhotoId: 'AQAD',
      queue: 'fetch',
    },
  ])('for $what goes to the queue $queue', async ({ known, lostPhotoId, queue }) => {
    const { used, ports } = portsOf();
    const sent = { ...job, ...(lostPhotoId && { lostPhotoId }) };

    await askForPhoto(ports, { ...partner, ...known }, sent);

    expect(used.at(-1)).toEqual([queue, sent]);
  });

  test('goes behind all where nobody waits, even for the first photo', async () => {
    const { used, ports } = portsOf();

    await askForPhoto({ ...ports, queues: behindAll(ports.queues.warm) }, partner, job);

    expect(used.at(-1)).toEqual(['warm', job]);
  });

  test('gives the claim back where the queue does not take the message, and says so', async () => {
    const { used, ports } = portsOf();
    const send = () => Promise.reject(new Error('no queue'));
    const queues = { ...ports.queues, fetch: { ...ports.queues.fetch, send } };

    await expect(askForPhoto({ ...ports, queues }, partner, job)).rejects.toThrow('no queue');

    expect(used.at(-1)).toEqual(['unclaim', partner.avatarId, NOW + 10_000]);
  });

  test('sends nothing as a loser', async () => {
    const { used, ports } = portsOf({ wins: () => false });

    await askForPhoto(ports, partner, job);

    expect(used).toHaveLength(1);
  });

  test('does not even claim where the claim is known to be taken, up to its end', async () => {
    const { used, ports } = portsOf();

    await askForPhoto(ports, { ...partner, claimedUntilMs: NOW + 1 }, job);
    const before = used.length;
    await askForPhoto(ports, { ...partner, claimedUntilMs: NOW }, job);

    expect([before, used.length]).toEqual([0, 2]);
  });
});

describe('asking for all that are due', () => {
  const pending = partnerOf('1');
  const old = partnerOf('2', { photo: PHOTO, checkedAtMs: LONG_AGO });
  const without = partnerOf('3', { checkedAtMs: LONG_AGO });
  const fresh = partnerOf('4', { photo: PHOTO, checkedAtMs: NOW });
  const claimed = partnerOf('5', { claimedUntilMs: NOW + 1 });
  const another = partnerOf('6');
  const jobOf = ({ avatarId }: Partner) => ({
    avatarId,
    checkedBeforeMs: staleBeforeMs(avatarId, NOW, REFRESH_AGE_MS),
  });
  const claimedIds = (used: unknown[][]) =>
    used.filter(([name]) => name === 'claim').map(([, avatarId]) => avatarId);

  test('claims each, and sends what is missing to one queue and what is old to the other, at once', async () => {
    const { used, ports } = portsOf();

    const asked = await askForAllDue(ports, [pending, old, without, fresh, claimed, another]);

    expect(asked).toBe(4);
    expect(used).toEqual([
      ...[pending, old, without, another].map(({ avatarId }) => [
        'claim',
        avatarId,
        NOW,
        NOW + CLAIM_MS,
      ]),
      ['all to fetch', [jobOf(pending), jobOf(another)]],
      ['all to warm', [jobOf(old), jobOf(without)]],
    ]);
  });

  test('leaves those to others whose claim they won', async () => {
    const { used, ports } = portsOf({ wins: (avatarId) => avatarId !== pending.avatarId });

    const asked = await askForAllDue(ports, [pending, another]);

    expect(asked).toBe(1);
    expect(claimedIds(used)).toEqual([pending.avatarId, another.avatarId]);
    expect(used).toContainEqual(['all to fetch', [jobOf(another)]]);
  });

  test('gives the claims back of those, and only those, whom a queue refuses', async () => {
    const refused = [pending.avatarId, old.avatarId];
    const { used, ports } = portsOf({ refuses: (avatarId) => refused.includes(avatarId) });

    const asked = await askForAllDue(ports, [pending, old, without, another]);

    expect(asked).toBe(2);
    const given = used.filter(([name]) => name === 'unclaim');
    expect(given).toHaveLength(2);
    for (const avatarId of refused) {
      expect(given).toContainEqual(['unclaim', avatarId, NOW + CLAIM_MS]);
    }
  });

  test('gives all claims back where a queue takes nothing, and says so', async () => {
    const { used, ports } = portsOf();
    const sendAll = () => Promise.reject(new Error('no queue'));
    const queues = { ...ports.queues, fetch: { ...ports.queues.fetch, sendAll } };

    const asked = askForAllDue({ ...ports, queues }, [pending, old, another]);

    await expect(asked).rejects.toThrow('no queue');
    const given = used.filter(([name]) => name === 'unclaim');
    expect(given).toEqual(
      [pending, another].map(({ avatarId }) => ['unclaim', avatarId, NOW + CLAIM_MS]),
    );
  });

  test('tells of the queue that takes nothing even where the claims cannot be given back', async () => {
    const { ports } = portsOf();
    const sendAll = () => Promise.reject(new Error('no queue'));
    const queues = { ...ports.queues, fetch: { ...ports.queues.fetch, sendAll } };
    const table = { ...ports.table, unclaim: () => Promise.reject(new Error('no table')) };

    const asked = askForAllDue({ ...ports, table, queues }, [pending]);

    await expect(asked).rejects.toThrow('no queue');
  });

  test('touches no claim where nobody is due', async () => {
    const { used, ports } = portsOf();

    expect(await askForAllDue(ports, [fresh, claimed])).toBe(0);
    expect(claimedIds(used)).toEqual([]);
  });
});

describe('asking on a viewer’s behalf', () => {
  const old = partnerOf('2', { photo: PHOTO, checkedAtMs: LONG_AGO });
  const fresh = partnerOf('4', { photo: PHOTO, checkedAtMs: NOW });

  test('asks for nothing that is not due', async () => {
    const { used, ports } = portsOf();

    expect(await askIfDue({ ...ports, report: () => {} }, fresh)).toBe('pending');
    expect(used).toEqual([]);
  });

  test('hides an outage from the viewer, and reports it', async () => {
    const { ports } = portsOf();
    const error = new Error('no queue');
    const warm = { ...ports.queues.warm, send: () => Promise.reject(error) };
    const reported: unknown[] = [];
    const report = (what: unknown) => {
      reported.push(what);
    };

    const queues = { ...ports.queues, warm };
    expect(await askIfDue({ ...ports, queues, report }, old)).toBe('limited');
    expect(reported).toEqual([error]);
  });
});
