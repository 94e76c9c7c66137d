import { beforeAll, expect, test } from 'vitest';
import { partnerStanding } from '../../adapters/partner-standing.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { NOW, startWorld, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  return world.stop;
});

const standing = (avatarId: string) =>
  partnerStanding(world.clients.dynamodb, world.resources.tableName, avatarId);

test('of a stranger there is nothing', async () => {
  expect(await standing(avatarIdOf('k', '1'))).toEqual({});
});

test('of a partner who is fetched, the lease is told', async () => {
  const { avatarId, ...partner } = await world.join(2);
  const until = { owner: 'worker', nowMs: NOW, untilMs: NOW + 9, checkedBeforeMs: NOW };
  await world.table.acquireLease(avatarId, until);

  expect(await standing(avatarId)).toEqual({
    partner: { avatarId, ...partner },
    lease: { owner: 'worker', untilMs: NOW + 9, generation: 1 },
  });
});

test('of an erased partner the tombstone is told, and that it is under way', async () => {
  const { avatarId, joinedAtMs } = await world.join(3);
  const erasureId = '0b1f2e3d-4c5b-4a69-8877-665544332211';
  const tombstone = { erasureId, joinedAtMs, erasedAtMs: NOW, expiresAtMs: NOW + 1 };
  await world.erasures.entomb(avatarId, tombstone);

  const underWay = await standing(avatarId);
  await world.erasures.complete(avatarId, erasureId, NOW);

  expect(underWay).toEqual({ erasedAtMs: NOW, erasureId });
  expect(await standing(avatarId)).toEqual({ erasedAtMs: NOW });
});
