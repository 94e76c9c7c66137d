import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { erasureTable } from '../../adapters/erasure-table.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { awsClients } from '../../local/aws.ts';
import { losingTheAnswerOf, startWire, type Wire } from '../wire.ts';
import { NOW, startWorld, type World } from '../world.ts';

const EXPIRES_AT_MS = NOW + 1_000_001;
const EXPIRES_AT_SECONDS = { N: String(NOW / 1000 + 1_001) };
const LATER = NOW + 30_000;
const NOBODY = avatarIdOf('nobody', '1');

let world: World;
let wire: Wire;
let userId = 0;
let erasureId: string;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.dynamodbUrl);
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(() => {
  wire.untouched();
  userId += 1;
  erasureId = randomUUID();
});

const joined = () => world.join(userId, { lastName: 'Lovelace', username: 'ada' });

/** The same table over the wire. */
function tableOverWire() {
  const { dynamodb } = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  return erasureTable(dynamodb, world.resources.tableName);
}

const begin = (id = erasureId) =>
  world.erasures.begin({ erasureId: id, requestedAtMs: NOW, expiresAtMs: EXPIRES_AT_MS });

const entomb = (avatarId: string, id = erasureId, nowMs = NOW) =>
  world.erasures.entomb(avatarId, { erasureId: id, nowMs, expiresAtMs: EXPIRES_AT_MS });

const erasing = (id = erasureId, { erasedAtMs = NOW, cameBack = false } = {}) => ({
  kind: 'erasing',
  erasureId: id,
  erasedAtMs,
  cameBack,
});

async function row(avatarId: string): Promise<Record<string, AttributeValue> | undefined> {
  return (await world.items()).find((item) => item.avatarId?.S === avatarId);
}

/** Whoever was erased by `erasureId` and has joined again before that was over. */
async function cameBack(): Promise<Partner> {
  const { avatarId } = await joined();
  await entomb(avatarId);
  return world.join(userId, { firstName: 'Augusta' });
}

describe('a receipt', () => {
  test('is found as it was begun, names nobody, and may expire', async () => {
    await begin();

    expect(await world.erasures.find(erasureId)).toEqual({
      erasureId,
      requestedAtMs: NOW,
      objects: 0,
    });
    expect(await row(`erasure#${erasureId}`)).toEqual({
      avatarId: { S: `erasure#${erasureId}` },
      requestedAtMs: { N: String(NOW) },
      objects: { N: '0' },
      expiresAtSeconds: EXPIRES_AT_SECONDS,
    });
  });

  test('is not there unless it was begun', async () => {
    expect(await world.erasures.find(erasureId)).toBeUndefined();
  });

  test.each(['', 'x', 'a'.repeat(5_000), NOBODY, '../telegram'])(
    'is not looked for by what can be no id (%#)',
    async (text) => {
      expect(await tableOverWire().find(text)).toBeUndefined();
      expect(wire.seen).toEqual([]);
    },
  );

  test('tells the highest total of objects, however often it is told', async () => {
    await begin();

    for (const total of [4, 12, 12, 4]) await world.erasures.countObjects(erasureId, total);

    expect(await world.erasures.find(erasureId)).toMatchObject({ objects: 12 });
  });

  test('keeps the moment at which it was completed first', async () => {
    await begin();

    await world.erasures.complete(NOBODY, erasureId, LATER);
    await world.erasures.complete(NOBODY, erasureId, LATER + 1);

    expect(await world.erasures.find(erasureId)).toMatchObject({ completedAtMs: LATER });
  });

  test('that was forgotten does not come back by halves', async () => {
    await world.erasures.countObjects(erasureId, 4);
    await world.erasures.complete(NOBODY, erasureId, LATER);

    expect(await row(`erasure#${erasureId}`)).toBeUndefined();
    expect(await row(NOBODY)).toBeUndefined();
  });

  test('is no partner, and neither is a tombstone', async () => {
    const { avatarId } = await joined();
    await begin();
    await entomb(avatarId);

    const newest = await world.directory.newest(100);

    expect(newest.map((partner) => partner.avatarId)).not.toContain(avatarId);
    expect(newest.every((partner) => !partner.avatarId.startsWith('erasure#'))).toBe(true);
    expect(await world.table.get(avatarId)).toBeUndefined();
  });
});

describe('the state', () => {
  test('is that of nobody, of a partner, of a tombstone, of who came back', async () => {
    const { avatarId } = await joined();

    expect(await world.erasures.state(NOBODY)).toEqual({ kind: 'nobody' });
    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'partner' });
    await entomb(avatarId);
    expect(await world.erasures.state(avatarId)).toEqual(erasing());
    await world.join(userId);
    expect(await world.erasures.state(avatarId)).toEqual(erasing(erasureId, { cameBack: true }));
    await world.erasures.complete(avatarId, erasureId, LATER);
    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'partner' });
  });

  test('is read consistently', async () => {
    await tableOverWire().state(NOBODY);

    expect(JSON.parse(wire.seen[0]?.body ?? '')).toMatchObject({ ConsistentRead: true });
  });
});

describe('a tombstone', () => {
  test('takes the place of all that was there', async () => {
    const { avatarId } = await joined();
    const request = { nowMs: NOW, untilMs: NOW + 1, checkedBeforeMs: NOW };
    const lease = await world.table.acquireLease(avatarId, { owner: 'a', ...request });
    await world.table.replacePhoto(lease as Lease, { photoId: 'AQAD', lqip: 'data:,' });

    expect(await entomb(avatarId)).toEqual(erasing());

    expect(await row(avatarId)).toEqual({
      avatarId: { S: avatarId },
      erasureId: { S: erasureId },
      erasedAtMs: { N: String(NOW) },
      expiresAtSeconds: EXPIRES_AT_SECONDS,
    });
  });

  test('is not put up where nobody is', async () => {
    expect(await entomb(NOBODY)).toEqual({ kind: 'nobody' });
    expect(await row(NOBODY)).toBeUndefined();
  });

  test('is put up once, by the first erasure', async () => {
    const { avatarId } = await joined();
    await entomb(avatarId);
    const before = await row(avatarId);

    expect(await entomb(avatarId, erasureId, LATER)).toEqual(erasing());
    expect(await entomb(avatarId, randomUUID(), LATER)).toEqual(erasing());
    expect(await row(avatarId)).toEqual(before);
  });

  test('is one erasure’s, of however many there are at the same time', async () => {
    const { avatarId } = await joined();

    const states = await Promise.all(
      Array.from({ length: 50 }, () => entomb(avatarId, randomUUID())),
    );

    expect(states).toEqual(Array(50).fill(await world.erasures.state(avatarId)));
  });

  test('is recognised as its own where the answer was lost', async () => {
    const { avatarId } = await joined();
    wire.intercept(losingTheAnswerOf('PutItem'));

    const state = await tableOverWire().entomb(avatarId, {
      erasureId,
      nowMs: NOW,
      expiresAtMs: EXPIRES_AT_MS,
    });

    expect(state).toEqual(erasing());
  });

  test('is not put up twice by one erasure, whose partner has come back', async () => {
    const { avatarId } = await cameBack();
    const before = await row(avatarId);

    expect(await entomb(avatarId, erasureId, LATER)).toEqual(
      erasing(erasureId, { cameBack: true }),
    );
    expect(await row(avatarId)).toEqual(before);
  });

  test('is put up again by another erasure, for a partner who has come back', async () => {
    const { avatarId } = await cameBack();
    const another = randomUUID();

    expect(await entomb(avatarId, another, LATER)).toEqual(erasing(another, { erasedAtMs: LATER }));
    expect(await row(avatarId)).not.toHaveProperty('firstName');
  });

  test('stays when the erasure is over, with nothing of it but when', async () => {
    const { avatarId } = await joined();
    await begin();
    await entomb(avatarId);

    await world.erasures.complete(avatarId, erasureId, LATER);

    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'nobody' });
    expect(await row(avatarId)).toEqual({
      avatarId: { S: avatarId },
      erasedAtMs: { N: String(NOW) },
      expiresAtSeconds: EXPIRES_AT_SECONDS,
    });
  });
});

describe('the end of an erasure', () => {
  test('leaves a partner who came back with nothing of it', async () => {
    const partner = await cameBack();

    await world.erasures.complete(partner.avatarId, erasureId, LATER);

    const after = await row(partner.avatarId);
    expect(after).toMatchObject({ userId: { S: String(userId) }, firstName: { S: 'Augusta' } });
    for (const name of ['erasureId', 'erasedAtMs', 'expiresAtSeconds']) {
      expect(after).not.toHaveProperty(name);
    }
  });

  test.each(['tombstone', 'partner'])('lets no other erasure’s %s go', async (kind) => {
    const { avatarId } = kind === 'partner' ? await cameBack() : await joined();
    await entomb(avatarId);
    const before = await row(avatarId);
    const another = randomUUID();
    await begin(another);

    await world.erasures.complete(avatarId, another, LATER);

    expect(await row(avatarId)).toEqual(before);
    expect(await world.erasures.find(another)).toHaveProperty('completedAtMs');
  });

  test.each([2, 3])('lets go of a partner who comes back before its write %i', async (write) => {
    const { avatarId } = await joined();
    await begin();
    await entomb(avatarId);
    let updates = 0;
    wire.intercept(async ({ operation, forward }) => {
      if (operation === 'UpdateItem') updates += 1;
      if (updates === write) await world.join(userId);
      return forward();
    });

    await tableOverWire().complete(avatarId, erasureId, LATER);

    await world.join(userId);
    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'partner' });
  });

  test('that dies after the receipt is finished by the next one', async () => {
    const { avatarId } = await joined();
    await begin();
    await entomb(avatarId);
    wire.intercept(async ({ operation, body, forward }) =>
      operation === 'UpdateItem' && body.includes(`"${avatarId}"`) ? 'cut' : forward(),
    );

    await expect(tableOverWire().complete(avatarId, erasureId, LATER)).rejects.toThrow();
    expect(await world.erasures.find(erasureId)).toHaveProperty('completedAtMs');
    expect(await world.erasures.state(avatarId)).toEqual(erasing());

    await world.erasures.complete(avatarId, erasureId, LATER);
    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'nobody' });
  });
});
