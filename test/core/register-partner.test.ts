import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { Erased } from '../../core/errors.ts';
import { staleBeforeMs } from '../../core/freshness.ts';
import { CLAIM_MS, type Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { type Occasion, registerPartner } from '../../core/register-partner.ts';
import { serveCurrentPhoto } from '../../core/serve-photo.ts';
import { serveMemory } from '../../lambdas/serve-memory.ts';
import { awsClients } from '../../local/aws.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { startWire, type Wire, without } from '../wire.ts';
import {
  NOW,
  type Stores,
  startWorld,
  storesOf,
  type TestClock,
  testClock,
  URL_KEY,
  type World,
} from '../world.ts';

let world: World;
let stores: Stores;
let wire: Wire;
let clock: TestClock;
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.sqsUrl);
  stores = storesOf(awsClients({ ...world.endpoints, sqsUrl: wire.url }), world.resources);
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(async () => {
  userId += 1;
  clock = testClock();
  wire.untouched();
  await world.takeJobs();
  await world.takeJobs('warm');
});

function register(photoFileId?: string, occasion: Occasion = 'joined'): Promise<Partner> {
  const profile = { userId: String(userId), firstName: 'Ada' };
  return registerPartner({ ...stores, clock, refreshAgeMs: REFRESH_AGE_MS }, URL_KEY, profile, {
    photoFileId,
    occasion,
  });
}

async function entomb({ avatarId, joinedAtMs }: Partner): Promise<void> {
  const times = { joinedAtMs, erasedAtMs: NOW, expiresAtMs: NOW + 1 };
  await world.erasures.entomb(avatarId, { erasureId: randomUUID(), ...times });
}

async function checked({ avatarId }: Partner, checkedAtMs: number): Promise<void> {
  const nowMs = clock.nowMs();
  const lease = await world.table.acquireLease(avatarId, {
    owner: 'worker',
    nowMs,
    untilMs: nowMs + 1,
    checkedBeforeMs: nowMs + 1,
  });
  await world.table.commit(
    lease as Lease,
    { photoId: 'AQAD', lqip: 'l' },
    checkedAtMs,
    checkedAtMs,
  );
  await world.takeJobs();
}

describe('a new partner', () => {
  test('has the avatarId that the URL key makes of the user id, and is asked for', async () => {
    const partner = await register();

    const avatarId = avatarIdOf(URL_KEY, String(userId));
    expect(partner).toMatchObject({ avatarId, userId: String(userId), joinedAtMs: NOW });
    const checkedBeforeMs = staleBeforeMs(avatarId, NOW, REFRESH_AGE_MS);
    expect(await world.takeJobs()).toEqual([{ avatarId, checkedBeforeMs }]);
  });

  test('is asked for by the registration alone, not by the first viewers, too', async () => {
    const { avatarId } = await register();
    await world.takeJobs();

    const request = { avatarId, size: 150, ifNoneMatch: [], waitMs: 0 } as const;
    const ports = {
      ...stores,
      clock,
      refreshAgeMs: REFRESH_AGE_MS,
      memory: serveMemory(),
      report: () => {},
    };
    const served = await serveCurrentPhoto(ports, request);

    expect(served).toMatchObject({ reason: 'pending' });
    expect(await world.takeJobs()).toEqual([]);
  });

  test('is asked for by the repetition, where the queue did not take the message', async () => {
    wire.intercept(without('SendMessage'));
    await expect(register()).rejects.toThrow();
    wire.untouched();
    clock.advance(1);

    const partner = await register();

    expect(partner).toMatchObject({ joinedAtMs: NOW });
    expect(await world.takeJobs()).toHaveLength(1);
  });
});

describe('a partner who is told of again', () => {
  test('is not asked for twice within a claim', async () => {
    await register();
    clock.advance(1);
    await register();

    expect(await world.takeJobs()).toHaveLength(1);
  });

  test('is not asked for where Telegram was asked lately', async () => {
    await checked(await register(), NOW);

    const partner = await register();

    expect(partner.photo).toMatchObject({ photoId: 'AQAD' });
    expect(await world.takeJobs()).toEqual([]);
    expect(await world.takeJobs('warm')).toEqual([]);
  });

  test('is asked for where that is long ago, behind those who have no photo yet', async () => {
    await checked(await register(), NOW - 2 * REFRESH_AGE_MS);

    await register();

    expect(await world.takeJobs()).toEqual([]);
    expect(await world.takeJobs('warm')).toHaveLength(1);
  });

  test('with a file_id is always asked for: that is news', async () => {
    await checked(await register(), NOW - 1);

    const { avatarId } = await register('AgACnew');
    await register('AgACnewer');

    const job = { avatarId, checkedBeforeMs: NOW };
    const jobs = await world.takeJobs();
    expect(jobs).toHaveLength(2);
    expect(jobs).toContainEqual({ ...job, photoFileId: 'AgACnew' });
    expect(jobs).toContainEqual({ ...job, photoFileId: 'AgACnewer' });
  });
});

describe('a partner who was erased', () => {
  test('is welcome when it joins again, as a new one', async () => {
    const before = await register();
    await entomb(before);
    clock.advance(1);
    await world.takeJobs();

    const partner = await register();

    expect(partner).toMatchObject({ avatarId: before.avatarId, joinedAtMs: NOW + 1 });
    expect(await world.takeJobs()).toHaveLength(1);
  });

  test('is not brought back by a list, and not asked for', async () => {
    await entomb(await register());
    await world.takeJobs();

    await expect(register(undefined, 'listed')).rejects.toThrow(Erased);
    await expect(register('AgAC', 'listed')).rejects.toThrow(
      new Erased('The partner was erased and has not joined again.'),
    );

    expect(await world.takeJobs()).toEqual([]);
    expect(await world.takeJobs('warm')).toEqual([]);
  });
});

describe('a partner of a list', () => {
  test('is asked for behind all who are waited for, once', async () => {
    const { avatarId } = await register(undefined, 'listed');
    clock.advance(1);
    await register(undefined, 'listed');

    const checkedBeforeMs = staleBeforeMs(avatarId, NOW, REFRESH_AGE_MS);
    expect(await world.takeJobs('warm')).toEqual([{ avatarId, checkedBeforeMs }]);
    expect(await world.takeJobs()).toEqual([]);
  });

  test('is asked for there even with a file_id, and by a repetition', async () => {
    const { avatarId } = await register('AgACnew', 'listed');
    await world.table.unclaim(avatarId, NOW + CLAIM_MS);
    await register(undefined, 'listed');

    expect(await world.takeJobs('warm')).toHaveLength(2);
    expect(await world.takeJobs()).toEqual([]);
  });
});
