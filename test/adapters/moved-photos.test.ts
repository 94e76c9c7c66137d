import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { movedPhotos } from '../../adapters/moved-photos.ts';
import type { Lease } from '../../core/lease.ts';
import type { MovedPhotos } from '../../core/ports.ts';
import { awsClients } from '../../local/aws.ts';
import { startWire, type Wire } from '../wire.ts';
import { NOW, startWorld, type World } from '../world.ts';

let world: World;
let wire: Wire;
let moved: MovedPhotos;
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.dynamodbUrl);
  const { dynamodb } = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  moved = movedPhotos(dynamodb, world.resources.tableName);
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(() => wire.untouched());

/** A partner whose first photo came at that moment; each test has a year of its own. */
async function store(photoId: string, nowMs: number): Promise<string> {
  const { avatarId } = await world.join(++userId);
  const request = { owner: 'worker', nowMs, untilMs: nowMs + 1, checkedBeforeMs: nowMs };
  const lease = await world.table.acquireLease(avatarId, request);
  await world.table.commit(lease as Lease, { photoId, lqip: 'l' }, nowMs, nowMs);
  return avatarId;
}

describe('the moves of pointers', () => {
  test('are the newest ones, newest first, with the photo that is there now', async () => {
    await store('AQADa', NOW);
    const second = await store('AQADb', NOW + 1);
    const third = await store('AQADc', NOW + 2);

    expect(await moved.after(NOW - 1, 2)).toEqual([
      { avatarId: third, photoId: 'AQADc', changedAtMs: NOW + 2 },
      { avatarId: second, photoId: 'AQADb', changedAtMs: NOW + 1 },
    ]);
    expect(wire.seen.map(({ operation }) => operation)).toEqual(['Query']);
  });

  test('are those after the moment that is given', async () => {
    const begin = NOW + 1_000;
    await store('AQADa', begin);
    const later = await store('AQADb', begin + 1);

    expect(await moved.after(begin, 10)).toMatchObject([{ avatarId: later }]);
  });

  test('tell of a partner once, by the last move', async () => {
    const begin = NOW + 2_000;
    const avatarId = await store('AQADa', begin);
    const { joinedAtMs = 0 } = (await world.table.get(avatarId)) ?? {};
    const times = { joinedAtMs, erasedAtMs: begin + 5, expiresAtMs: begin + 1e6 };
    await world.erasures.entomb(avatarId, { erasureId: randomUUID(), ...times });

    expect(await moved.after(begin - 1, 10)).toEqual([{ avatarId, changedAtMs: begin + 5 }]);
  });

  test('tell of a partner once, though the index still has the entry before', async () => {
    const begin = NOW + 3_000;
    const avatarId = await store('AQADnew', begin + 1);
    const older = { avatarId: { S: avatarId }, changedAtMs: { N: String(begin) } };
    wire.intercept(async ({ forward }) => {
      const answer = await forward();
      const { Items } = JSON.parse(answer.body);
      const { 'x-amz-crc32': _, ...headers } = answer.headers;
      return { ...answer, headers, body: JSON.stringify({ Items: [...Items, older] }) };
    });

    expect(await moved.after(begin - 1, 10)).toEqual([
      { avatarId, photoId: 'AQADnew', changedAtMs: begin + 1 },
    ]);
  });
});
