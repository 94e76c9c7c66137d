import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseEraseJob } from '../../adapters/erase-message.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { type BeginErasurePorts, beginErasure, receiptOf } from '../../core/begin-erasure.ts';
import { SETTLE_MS } from '../../core/erasure.ts';
import { NotFound } from '../../core/errors.ts';
import type { Partner } from '../../core/partner.ts';
import { NOW, startWorld, type TestClock, testClock, type World } from '../world.ts';

const DAYS = 30;

let world: World;
let clock: TestClock;
let userId = 0;
beforeAll(async () => {
  world = await startWorld();
  return world.stop;
});
beforeEach(async () => {
  userId += 1;
  clock = testClock();
  await world.takeMessages('erase');
});

const portsOf = (): BeginErasurePorts => ({
  erasures: world.erasures,
  queue: world.eraseQueue,
  clock,
});

const begin = ({ avatarId }: Partner, erasureId: string = randomUUID(), ports = portsOf()) =>
  beginErasure(ports, avatarId, erasureId, DAYS);

async function jobs() {
  return (await world.takeMessages('erase')).map(({ Body = '' }) => parseEraseJob(Body));
}

async function row(avatarId: string): Promise<Record<string, AttributeValue> | undefined> {
  return (await world.items()).find((item) => item.avatarId?.S === avatarId);
}

const receipts = async () =>
  (await world.items()).filter(({ avatarId }) => avatarId?.S?.startsWith('erasure#')).length;

describe('the beginning of an erasure', () => {
  test('leaves a tombstone, a receipt that names nobody, and a message', async () => {
    const partner = await world.join(userId, { lastName: 'Lovelace', username: 'ada' });
    const erasureId = randomUUID();

    expect(await begin(partner, erasureId)).toBe(erasureId);

    const { avatarId } = partner;
    const expiresAtSeconds = { N: String(NOW / 1000 + DAYS * 24 * 60 * 60) };
    expect(await row(avatarId)).toEqual({
      avatarId: { S: avatarId },
      erasureId: { S: erasureId },
      erasedAtMs: { N: String(NOW) },
      expiresAtSeconds,
    });
    expect(await row(`erasure#${erasureId}`)).toEqual({
      avatarId: { S: `erasure#${erasureId}` },
      requestedAtMs: { N: String(NOW) },
      objects: { N: '0' },
      expiresAtSeconds,
    });
    expect(await jobs()).toEqual([{ kind: 'erase', avatarId, erasureId }]);
  });

  test('of nobody is refused, and leaves nothing', async () => {
    const before = await receipts();

    const refused = begin({ avatarId: avatarIdOf('nobody', '1') } as Partner);

    await expect(refused).rejects.toThrow(NotFound);
    expect(await receipts()).toBe(before);
    expect(await jobs()).toEqual([]);
  });

  test('of a partner whose erasure is over is refused', async () => {
    const partner = await world.join(userId);
    await world.erasures.complete(partner.avatarId, await begin(partner), NOW);

    await expect(begin(partner)).rejects.toThrow(NotFound);
  });

  test('again, while it is under way, gives the same receipt and sends nothing', async () => {
    const partner = await world.join(userId);
    const erasureId = await begin(partner);
    await jobs();

    expect(await begin(partner)).toBe(erasureId);
    expect(await jobs()).toEqual([]);
  });

  test('again, of a partner who came back meanwhile, is another erasure', async () => {
    const partner = await world.join(userId);
    await begin(partner);
    await world.join(userId);
    clock.advance(1_000);
    const erasureId = randomUUID();

    expect(await begin(partner, erasureId)).toBe(erasureId);
    expect(await world.erasures.state(partner.avatarId)).toEqual({
      kind: 'erasing',
      erasureId,
      erasedAtMs: NOW + 1_000,
      cameBack: false,
    });
    expect(await jobs()).toContainEqual({ kind: 'erase', avatarId: partner.avatarId, erasureId });
  });

  test('by two callers at the same time gives both the receipt that counts', async () => {
    const partner = await world.join(userId);
    const both = Promise.withResolvers<void>();
    let looked = 0;
    const ports: BeginErasurePorts = {
      ...portsOf(),
      erasures: {
        ...world.erasures,
        // Neither goes on before both have seen the partner.
        state: async (avatarId) => {
          const state = await world.erasures.state(avatarId);
          looked += 1;
          if (looked === 2) both.resolve();
          await both.promise;
          return state;
        },
      },
    };

    const told = await Promise.all([1, 2].map(() => begin(partner, randomUUID(), ports)));

    const state = await world.erasures.state(partner.avatarId);
    expect(state).toMatchObject({ kind: 'erasing', erasureId: told[0] });
    expect(told[1]).toBe(told[0]);
  });

  test('that was overtaken by its own message says so all the same', async () => {
    const partner = await world.join(userId);
    const erasureId = randomUUID();
    const ports: BeginErasurePorts = {
      ...portsOf(),
      queue: {
        send: async () => {
          const expiresAtMs = NOW + SETTLE_MS;
          await world.erasures.entomb(partner.avatarId, { erasureId, nowMs: NOW, expiresAtMs });
          await world.erasures.complete(partner.avatarId, erasureId, NOW);
        },
      },
    };

    expect(await begin(partner, erasureId, ports)).toBe(erasureId);
  });

  test('that dies before the tombstone has left the message that puts it up', async () => {
    const partner = await world.join(userId);
    const erasureId = randomUUID();
    const ports = portsOf();
    const entomb = () => Promise.reject(new Error('dead'));

    const dying = begin(partner, erasureId, { ...ports, erasures: { ...ports.erasures, entomb } });

    await expect(dying).rejects.toThrow('dead');
    expect(await jobs()).toEqual([{ kind: 'erase', avatarId: partner.avatarId, erasureId }]);
    expect(await world.erasures.find(erasureId)).toBeDefined();
  });

  test('is none where the queue takes nothing: the partner is there, and may ask again', async () => {
    const partner = await world.join(userId);
    const queue = { send: () => Promise.reject(new Error('no queue')) };

    await expect(begin(partner, randomUUID(), { ...portsOf(), queue })).rejects.toThrow('no queue');

    expect(await world.table.get(partner.avatarId)).toEqual(partner);
    await begin(partner);
    expect(await world.table.get(partner.avatarId)).toBeUndefined();
  });
});

test('a receipt tells how far the erasure is', () => {
  const erasureId = randomUUID();
  const pending = { erasureId, requestedAtMs: NOW, objects: 4 };

  expect(receiptOf(pending)).toEqual({
    erasureId,
    state: 'pending',
    requestedAt: '2027-01-15T08:00:00.000Z',
    completedAt: null,
    objects: 4,
  });
  expect(receiptOf({ ...pending, completedAtMs: NOW + SETTLE_MS })).toEqual({
    erasureId,
    state: 'done',
    requestedAt: '2027-01-15T08:00:00.000Z',
    completedAt: '2027-01-15T08:00:30.000Z',
    objects: 4,
  });
});
