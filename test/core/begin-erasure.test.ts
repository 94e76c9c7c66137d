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

/** The same user once more, now. */
async function comeBack({ avatarId, userId }: Partner): Promise<void> {
  const times = { nowMs: clock.nowMs(), claimUntilMs: 0 };
  await world.table.register(avatarId, { userId }, times, { afterErasure: true });
}

/** The ports, where something happens right before a tombstone is put back. */
function portsWith(happens: () => Promise<void>): BeginErasurePorts {
  const { erasures } = world;
  const entombAgain: typeof erasures.entombAgain = async (...args) => {
    await happens();
    return erasures.entombAgain(...args);
  };
  return { ...portsOf(), erasures: { ...erasures, entombAgain } };
}

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
      changedOf: { S: 'photo' },
      changedAtMs: { N: String(NOW) },
      expiresAtSeconds,
    });
    expect(await row(`erasure#${erasureId}`)).toEqual({
      avatarId: { S: `erasure#${erasureId}` },
      requestedAtMs: { N: String(NOW) },
      objects: { N: '0' },
      expiresAtSeconds,
    });
    expect(await jobs()).toEqual([{ kind: 'erase', avatarId, joinedAtMs: NOW, erasureId }]);
  });

  test('of nobody is refused, and leaves nothing', async () => {
    const before = await receipts();

    const refused = begin({ avatarId: avatarIdOf('nobody', '1') } as Partner);

    await expect(refused).rejects.toThrow(NotFound);
    await expect(refused).rejects.toThrow('Nobody is registered under this user id');
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

  test('that is late touches nobody who came back while it was on its way', async () => {
    const partner = await world.join(userId);
    const { erasures } = world;
    const entomb: typeof erasures.entomb = async (avatarId, tombstone) => {
      await erasures.entomb(avatarId, tombstone);
      await erasures.complete(avatarId, tombstone.erasureId, NOW);
      clock.advance(SETTLE_MS);
      await comeBack(partner);
      return erasures.entomb(avatarId, tombstone);
    };
    const erasureId = randomUUID();

    const told = await begin(partner, erasureId, {
      ...portsOf(),
      erasures: { ...erasures, entomb },
    });

    expect(told).toBe(erasureId);
    expect(await world.table.get(partner.avatarId)).toBeDefined();
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
          const times = { joinedAtMs: NOW, erasedAtMs: NOW, expiresAtMs: NOW + SETTLE_MS };
          await world.erasures.entomb(partner.avatarId, { erasureId, ...times });
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
    expect(await jobs()).toMatchObject([{ kind: 'erase', joinedAtMs: NOW, erasureId }]);
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

describe('the erasure of one who came back while it was under way', () => {
  /** Somebody who was erased, and has come back a second later; nothing of it is in the queue any more. */
  async function back() {
    const partner = await world.join(userId);
    const erasureId = await begin(partner);
    clock.advance(1_000);
    await comeBack(partner);
    await jobs();
    return { partner, erasureId, before: await receipts() };
  }

  test('is the same one, with no other receipt and no other message', async () => {
    const { partner, erasureId, before } = await back();

    expect(await begin(partner)).toBe(erasureId);

    expect(await row(partner.avatarId)).toEqual({
      avatarId: { S: partner.avatarId },
      erasureId: { S: erasureId },
      // When the first tombstone was put up: what is under way was begun before it.
      erasedAtMs: { N: String(NOW) },
      changedOf: { S: 'photo' },
      changedAtMs: { N: String(NOW + 1_000) },
      expiresAtSeconds: { N: String(NOW / 1000 + 1 + DAYS * 24 * 60 * 60) },
    });
    expect(await jobs()).toEqual([]);
    expect(await receipts()).toBe(before);
  });

  test('is another one where that is completed in between', async () => {
    const { partner, erasureId } = await back();
    const another = randomUUID();
    const completed = () => world.erasures.complete(partner.avatarId, erasureId, clock.nowMs());

    expect(await begin(partner, another, portsWith(completed))).toBe(another);

    expect(await row(partner.avatarId)).toMatchObject({ erasureId: { S: another } });
    expect(await jobs()).toMatchObject([{ joinedAtMs: NOW + 1_000, erasureId: another }]);
  });

  test('is refused where somebody else brings it to its end in between', async () => {
    const { partner, erasureId, before } = await back();
    const others = async () => {
      await begin(partner);
      await world.erasures.complete(partner.avatarId, erasureId, clock.nowMs());
    };

    const refused = begin(partner, randomUUID(), portsWith(others));

    await expect(refused).rejects.toThrow(NotFound);
    expect(await receipts()).toBe(before);
  });

  /** What makes a partner another one for the erasure that looked at it. */
  async function again(partner: Partner): Promise<void> {
    await begin(partner);
    clock.advance(1);
    await comeBack(partner);
  }

  test('looks again where the partner goes and comes back in between', async () => {
    const { partner, erasureId } = await back();
    let times = 3;
    const happens = async () => (--times >= 0 ? again(partner) : undefined);

    expect(await begin(partner, randomUUID(), portsWith(happens))).toBe(erasureId);

    expect(await world.table.get(partner.avatarId)).toBeUndefined();
  });

  test('gives up on one who never stops, and says that it did not happen', async () => {
    const { partner } = await back();

    const endless = begin(
      partner,
      randomUUID(),
      portsWith(() => again(partner)),
    );

    await expect(endless).rejects.toThrow('comes back');
    expect(await world.table.get(partner.avatarId)).toBeDefined();
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
