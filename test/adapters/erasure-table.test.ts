import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { erasureTable } from '../../adapters/erasure-table.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { Tombstone } from '../../core/erasure.ts';
import type { Lease } from '../../core/lease.ts';
import { awsClients } from '../../local/aws.ts';
import { losingTheAnswerOf, startWire, type Wire } from '../wire.ts';
import { NOW, startWorld, type World } from '../world.ts';

const EXPIRES_AT_MS = NOW + 1_000_001;
const EXPIRES_AT_SECONDS = { N: String(NOW / 1000 + 1_001) };
const BACK = NOW + 5_000;
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

/** A tombstone of this test's erasure, for whoever joined at `NOW`. */
const tombstone = (fields: Partial<Tombstone> = {}): Tombstone => ({
  erasureId,
  joinedAtMs: NOW,
  erasedAtMs: NOW,
  expiresAtMs: EXPIRES_AT_MS,
  ...fields,
});

const entomb = (avatarId: string, fields?: Partial<Tombstone>) =>
  world.erasures.entomb(avatarId, tombstone(fields));

const entombAgain = (avatarId: string, fields?: Partial<Tombstone>) =>
  world.erasures.entombAgain(avatarId, tombstone({ joinedAtMs: BACK, ...fields }), BACK);

const erasing = (fields: { joinedAtMs?: number; erasureId?: string } = {}) => ({
  kind: 'erasing',
  erasureId,
  erasedAtMs: NOW,
  ...fields,
});

async function row(avatarId: string): Promise<Record<string, AttributeValue> | undefined> {
  return (await world.items()).find((item) => item.avatarId?.S === avatarId);
}

/** The same user once more, who was away. */
async function comeBack(avatarId: string): Promise<void> {
  const profile = { userId: String(userId), firstName: 'Augusta' };
  const times = { nowMs: BACK, claimUntilMs: 0 };
  await world.table.register(avatarId, profile, times, { afterErasure: true });
}

/** The avatarId of one who was erased by `erasureId` and has joined again, at `BACK`, before that was over. */
async function cameBack(): Promise<string> {
  const { avatarId } = await joined();
  await entomb(avatarId);
  await comeBack(avatarId);
  return avatarId;
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
    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'partner', joinedAtMs: NOW });
    await entomb(avatarId);
    expect(await world.erasures.state(avatarId)).toEqual(erasing());
    await comeBack(avatarId);
    expect(await world.erasures.state(avatarId)).toEqual(erasing({ joinedAtMs: BACK }));
    await world.erasures.complete(avatarId, erasureId, LATER);
    expect(await world.erasures.state(avatarId)).toEqual({ kind: 'partner', joinedAtMs: BACK });
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
    await world.table.replacePhoto(lease as Lease, { photoId: 'AQAD', lqip: 'data:,' }, NOW);

    expect(await entomb(avatarId)).toEqual(erasing());

    expect(await row(avatarId)).toEqual({
      avatarId: { S: avatarId },
      erasureId: { S: erasureId },
      erasedAtMs: { N: String(NOW) },
      changedOf: { S: 'photo' },
      changedAtMs: { N: String(NOW) },
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

    expect(await entomb(avatarId, { erasedAtMs: LATER })).toEqual(erasing());
    expect(await entomb(avatarId, { erasureId: randomUUID() })).toEqual(erasing());
    expect(await row(avatarId)).toEqual(before);
  });

  test('is one erasure’s, of however many there are at the same time', async () => {
    const { avatarId } = await joined();

    const states = await Promise.all(
      Array.from({ length: 50 }, () => entomb(avatarId, { erasureId: randomUUID() })),
    );

    expect(states).toEqual(Array(50).fill(await world.erasures.state(avatarId)));
  });

  test('is recognised as its own where the answer was lost', async () => {
    const { avatarId } = await joined();
    wire.intercept(losingTheAnswerOf('PutItem'));

    expect(await tableOverWire().entomb(avatarId, tombstone())).toEqual(erasing());
  });

  test.each([-1, 1])(
    'is for one who joined at that moment, not %i ms beside it',
    async (beside) => {
      const { avatarId } = await joined();
      const before = await row(avatarId);

      const state = await entomb(avatarId, { joinedAtMs: NOW + beside });

      expect(state).toEqual({ kind: 'partner', joinedAtMs: NOW });
      expect(await row(avatarId)).toEqual(before);
    },
  );

  test('is for one who has registered again since, and stayed', async () => {
    const { avatarId } = await joined();
    await comeBack(avatarId);

    expect(await entomb(avatarId)).toEqual(erasing());
  });

  test('is put up for nobody who came back meanwhile, by whatever erasure', async () => {
    const avatarId = await cameBack();
    const before = await row(avatarId);

    for (const joinedAtMs of [NOW, BACK]) {
      for (const id of [erasureId, randomUUID()]) {
        const state = await entomb(avatarId, { erasureId: id, joinedAtMs });
        expect(state).toEqual(erasing({ joinedAtMs: BACK }));
      }
    }
    expect(await row(avatarId)).toEqual(before);
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
      changedOf: { S: 'photo' },
      changedAtMs: { N: String(NOW) },
      expiresAtSeconds: EXPIRES_AT_SECONDS,
    });
  });
});

describe('a tombstone that is put back', () => {
  test('takes the place of all that one who came back has left', async () => {
    const avatarId = await cameBack();

    expect(await entombAgain(avatarId)).toEqual(erasing());

    expect(await row(avatarId)).toEqual({
      avatarId: { S: avatarId },
      erasureId: { S: erasureId },
      erasedAtMs: { N: String(NOW) },
      changedOf: { S: 'photo' },
      changedAtMs: { N: String(BACK) },
      expiresAtSeconds: EXPIRES_AT_SECONDS,
    });
  });

  test('is not another erasure’s, nor another partner’s', async () => {
    const avatarId = await cameBack();
    const before = await row(avatarId);

    for (const fields of [{ erasureId: randomUUID() }, { joinedAtMs: NOW }]) {
      expect(await entombAgain(avatarId, fields)).toEqual(erasing({ joinedAtMs: BACK }));
    }
    expect(await row(avatarId)).toEqual(before);
  });

  test('is none where the erasure is over, which would never let go of it', async () => {
    const avatarId = await cameBack();
    await world.erasures.complete(avatarId, erasureId, LATER);
    const before = await row(avatarId);

    expect(await entombAgain(avatarId)).toEqual({ kind: 'partner', joinedAtMs: BACK });
    expect(await row(avatarId)).toEqual(before);
  });

  test('is recognised as its own where the answer was lost', async () => {
    const avatarId = await cameBack();
    wire.intercept(losingTheAnswerOf('PutItem'));

    const state = await tableOverWire().entombAgain(
      avatarId,
      tombstone({ joinedAtMs: BACK }),
      BACK,
    );

    expect(state).toEqual(erasing());
  });
});

describe('the end of an erasure', () => {
  test('lets go of a partner who came back, who does not expire', async () => {
    const avatarId = await cameBack();

    await world.erasures.complete(avatarId, erasureId, LATER);

    const after = await row(avatarId);
    expect(after).toMatchObject({ userId: { S: String(userId) }, firstName: { S: 'Augusta' } });
    expect(after).not.toHaveProperty('erasureId');
    expect(after).not.toHaveProperty('expiresAtSeconds');
    expect(await world.table.get(avatarId)).not.toHaveProperty('erasingSinceMs');
  });

  test.each(['tombstone', 'partner'])('lets no other erasure’s %s go', async (kind) => {
    const avatarId = await cameBack();
    if (kind === 'tombstone') await entombAgain(avatarId);
    const before = await row(avatarId);
    const another = randomUUID();
    await begin(another);

    await world.erasures.complete(avatarId, another, LATER);

    expect(await row(avatarId)).toEqual(before);
    expect(await world.erasures.find(another)).toHaveProperty('completedAtMs');
  });

  test.each(['tombstone', 'partner'])(
    'lets go of the %s, though its owner goes or comes back before each write',
    async (kind) => {
      await begin();
      const avatarId = await cameBack();
      if (kind === 'tombstone') await entombAgain(avatarId);
      wire.intercept(async ({ operation, body, forward }) => {
        if (operation === 'UpdateItem' && body.includes(`"${avatarId}"`)) {
          const isThere = (await world.table.get(avatarId)) !== undefined;
          await (isThere ? entombAgain(avatarId) : comeBack(avatarId));
        }
        return forward();
      });

      await tableOverWire().complete(avatarId, erasureId, LATER);

      expect(await row(avatarId)).not.toHaveProperty('erasureId');
    },
  );

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
