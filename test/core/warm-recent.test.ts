import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { staleBeforeMs } from '../../core/freshness.ts';
import { CLAIM_MS, type Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import type { FetchQueue } from '../../core/ports.ts';
import { warmRecent } from '../../core/warm-recent.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { NOW, startWorld, type TestClock, testClock, URL_KEY, type World } from '../world.ts';

const LONG_AGO = NOW - 2 * REFRESH_AGE_MS;

describe('a warming run', () => {
  let world: World;
  let clock: TestClock;
  let userId = 0;
  beforeAll(async () => {
    world = await startWorld();
    return world.stop;
  });
  beforeEach(async () => {
    clock = testClock();
    for (const queue of ['fetch', 'warm'] as const) await world.takeMessages(queue);
  });

  function warm(limit: number, queue: FetchQueue = world.queues.warm) {
    return warmRecent(
      {
        directory: world.directory,
        table: world.table,
        queue,
        clock,
        refreshAgeMs: REFRESH_AGE_MS,
      },
      limit,
    );
  }

  /** A partner who is newer than all before, and claimed by nobody. */
  async function joined(claimUntilMs = 0): Promise<Partner> {
    userId += 1;
    const profile = { userId: String(userId), firstName: 'Ada' };
    const avatarId = avatarIdOf(URL_KEY, profile.userId);
    const times = { nowMs: NOW + userId, claimUntilMs };
    const partner = await world.table.register(avatarId, profile, times, { afterErasure: true });
    if (!partner) throw new Error('not registered');
    return partner;
  }

  /** One whose photo, or whose lack of one, was looked at then. */
  async function checked(checkedAtMs: number, photoId?: string): Promise<Partner> {
    const partner = await joined();
    const request = { owner: 'worker', nowMs: NOW, untilMs: NOW + 1, checkedBeforeMs: NOW };
    const lease = await world.table.acquireLease(partner.avatarId, request);
    const photo = photoId ? { photoId, lqip: 'l' } : undefined;
    await world.table.commit(lease as Lease, photo, checkedAtMs, checkedAtMs);
    return partner;
  }

  const jobOf = ({ avatarId }: Partner) => ({
    avatarId,
    checkedBeforeMs: staleBeforeMs(avatarId, NOW, REFRESH_AGE_MS),
  });
  const inOrder = (jobs: readonly { avatarId: string }[]) =>
    jobs.toSorted((one, other) => one.avatarId.localeCompare(other.avatarId));
  const taken = async () => inOrder(await world.takeJobs('warm'));

  test('asks for what is missing or old and for nothing else, behind every viewer', async () => {
    const missing = await joined();
    const old = await checked(LONG_AGO, 'AQADa');
    const oldLack = await checked(LONG_AGO);
    await checked(NOW, 'AQADa');
    await checked(NOW);
    await joined(NOW + 1);

    expect(await warm(6)).toEqual({ looked: 6, asked: 3 });

    expect(await taken()).toEqual(inOrder([missing, old, oldLack].map(jobOf)));
    expect(await world.takeJobs('fetch')).toEqual([]);
  });

  test('looks at the newest, as many as it is told', async () => {
    await joined();
    const newest = [await joined(), await joined()];

    expect(await warm(2)).toEqual({ looked: 2, asked: 2 });

    expect(await taken()).toEqual(inOrder(newest.map(jobOf)));
  });

  test('of none does nothing', async () => {
    await joined();

    expect(await warm(0)).toEqual({ looked: 0, asked: 0 });
    expect(await taken()).toEqual([]);
  });

  test('that meets another one asks for each partner once, with it', async () => {
    const partners = [];
    for (let n = 0; n < 23; n++) partners.push(await joined());

    const runs = await Promise.all([warm(23), warm(23), warm(23)]);

    expect(runs.reduce((sum, { asked }) => sum + asked, 0)).toBe(23);
    expect(await taken()).toEqual(inOrder(partners.map(jobOf)));
  });

  test('asks again when the claim of a message that went astray is over', async () => {
    await joined();
    await warm(1);
    await taken();

    clock.advance(CLAIM_MS - 1);
    const during = await warm(1);
    clock.advance(1);
    const after = await warm(1);

    expect([during.asked, after.asked]).toEqual([0, 1]);
  });

  test('leaves no claim on those whom the queue refuses, and the next one asks for them', async () => {
    const [refused, sent] = [await joined(), await joined()];
    const { warm: whole } = world.queues;
    const refusing: FetchQueue = {
      ...whole,
      sendAll: async (jobs) => {
        const isRefused = ({ avatarId }: { avatarId: string }) => avatarId === refused.avatarId;
        await whole.sendAll(jobs.filter((job) => !isRefused(job)));
        return jobs.filter(isRefused);
      },
    };

    expect(await warm(2, refusing)).toEqual({ looked: 2, asked: 1 });
    expect(await taken()).toEqual([jobOf(sent)]);
    expect(await warm(2)).toEqual({ looked: 2, asked: 1 });
    expect(await taken()).toEqual([jobOf(refused)]);
  });
});
