import { randomUUID } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { partnerTable } from '../../adapters/partner-table.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { ERASING_RECHECK_MS, SETTLE_MS } from '../../core/erasure.ts';
import type { Lease } from '../../core/lease.ts';
import type { Registration } from '../../core/partner.ts';
import { table as schema } from '../../core/topology.ts';
import { awsClients } from '../../local/aws.ts';
import { losingTheAnswerOf, startWire, type Wire, without } from '../wire.ts';
import { NOW, startWorld, type World } from '../world.ts';

const PHOTO = { photoId: 'AQADphoto', lqip: 'data:image/webp;base64,AAAA' };
const LATER = NOW + 10_000;
const NOBODY = avatarIdOf('nobody', '1');

let world: World;
let wire: Wire;
let userId = 0;
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
});

const joined = () => world.join(userId);

/** Asks for a lease at `NOW` until `LATER`, for a job of `NOW`, unless told otherwise. */
function acquire(avatarId: string, owner: string, request = {}) {
  const usual = { nowMs: NOW, untilMs: LATER, checkedBeforeMs: NOW };
  return world.table.acquireLease(avatarId, { owner, ...usual, ...request });
}

async function held(avatarId: string, owner: string, request = {}): Promise<Lease> {
  const lease = await acquire(avatarId, owner, request);
  if (lease.kind !== 'held') throw new Error(`no lease: ${lease.kind}`);
  return lease;
}

/** The same table over the wire. */
function tableOverWire() {
  const clients = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  return partnerTable(clients.dynamodb, world.resources.tableName);
}

const hundred = <T>(act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 100 }, (_, n) => act(n)));

/** Registers at `NOW` with a claim until `LATER`, by the partner itself, unless told otherwise. */
function register(
  avatarId: string,
  registration: Registration,
  { nowMs = NOW, claimUntilMs = LATER, afterErasure = true } = {},
) {
  const times = { nowMs, claimUntilMs };
  return world.table.register(avatarId, registration, times, { afterErasure });
}

/** Erases a partner whom the table knows, up to the tombstone; the id of the erasure. */
async function entomb(avatarId: string, expiresAtMs = LATER): Promise<string> {
  const erasureId = randomUUID();
  const joinedAtMs = (await world.table.get(avatarId))?.joinedAtMs ?? 0;
  const tombstone = { erasureId, joinedAtMs, erasedAtMs: NOW, expiresAtMs };
  const { kind } = await world.erasures.entomb(avatarId, tombstone);
  if (kind !== 'erasing') throw new Error(`not erased: ${kind}`);
  return erasureId;
}

/** The item as it is, with what no port shows; `undefined` for none. */
async function itemOf(avatarId: string) {
  const Key = { avatarId: { S: avatarId } };
  const read = new GetItemCommand({ TableName: world.resources.tableName, Key });
  return (await world.clients.dynamodb.send(read)).Item;
}

describe('register', () => {
  const avatarId = () => avatarIdOf('register', String(userId));
  const profile = { firstName: 'Ada', lastName: 'Lovelace', username: 'ada' };

  test('creates a partner who joined now, claimed and without a photo', async () => {
    const partner = await register(avatarId(), { userId: '7', ...profile });

    expect(partner).toEqual({
      avatarId: avatarId(),
      userId: '7',
      ...profile,
      joinedAtMs: NOW,
      claimedUntilMs: LATER,
    });
    expect(await world.table.get(avatarId())).toEqual(partner);
  });

  test('updates the names, takes out those that are gone, and keeps the day of joining and the claim', async () => {
    await register(avatarId(), { userId: '7', ...profile }, { claimUntilMs: NOW });

    const again = { userId: '7', firstName: 'Augusta' };
    const times = { nowMs: LATER, claimUntilMs: LATER + 5 };
    const partner = await register(avatarId(), again, times);

    expect(partner).toEqual({
      avatarId: avatarId(),
      ...again,
      joinedAtMs: NOW,
      claimedUntilMs: NOW,
    });
  });

  test('takes the claim where there is none', async () => {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW, NOW);

    const profile = { userId: '7', firstName: 'Ada' };
    const partner = await register(avatarId, profile);

    expect(partner).toMatchObject({ claimedUntilMs: LATER });
  });

  test('keeps the photo and when it was checked', async () => {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW + 5, NOW + 5);

    const partner = await world.join(userId, { firstName: 'Augusta' });

    expect(partner).toMatchObject({ firstName: 'Augusta', photo: PHOTO, checkedAtMs: NOW + 5 });
  });

  test('keeps the lease of a fetch that runs', async () => {
    const { avatarId } = await joined();
    const lease = await held(avatarId, 'a');

    await world.join(userId, { firstName: 'Augusta' });

    expect(await acquire(avatarId, 'b')).toEqual({ kind: 'busy', untilMs: LATER });
    expect(await world.table.commit(lease, PHOTO, NOW, NOW)).toBe(true);
  });

  test('without a name keeps the profile that is known', async () => {
    await register(avatarId(), { userId: '7', ...profile });

    expect(await register(avatarId(), { userId: '7' })).toMatchObject(profile);
  });

  test('without a name makes a partner whose name is empty, and who may get one later', async () => {
    const nameless = await register(avatarId(), { userId: '7' });
    const named = await register(avatarId(), { userId: '7', ...profile });

    expect(nameless).toMatchObject({ userId: '7', firstName: '', joinedAtMs: NOW });
    expect(named).toMatchObject(profile);
  });
});

describe('a tombstone', () => {
  async function erased(): Promise<string> {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW, NOW);
    await entomb(avatarId);
    return avatarId;
  }

  test('is nobody', async () => {
    expect(await world.table.get(await erased())).toBeUndefined();
  });

  test('stays as it is where a list still has the partner', async () => {
    const avatarId = await erased();
    const before = await itemOf(avatarId);

    const partner = await register(avatarId, { userId: '7' }, { afterErasure: false });

    expect(partner).toBeUndefined();
    expect(await itemOf(avatarId)).toEqual(before);
  });

  test('that has expired does not count, though it is still there', async () => {
    const { avatarId } = await joined();
    await entomb(avatarId, NOW);
    const listed = (nowMs: number) =>
      register(avatarId, { userId: '7' }, { nowMs, afterErasure: false });

    expect(await listed(NOW - 1_000)).toBeUndefined();
    expect(await listed(NOW)).toMatchObject({ userId: '7' });
  });

  test('becomes a new partner, who stays and is among the newest, where the partner comes back', async () => {
    const avatarId = await erased();

    const partner = await register(avatarId, { userId: '7', firstName: 'Ada' }, { nowMs: LATER });

    expect(partner).toEqual({
      avatarId,
      userId: '7',
      firstName: 'Ada',
      joinedAtMs: LATER,
      claimedUntilMs: LATER,
      erasingSinceMs: NOW,
    });
    expect(await itemOf(avatarId)).not.toHaveProperty(schema.expiry);
    expect((await world.directory.newest(1)).map((newest) => newest.avatarId)).toEqual([avatarId]);
  });

  test('does not keep a list from bringing strangers and partners', async () => {
    const unlisted = avatarIdOf('listed', String(userId));
    const listed = { afterErasure: false };

    const first = await register(unlisted, { userId: '7' }, listed);
    const again = await register(unlisted, { userId: '7', firstName: 'Ada' }, listed);

    expect([first, again]).toMatchObject([{ firstName: '' }, { firstName: 'Ada' }]);
  });

  test('of a partner who came back does not keep a list from naming it', async () => {
    const avatarId = await erased();
    await register(avatarId, { userId: '7', firstName: 'Ada' });

    const listed = { userId: '7', firstName: 'Augusta' };
    const partner = await register(avatarId, listed, { afterErasure: false });

    expect(partner).toMatchObject(listed);
  });

  test.each<[string, (avatarId: string) => Promise<unknown>, unknown]>([
    ['a claim', (avatarId) => world.table.claim(avatarId, NOW, LATER), false],
    ['a longer claim', (avatarId) => world.table.extendClaim(avatarId, LATER), undefined],
    ['a lease', (avatarId) => acquire(avatarId, 'b'), { kind: 'unknown' }],
  ])('gives no %s, and stays as it is', async (_, act, answer) => {
    const avatarId = await erased();
    const before = await itemOf(avatarId);

    expect(await act(avatarId)).toEqual(answer);
    expect(await itemOf(avatarId)).toEqual(before);
  });

  test('refuses the fetch that began before it', async () => {
    const { avatarId } = await joined();
    const lease = await held(avatarId, 'a');
    await entomb(avatarId);
    const before = await itemOf(avatarId);

    const answers = [
      await world.table.replacePhoto(lease, PHOTO, NOW),
      await world.table.commit(lease, PHOTO, NOW, NOW),
      await world.table.release(lease, LATER),
    ];

    expect(answers).toEqual([false, false, undefined]);
    expect(await itemOf(avatarId)).toEqual(before);
  });
});

test('get knows nobody by an avatarId that was not registered', async () => {
  expect(await world.table.get(NOBODY)).toBeUndefined();
});

test('get reads what was written a moment ago: it asks for a consistent read', async () => {
  const { avatarId } = await joined();

  await tableOverWire().get(avatarId);

  expect(wire.seen.map(({ body }) => JSON.parse(body).ConsistentRead)).toEqual([true]);
});

describe('a claim', () => {
  test('is given back by who holds it, and by nobody else', async () => {
    const { avatarId } = await joined();
    await world.table.claim(avatarId, NOW, LATER);

    await world.table.unclaim(avatarId, LATER - 1);
    expect(await world.table.claim(avatarId, NOW, LATER + 9)).toBe(false);
    await world.table.unclaim(avatarId, LATER);
    expect(await world.table.claim(avatarId, NOW, LATER + 9)).toBe(true);
  });

  test('is won by one of a hundred who ask at the same time', async () => {
    const { avatarId } = await joined();

    const won = await hundred(() => world.table.claim(avatarId, NOW, LATER));

    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await world.table.get(avatarId)).toMatchObject({ claimedUntilMs: LATER });
  });

  test('meets itself where its answer was lost, and nobody else does', async () => {
    const { avatarId } = await joined();
    wire.intercept(losingTheAnswerOf('UpdateItem'));
    const table = tableOverWire();

    expect(await table.claim(avatarId, NOW, LATER)).toBe(true);
    expect(await table.claim(avatarId, NOW, LATER)).toBe(false);
    expect(wire.seen.filter(({ operation }) => operation === 'UpdateItem')).toHaveLength(3);
  });

  test('is refused until the one before it is over, and given from then on', async () => {
    const { avatarId } = await joined();
    await world.table.claim(avatarId, NOW, LATER);

    expect(await world.table.claim(avatarId, LATER - 1, LATER + 9)).toBe(false);
    expect(await world.table.claim(avatarId, LATER, LATER + 9)).toBe(true);
  });

  test('is refused while a fetch runs, and given once its lease is over', async () => {
    const { avatarId } = await joined();
    await held(avatarId, 'a');

    expect(await world.table.claim(avatarId, LATER - 1, LATER + 9)).toBe(false);
    expect(await world.table.claim(avatarId, LATER, LATER + 9)).toBe(true);
  });

  test('is refused for an unknown avatarId, and makes nobody of it', async () => {
    expect(await world.table.claim(NOBODY, NOW, LATER)).toBe(false);
    expect(await itemOf(NOBODY)).toBeUndefined();
  });

  test('is made longer, never shorter, and taken where there was none', async () => {
    const { avatarId } = await joined();
    const endMs = async () => (await world.table.get(avatarId))?.claimedUntilMs;
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW, NOW);

    const ends = [await endMs()];
    for (const untilMs of [LATER, LATER + 9, LATER + 8, NOW]) {
      await world.table.extendClaim(avatarId, untilMs);
      ends.push(await endMs());
    }

    expect(ends).toEqual([undefined, LATER, LATER + 9, LATER + 9, LATER + 9]);
  });

  test('is not made longer for an unknown avatarId, and makes nobody of it', async () => {
    await world.table.extendClaim(NOBODY, LATER);

    expect(await itemOf(NOBODY)).toBeUndefined();
  });
});

describe('a lease', () => {
  test('is won by one of a hundred workers; the others learn when it ends', async () => {
    const { avatarId } = await joined();

    const answers = await hundred((n) => acquire(avatarId, `worker ${n}`));

    const winners = answers.filter(({ kind }) => kind === 'held');
    expect(winners).toHaveLength(1);
    const losers = answers.filter(({ kind }) => kind !== 'held');
    expect(losers).toEqual(Array(99).fill({ kind: 'busy', untilMs: LATER }));
  });

  test('brings the partner as it is', async () => {
    const partner = await joined();

    const lease = await held(partner.avatarId, 'a');

    expect(lease).toEqual({ kind: 'held', owner: 'a', generation: 1, partner, isTakeover: false });
  });

  test('is given again to its owner, who did not hear the answer, as a new generation', async () => {
    const { avatarId } = await joined();
    wire.intercept(losingTheAnswerOf('UpdateItem'));

    const lease = await tableOverWire().acquireLease(avatarId, {
      owner: 'a',
      nowMs: NOW,
      untilMs: LATER,
      checkedBeforeMs: NOW,
    });

    expect(wire.seen).toHaveLength(2);
    expect(lease).toMatchObject({ kind: 'held', generation: 2, isTakeover: false });
    expect(await world.table.commit(lease as Lease, PHOTO, NOW, NOW)).toBe(true);
  });

  test('that is over is taken over at its end, not before', async () => {
    const { avatarId } = await joined();
    await held(avatarId, 'a');
    const longer = { untilMs: LATER + 9 };

    const early = await acquire(avatarId, 'b', { nowMs: LATER - 1, ...longer });
    const late = await acquire(avatarId, 'b', { nowMs: LATER, ...longer });

    expect(early).toEqual({ kind: 'busy', untilMs: LATER });
    expect(late).toMatchObject({ kind: 'held', owner: 'b', generation: 2, isTakeover: true });
  });

  test('has a greater generation each time, over commits and releases', async () => {
    const { avatarId } = await joined();

    const first = await held(avatarId, 'a');
    await world.table.release(first, NOW);
    const second = await held(avatarId, 'a');
    await world.table.commit(second, undefined, NOW - 5, NOW - 5);
    const third = await held(avatarId, 'b');

    expect([first, second, third].map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect([second, third].map(({ isTakeover }) => isTakeover)).toEqual([false, false]);
  });

  test('is refused as fresh when Telegram answered at or after the moment of the job', async () => {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW, NOW);

    const same = await acquire(avatarId, 'b', { checkedBeforeMs: NOW });
    const newer = await acquire(avatarId, 'b', { checkedBeforeMs: NOW + 1 });

    expect(same).toEqual({ kind: 'fresh' });
    expect(newer).toMatchObject({ kind: 'held', partner: { photo: PHOTO } });
  });

  test('is refused for an unknown avatarId, and makes nobody of it', async () => {
    expect(await acquire(NOBODY, 'a')).toEqual({ kind: 'unknown' });
    expect(await itemOf(NOBODY)).toBeUndefined();
  });

  test('is not given to a partner who came back, until the erasure is complete', async () => {
    const { avatarId } = await joined();
    const erasureId = await entomb(avatarId);
    await register(avatarId, { userId: '7' });

    const during = await acquire(avatarId, 'a');
    const overdue = await acquire(avatarId, 'a', { nowMs: NOW + SETTLE_MS + 1 });
    await world.erasures.complete(avatarId, erasureId, NOW + SETTLE_MS);
    const after = await acquire(avatarId, 'a');

    expect(during).toEqual({ kind: 'busy', untilMs: NOW + SETTLE_MS });
    // An erasure that takes longer is not asked after every second.
    expect(overdue).toEqual({ kind: 'busy', untilMs: NOW + SETTLE_MS + 1 + ERASING_RECHECK_MS });
    expect(after).toMatchObject({ kind: 'held', generation: 1 });
  });
});

describe('a commit', () => {
  test('stores the photo and ends lease and claim', async () => {
    const { avatarId } = await joined();
    await world.table.claim(avatarId, NOW, LATER);
    const lease = await held(avatarId, 'a');

    expect(await world.table.commit(lease, PHOTO, NOW + 5, NOW + 5)).toBe(true);

    const partner = await world.table.get(avatarId);
    const { claimedUntilMs: _, ...unclaimed } = lease.partner;
    expect(partner).toEqual({ ...unclaimed, photo: PHOTO, checkedAtMs: NOW + 5 });
    expect(await world.table.claim(avatarId, NOW, LATER)).toBe(true);
  });

  test('of no photo removes the one that was there', async () => {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW - 5, NOW - 5);

    await world.table.commit(await held(avatarId, 'b'), undefined, NOW, NOW);

    const partner = await world.table.get(avatarId);
    expect(partner).toMatchObject({ checkedAtMs: NOW });
    expect(partner).not.toHaveProperty('photo');
  });

  test('whose answer was lost is known again as done', async () => {
    const { avatarId } = await joined();
    const lease = await held(avatarId, 'a');
    wire.intercept(losingTheAnswerOf('UpdateItem'));

    const committed = await tableOverWire().commit(lease, PHOTO, NOW + 5, NOW + 5);

    expect(committed).toBe(true);
    expect(await world.table.get(avatarId)).toMatchObject({ photo: PHOTO, checkedAtMs: NOW + 5 });
  });

  test('is not taken for done by what another one wrote', async () => {
    const { avatarId } = await joined();
    const slow = await held(avatarId, 'slow');
    const quick = await held(avatarId, 'quick', { nowMs: LATER, untilMs: LATER + 9 });
    await world.table.commit(quick, PHOTO, LATER, LATER);
    const next = await held(avatarId, 'next', { nowMs: LATER, checkedBeforeMs: LATER + 1 });

    const answers = [
      await world.table.commit({ ...next, owner: 'stranger' }, PHOTO, LATER, LATER),
      await world.table.commit(quick, PHOTO, LATER, LATER),
      await world.table.release(next, NOW),
      await world.table.commit(next, undefined, LATER, LATER),
      await world.table.commit(slow, PHOTO, LATER, LATER),
    ];

    expect(answers).toEqual([false, false, undefined, false, false]);
    expect(await world.table.get(avatarId)).toMatchObject({ photo: PHOTO, checkedAtMs: LATER });
  });

  test('is known again by its photo and its moment, not by its lease alone', async () => {
    const { avatarId } = await joined();
    const lease = await held(avatarId, 'a');
    await world.table.commit(lease, PHOTO, NOW, NOW);

    const answers = [
      await world.table.commit(lease, PHOTO, NOW + 1, NOW + 1),
      await world.table.commit(lease, { ...PHOTO, photoId: 'AQADother' }, NOW, NOW),
      await world.table.commit(lease, undefined, NOW, NOW),
      await world.table.commit(lease, PHOTO, NOW, NOW),
    ];

    expect(answers).toEqual([false, false, false, true]);
  });

  test('of a holder who was taken over is refused, and the newer photo stays', async () => {
    const { avatarId } = await joined();
    const slow = await held(avatarId, 'slow');
    const quick = await held(avatarId, 'quick', { nowMs: LATER, untilMs: LATER + 9 });
    const newer = { ...PHOTO, photoId: 'AQADnewer' };

    const whileLeased = await world.table.commit(slow, PHOTO, NOW, NOW);
    await world.table.commit(quick, newer, LATER, LATER);
    const afterwards = await world.table.commit(slow, undefined, NOW, NOW);

    expect([whileLeased, afterwards]).toEqual([false, false]);
    expect(await world.table.get(avatarId)).toMatchObject({ photo: newer, checkedAtMs: LATER });
  });

  test('is refused under an older generation of the same owner', async () => {
    const { avatarId } = await joined();
    const older = await held(avatarId, 'a');
    const newer = await held(avatarId, 'a');

    expect(await world.table.commit(older, undefined, NOW, NOW)).toBe(false);
    expect(await world.table.commit(newer, PHOTO, NOW, NOW)).toBe(true);
  });

  test('is refused to another owner under the same generation', async () => {
    const { avatarId } = await joined();
    const lease = await held(avatarId, 'a');

    expect(await world.table.commit({ ...lease, owner: 'b' }, PHOTO, NOW, NOW)).toBe(false);
  });
});

describe('replacing the photo', () => {
  const NEWER = { ...PHOTO, photoId: 'AQADnewer' };

  async function heldWithPhoto(): Promise<Lease> {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW - 5, NOW - 5);
    return held(avatarId, 'b');
  }

  test.each([
    ['another one', NEWER],
    ['none', undefined],
  ])(
    'by %s moves the pointer, remembers what it replaced, and keeps the lease',
    async (_, photo) => {
      const lease = await heldWithPhoto();
      const { avatarId } = lease.partner;

      expect(await world.table.replacePhoto(lease, photo, NOW)).toBe(true);

      const partner = await world.table.get(avatarId);
      expect(partner).toMatchObject({ replacedPhotoId: PHOTO.photoId, checkedAtMs: NOW - 5 });
      expect(partner?.photo).toEqual(photo);
      expect(await acquire(avatarId, 'c')).toMatchObject({ kind: 'busy' });
    },
  );

  test('is over with the commit', async () => {
    const lease = await heldWithPhoto();
    await world.table.replacePhoto(lease, NEWER, NOW);

    expect(await world.table.commit(lease, NEWER, NOW, NOW)).toBe(true);

    const partner = await world.table.get(lease.partner.avatarId);
    expect(partner).toMatchObject({ photo: NEWER, checkedAtMs: NOW });
    expect(partner).not.toHaveProperty('replacedPhotoId');
  });

  test('is told to the next holder where there was no commit', async () => {
    const lease = await heldWithPhoto();
    await world.table.replacePhoto(lease, NEWER, NOW);

    const next = await held(lease.partner.avatarId, 'c', { nowMs: LATER, untilMs: LATER + 9 });

    expect(next.partner).toMatchObject({ photo: NEWER, replacedPhotoId: PHOTO.photoId });
  });

  test('is refused to a holder who was taken over', async () => {
    const lease = await heldWithPhoto();
    const { avatarId } = lease.partner;
    await held(avatarId, 'c', { nowMs: LATER, untilMs: LATER + 9 });

    expect(await world.table.replacePhoto(lease, undefined, NOW)).toBe(false);
    expect(await world.table.get(avatarId)).toMatchObject({ photo: PHOTO });
  });

  test('is refused under an older generation of the same owner', async () => {
    const lease = await heldWithPhoto();
    const newer = await held(lease.partner.avatarId, lease.owner);

    expect(await world.table.replacePhoto(lease, undefined, NOW)).toBe(false);
    expect(await world.table.replacePhoto(newer, undefined, NOW)).toBe(true);
  });
});

describe('the moment at which the pointer moved', () => {
  const OTHER = { ...PHOTO, photoId: 'AQADother' };
  const MOVED_AT = NOW + 7;

  async function movedAtMs(avatarId: string): Promise<number | undefined> {
    const value = (await itemOf(avatarId))?.changedAtMs?.N;
    return value === undefined ? undefined : Number(value);
  }

  test('is written with a first photo, and is not the moment of the answer', async () => {
    const { avatarId } = await joined();

    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW, MOVED_AT);

    expect(await movedAtMs(avatarId)).toBe(MOVED_AT);
  });

  test('is not there for whoever never had a photo', async () => {
    const { avatarId } = await joined();

    await world.table.commit(await held(avatarId, 'a'), undefined, NOW, MOVED_AT);

    expect(await itemOf(avatarId)).not.toHaveProperty('changedOf');
    expect(await movedAtMs(avatarId)).toBeUndefined();
  });

  test('stays where Telegram shows the same photo', async () => {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW - 5, NOW - 5);

    await world.table.commit(await held(avatarId, 'b'), PHOTO, NOW, MOVED_AT);

    expect(await movedAtMs(avatarId)).toBe(NOW - 5);
  });

  test.each([OTHER, undefined])(
    'is written as the photo is replaced, and no commit moves it',
    async (photo) => {
      const { avatarId } = await joined();
      await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW - 5, NOW - 5);
      const lease = await held(avatarId, 'b');

      await world.table.replacePhoto(lease, photo, MOVED_AT);
      const afterwards = await movedAtMs(avatarId);
      await world.table.commit(lease, photo, NOW, MOVED_AT + 1);

      expect([afterwards, await movedAtMs(avatarId)]).toEqual([MOVED_AT, MOVED_AT]);
    },
  );
});

test('whoever gave the lease up can no longer write under it, though nobody has taken it since', async () => {
  const { avatarId } = await joined();
  const lease = await held(avatarId, 'a');
  await world.table.release(lease, LATER);
  const before = await itemOf(avatarId);

  const answers = [
    await world.table.replacePhoto(lease, PHOTO, NOW),
    await world.table.commit(lease, PHOTO, NOW, NOW),
    await world.table.release(lease, NOW),
  ];

  expect(answers).toEqual([false, false, undefined]);
  expect(await itemOf(avatarId)).toEqual(before);
});

describe('a release', () => {
  test('ends the lease, takes the claim until the job is back, and keeps photo and check', async () => {
    const { avatarId } = await joined();
    await world.table.commit(await held(avatarId, 'a'), PHOTO, NOW - 5, NOW - 5);

    await world.table.release(await held(avatarId, 'b'), LATER + 1);

    const partner = await world.table.get(avatarId);
    const kept = { photo: PHOTO, checkedAtMs: NOW - 5 };
    expect(partner).toMatchObject({ ...kept, claimedUntilMs: LATER + 1 });
    expect(await acquire(avatarId, 'c')).toMatchObject({ kind: 'held' });
  });

  test.each([
    ['of a holder who was taken over', { owner: 'b', nowMs: LATER, untilMs: LATER + 9 }],
    ['under an older generation of the same owner', { owner: 'a', untilMs: LATER + 9 }],
  ])('%s leaves the lease as it is', async (_, { owner, ...request }) => {
    const { avatarId } = await joined();
    const older = await held(avatarId, 'a');
    await held(avatarId, owner, request);

    await world.table.release(older, NOW);

    const other = await acquire(avatarId, 'c', { nowMs: LATER });
    expect(other).toEqual({ kind: 'busy', untilMs: LATER + 9 });
  });
});

test('an error that is no refusal passes through', async () => {
  const { avatarId } = await joined();
  wire.intercept(without('UpdateItem', 'GetItem'));
  const table = tableOverWire();

  await expect(table.claim(avatarId, NOW, LATER)).rejects.toThrow(/socket hang up|ECONNRESET/);
  await expect(table.get(avatarId)).rejects.toThrow(/socket hang up|ECONNRESET/);
});

test('a service that returns the item with its refusal is not asked for it', async () => {
  const { avatarId } = await joined();
  await held(avatarId, 'a');
  const Item = await itemOf(avatarId);
  wire.intercept(async ({ forward }) => {
    const answer = await forward();
    const { 'x-amz-crc32': _, ...headers } = answer.headers;
    return { ...answer, headers, body: JSON.stringify({ ...JSON.parse(answer.body), Item }) };
  });

  const request = { owner: 'b', nowMs: NOW, untilMs: LATER, checkedBeforeMs: NOW };
  const refused = await tableOverWire().acquireLease(avatarId, request);

  expect(refused).toEqual({ kind: 'busy', untilMs: LATER });
  expect(wire.seen.map(({ operation }) => operation)).toEqual(['UpdateItem']);
});

test('a refusal whose reason is over when the item is read is no answer: the job must come again', async () => {
  const { avatarId } = await joined();
  const lease = await held(avatarId, 'a');
  wire.intercept(async ({ operation, forward }) => {
    if (operation === 'GetItem') await world.table.commit(lease, undefined, NOW - 1, NOW - 1);
    return forward();
  });

  const request = { owner: 'b', nowMs: NOW, untilMs: LATER, checkedBeforeMs: NOW };
  const refused = tableOverWire().acquireLease(avatarId, request);

  await expect(refused).rejects.toThrow('refused for a reason that is over');
});
