// Against the emulators. S3 itself writes down when an object was stored, so it is the clock that moves.

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { awsClients } from '../../local/aws.ts';
import {
  type HousekeepingOptions,
  keepHouse,
  startHousekeeping,
} from '../../local/housekeeping.ts';
import { startWire, type Wire } from '../wire.ts';
import { NOW, startWorld, URL_KEY, type World } from '../world.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
// More than is read at a time.
const MANY = 260;
let world: World;
let wires: Record<'dynamodb' | 's3', Wire>;
let errors: unknown[];

beforeAll(async () => {
  world = await startWorld();
  const { dynamodbUrl, s3Url } = world.endpoints;
  wires = { dynamodb: await startWire(dynamodbUrl), s3: await startWire(s3Url) };
  return async () => {
    for (const wire of Object.values(wires)) await wire.stop();
    await world.stop();
  };
});
beforeEach(() => {
  errors = [];
  for (const wire of Object.values(wires)) wire.untouched();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A house with thirty days for photos, over the wires. */
function house(now: () => number): HousekeepingOptions {
  const { dynamodb, s3 } = wires;
  return {
    clients: awsClients({ ...world.endpoints, dynamodbUrl: dynamodb.url, s3Url: s3.url }),
    resources: world.resources,
    photoRetentionDays: 30,
    now,
    onError: (error) => errors.push(error),
  };
}

const daysLater = (days: number) => () => Date.now() + days * DAY_MS;
const unstopped = new AbortController().signal;

async function store(...keys: string[]): Promise<void> {
  for (const Key of keys) {
    const object = { Bucket: world.resources.bucketName, Key, Body: 'webp' };
    await world.clients.s3.send(new PutObjectCommand(object));
  }
}

async function storedKeys(): Promise<string[]> {
  const list = new ListObjectsV2Command({ Bucket: world.resources.bucketName });
  const { Contents = [] } = await world.clients.s3.send(list);
  return Contents.map(({ Key = '' }) => Key);
}

async function keep(avatarId: string, expiresAtSeconds: number): Promise<void> {
  const Item = { avatarId: { S: avatarId }, expiresAtSeconds: { N: String(expiresAtSeconds) } };
  await world.clients.dynamodb.send(
    new PutItemCommand({ TableName: world.resources.tableName, Item }),
  );
}

const keptIds = async () => (await world.items()).map(({ avatarId }) => avatarId?.S).sort();

describe('photos', () => {
  test('stay for as long as they are to stay, and then go, and nothing else does', async () => {
    await store('avatars/a/p/64.webp', 'avatars/a/p/150.webp', 'other/file');

    await keepHouse(house(daysLater(29.9)), unstopped);
    const before = await storedKeys();
    await keepHouse(house(daysLater(30.1)), unstopped);

    expect(before).toHaveLength(3);
    expect(await storedKeys()).toEqual(['other/file']);
    expect(errors).toEqual([]);
  });

  test('go in pages, so that the emulator has time for others', async () => {
    await store(...Array.from({ length: MANY }, (_, n) => `avatars/a/p${n}/64.webp`));

    await keepHouse(house(daysLater(31)), unstopped);

    expect(await storedKeys()).toEqual(['other/file']);
    const deletions = wires.s3.seen.filter(({ operation }) => operation.startsWith('POST'));
    expect(deletions).toHaveLength(2);
  });
});

describe('items', () => {
  const nowSeconds = NOW / 1000;

  test('go when their time is over, and partners never', async () => {
    await world.join(42);
    await keep('over', nowSeconds - 1);
    await keep('not-over', nowSeconds);

    await keepHouse(
      house(() => NOW),
      unstopped,
    );

    expect(await keptIds()).toEqual(['not-over', avatarIdOf(URL_KEY, '42')].sort());
    expect(errors).toEqual([]);
  });

  test('go from all pages of a table', async () => {
    for (let n = 0; n < MANY; n++) await keep(`over-${n}`, 1);

    await keepHouse(
      house(() => NOW),
      unstopped,
    );

    expect(await keptIds()).toEqual(['not-over', avatarIdOf(URL_KEY, '42')].sort());
    const scans = wires.dynamodb.seen.filter(({ operation }) => operation === 'Scan');
    expect(scans).toHaveLength(2);
  });

  test('stay if somebody comes back between the look and the deletion', async () => {
    const avatarId = avatarIdOf(URL_KEY, '43');
    await keep(avatarId, 1);
    wires.dynamodb.intercept(async ({ operation, forward }) => {
      if (operation === 'DeleteItem') await world.join(43);
      return forward();
    });

    await keepHouse(
      house(() => NOW),
      unstopped,
    );

    expect(await keptIds()).toContain(avatarId);
    expect(errors).toEqual([]);
  });
});

describe('housekeeping', () => {
  test('tells of a store that does not answer, and looks after the other', async () => {
    await keep('over', 1);
    wires.s3.intercept(async () => 'cut');

    await keepHouse(
      house(() => NOW),
      unstopped,
    );

    expect(errors).toHaveLength(1);
    expect(await keptIds()).not.toContain('over');
  });

  test('has a round at the start and one an hour', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const rounds: PromiseWithResolvers<void>[] = [1, 2].map(() => Promise.withResolvers());
    let begun = 0;
    const { stop } = startHousekeeping(
      house(() => {
        rounds[begun++]?.resolve();
        return NOW;
      }),
    );
    await rounds[0]?.promise;

    vi.advanceTimersByTime(HOUR_MS);
    await rounds[1]?.promise;
    await stop();
    vi.advanceTimersByTime(HOUR_MS);

    expect(begun).toBe(2);
  });

  test('that is stopped finishes the page in hand and begins no other', async () => {
    await store(...Array.from({ length: MANY }, (_, n) => `avatars/a/p${n}/64.webp`));
    const deleting = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    wires.s3.intercept(async ({ operation, forward }) => {
      if (operation.startsWith('POST')) {
        deleting.resolve();
        await goOn.promise;
      }
      return forward();
    });
    const { stop } = startHousekeeping(house(daysLater(31)));
    await deleting.promise;

    const stopped = stop();
    goOn.resolve();
    await stopped;

    expect(await storedKeys()).toHaveLength(MANY - 250 + 1);
  });
});
