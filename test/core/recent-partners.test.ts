import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { type RecentPorts, recentPartners } from '../../core/recent-partners.ts';
import { INLINE_SIZE } from '../../core/sizes.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { NOW, startWorld, testClock, type World } from '../world.ts';

const WEBP = Buffer.from('RIFF of 64 px');
const DATA_URI = `data:image/webp;base64,${WEBP.toString('base64')}`;

let world: World;
let reported: unknown[];
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  return world.stop;
});
beforeEach(async () => {
  reported = [];
  await world.takeMessages();
});

/** The real ports, but for what a test replaces. */
function portsOf(replaced: Partial<RecentPorts> = {}): RecentPorts {
  const report = (error: unknown) => {
    reported.push(error);
  };
  return { ...world, clock: testClock(), refreshAgeMs: REFRESH_AGE_MS, report, ...replaced };
}

/** Partners of whom all but the first have a photo, the first one first. */
async function joined(count: number): Promise<Partner[]> {
  const partners = [];
  for (let n = 0; n < count; n++) {
    userId += 1;
    const partner = await world.join(userId);
    if (n > 0) await store(partner);
    partners.push((await world.table.get(partner.avatarId)) ?? partner);
  }
  return partners;
}

async function store({ avatarId }: Partner): Promise<void> {
  const request = { owner: 'worker', nowMs: NOW, untilMs: NOW + 1, checkedBeforeMs: NOW };
  const lease = await world.table.acquireLease(avatarId, request);
  await world.table.commit(lease as Lease, { photoId: 'AQAD', lqip: 'l' }, NOW, NOW);
  await world.bucket.put({ avatarId, photoId: 'AQAD', size: INLINE_SIZE }, WEBP);
}

const newest = (partners: Partner[]) => ({ newest: async () => partners });

describe('the recent list', () => {
  test('is what the directory has, without bytes unless asked for, and asks for what is missing', async () => {
    const partners = await joined(3);
    const limits: number[] = [];
    const directory = {
      newest: async (limit: number) => {
        limits.push(limit);
        return partners;
      },
    };

    const list = await recentPartners(portsOf({ directory }), 3, false);

    expect(limits).toEqual([3]);
    expect(list).toEqual(partners.map((partner) => ({ partner, inline: null })));
    const asked = (await world.takeJobs()).map(({ avatarId }) => avatarId);
    expect(asked).toEqual([partners[0]?.avatarId]);
  });

  test('has the bytes of the first four, where they have a photo', async () => {
    const partners = await joined(6);

    const list = await recentPartners(portsOf({ directory: newest(partners) }), 6, true);

    const inlined = list.map(({ inline }) => inline);
    expect(inlined).toEqual([null, DATA_URI, DATA_URI, DATA_URI, null, null]);
    expect(reported).toEqual([]);
  });

  test('lacks the bytes that are not in the bucket, and is right without them', async () => {
    const partners = await joined(2);
    await world.bucket.removeAll(partners[1]?.avatarId ?? '');

    const list = await recentPartners(portsOf({ directory: newest(partners) }), 2, true);

    expect(list.map(({ inline }) => inline)).toEqual([null, null]);
    expect(reported).toEqual([]);
  });

  test('is there without the bucket and without the queue, and both outages are reported', async () => {
    const partners = await joined(2);
    const [noBucket, noQueue] = [new Error('no bucket'), new Error('no queue')];
    const bucket = { get: () => Promise.reject(noBucket) };
    const fetch = { ...world.queues.fetch, sendAll: () => Promise.reject(noQueue) };
    const queues = { ...world.queues, fetch };

    const ports = portsOf({ directory: newest(partners), bucket, queues });
    const list = await recentPartners(ports, 2, true);

    expect(list).toEqual(partners.map((partner) => ({ partner, inline: null })));
    expect(reported).toHaveLength(2);
    expect(reported).toEqual(expect.arrayContaining([noBucket, noQueue]));
  });
});
