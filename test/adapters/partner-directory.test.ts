import { randomUUID } from 'node:crypto';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { partnerDirectory } from '../../adapters/partner-directory.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { Partner, Profile } from '../../core/partner.ts';
import type { PartnerDirectory } from '../../core/ports.ts';
import { awsClients } from '../../local/aws.ts';
import { type Intercept, startWire, type Wire } from '../wire.ts';
import { NOW, startWorld, type World } from '../world.ts';

const NAMES = ['first', 'second', 'third', 'fourth', 'fifth'];

let world: World;
let wire: Wire;
let directory: PartnerDirectory;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.dynamodbUrl);
  const { dynamodb } = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  directory = partnerDirectory(dynamodb, world.resources.tableName);
  for (const [n, firstName] of NAMES.entries()) {
    await register({ userId: String(n + 1), firstName }, NOW + n);
  }
  return async () => {
    await wire.stop();
    await world.stop();
  };
});
beforeEach(() => wire.untouched());

async function register(profile: Profile, nowMs: number): Promise<Partner> {
  const times = { nowMs, claimUntilMs: NOW };
  const avatarId = idOf(profile.userId);
  const partner = await world.table.register(avatarId, profile, times, { afterErasure: true });
  if (!partner) throw new Error('not registered');
  return partner;
}

const idOf = (userId: number | string) => avatarIdOf('k', String(userId));
const operations = () => wire.seen.map(({ operation }) => operation);

async function entomb({ avatarId, joinedAtMs }: Partner): Promise<void> {
  const times = { joinedAtMs, erasedAtMs: NOW, expiresAtMs: NOW + 1 };
  await world.erasures.entomb(avatarId, { erasureId: randomUUID(), ...times });
}

async function remove({ avatarId }: Partner): Promise<void> {
  const Key = { avatarId: { S: avatarId } };
  const command = new DeleteItemCommand({ TableName: world.resources.tableName, Key });
  await world.clients.dynamodb.send(command);
}

/** DynamoDB's answer to the first BatchGetItem, with one item of it left for later. */
function leavingOneForLater(): Intercept {
  let isFirst = true;
  return async ({ operation, body, forward }) => {
    const answer = await forward();
    if (operation !== 'BatchGetItem' || !isFirst) return answer;
    isFirst = false;
    const { RequestItems } = JSON.parse(body);
    const [[name, { Keys }]] = Object.entries<{ Keys: { avatarId: object }[] }>(RequestItems) as [
      [string, { Keys: { avatarId: { S: string } }[] }],
    ];
    const { Responses } = JSON.parse(answer.body);
    const left = Keys[1]?.avatarId.S;
    Responses[name] = Responses[name].filter(
      ({ avatarId }: { avatarId: { S: string } }) => avatarId.S !== left,
    );
    const UnprocessedKeys = { [name]: { Keys: [Keys[1]] } };
    const { 'x-amz-crc32': _, ...headers } = answer.headers;
    return { ...answer, headers, body: JSON.stringify({ Responses, UnprocessedKeys }) };
  };
}

describe('the newest partners', () => {
  async function newestNames(limit: number): Promise<string[]> {
    return (await directory.newest(limit)).map(({ firstName }) => firstName);
  }

  test('come newest first, as many as are asked for and read', async () => {
    expect(await newestNames(3)).toEqual(['fifth', 'fourth', 'third']);
    expect(JSON.parse(wire.seen[0]?.body ?? '').Limit).toBe(3);
  });

  test('are read as they are now, each once, though the index may lag behind', async () => {
    wire.intercept(async ({ operation, forward }) => {
      const answer = await forward();
      if (operation !== 'Query') return answer;
      const { Items } = JSON.parse(answer.body);
      const { 'x-amz-crc32': _, ...headers } = answer.headers;
      return { ...answer, headers, body: JSON.stringify({ Items: [Items[0], ...Items] }) };
    });

    expect(await newestNames(3)).toEqual(['fifth', 'fourth', 'third']);
    const { RequestItems } = JSON.parse(wire.seen[1]?.body ?? '');
    expect(RequestItems[world.resources.tableName]).toMatchObject({ ConsistentRead: true });
  });

  test('are all there are, where more are asked for', async () => {
    expect(await newestNames(100)).toEqual(NAMES.toReversed());
  });

  test('are none where none are asked for, and nothing is read', async () => {
    expect(await newestNames(0)).toEqual([]);
    expect(operations()).toEqual([]);
  });

  test('keep their place when they register again', async () => {
    await register({ userId: '2', firstName: 'renamed' }, NOW + 100);

    expect(await newestNames(2)).toEqual(['fifth', 'fourth']);
  });

  test('leave out one who goes between the two reads', async () => {
    const gone = await register({ userId: '99', firstName: 'gone' }, NOW + 99);
    wire.intercept(async ({ operation, forward }) => {
      if (operation === 'BatchGetItem') await remove(gone);
      return forward();
    });

    expect(await newestNames(2)).toEqual(['fifth']);
  });

  test('leave out one who is erased between the two reads', async () => {
    const erased = await register({ userId: '98', firstName: 'erased' }, NOW + 98);
    wire.intercept(async ({ operation, forward }) => {
      if (operation === 'BatchGetItem') await entomb(erased);
      return forward();
    });

    expect(await newestNames(2)).toEqual(['fifth']);
  });

  test('have no place for whoever was erased', async () => {
    await entomb(await register({ userId: '97', firstName: 'erased' }, NOW + 97));

    expect(await newestNames(2)).toEqual(['fifth', 'fourth']);
  });

  test('are asked for again where DynamoDB leaves some of them for later', async () => {
    wire.intercept(leavingOneForLater());

    expect(await newestNames(3)).toEqual(['fifth', 'fourth', 'third']);
    expect(operations().filter((operation) => operation === 'BatchGetItem')).toHaveLength(2);
  });

  test('are given up, and asked for no more, where DynamoDB leaves them for later each time', async () => {
    wire.intercept(async ({ operation, body, forward }) => {
      const answer = await forward();
      if (operation !== 'BatchGetItem') return answer;
      const { 'x-amz-crc32': _, ...headers } = answer.headers;
      const UnprocessedKeys = JSON.parse(body).RequestItems;
      return { ...answer, headers, body: JSON.stringify({ Responses: {}, UnprocessedKeys }) };
    });

    await expect(newestNames(3)).rejects.toThrow('DynamoDB left 3 items unread');
    expect(operations().filter((operation) => operation === 'BatchGetItem')).toHaveLength(5);
  });
});

describe('many partners', () => {
  test('are found by their avatarIds, without those whom nobody knows', async () => {
    const found = await directory.many([idOf(3), idOf('nobody'), idOf(1)]);

    const expected = await Promise.all([1, 3].map((n) => world.table.get(idOf(n))));
    expect(found).toEqual(new Map(expected.map((partner) => [partner?.avatarId, partner])));
    expect(operations()).toEqual(['BatchGetItem']);
  });

  test('that are none are not looked for', async () => {
    expect(await directory.many([])).toEqual(new Map());
    expect(operations()).toEqual([]);
  });

  test('may be a hundred in one read', async () => {
    const avatarIds = Array.from({ length: 100 }, (_, n) => idOf(1000 + n));
    await Promise.all(
      avatarIds.map((_, n) => register({ userId: String(1000 + n), firstName: 'A' }, NOW - 1)),
    );

    const found = await directory.many(avatarIds);

    expect(new Set(found.keys())).toEqual(new Set(avatarIds));
    expect(operations()).toEqual(['BatchGetItem']);
  });

  test('have no tombstone among them', async () => {
    const erased = await register({ userId: '2000', firstName: 'erased' }, NOW - 1);
    await entomb(erased);

    expect([...(await directory.many([erased.avatarId, idOf(1)])).keys()]).toEqual([idOf(1)]);
  });
});
