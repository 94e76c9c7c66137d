import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { newestPartners } from '../../adapters/newest-partners.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { awsClients } from '../../local/aws.ts';
import { type Intercept, startWire, type Wire } from '../wire.ts';
import { NOW, startWorld, type World } from '../world.ts';

const NAMES = ['first', 'second', 'third', 'fourth', 'fifth'];

let world: World;
let wire: Wire;
beforeAll(async () => {
  world = await startWorld();
  wire = await startWire(world.endpoints.dynamodbUrl);
  for (const [n, firstName] of NAMES.entries()) {
    const profile = { userId: String(n + 1), firstName };
    await world.table.register(avatarIdOf('k', profile.userId), profile, NOW + n, NOW);
  }
  return async () => {
    await wire.stop();
    await world.stop();
  };
});

async function newestNames(limit: number, by?: Intercept): Promise<string[]> {
  wire.untouched();
  if (by) wire.intercept(by);
  const { dynamodb } = awsClients({ ...world.endpoints, dynamodbUrl: wire.url });
  const partners = await newestPartners(dynamodb, world.resources.tableName, limit);
  return partners.map(({ firstName }) => firstName);
}

test('come newest first, as many as are asked for and read', async () => {
  expect(await newestNames(3)).toEqual(['fifth', 'fourth', 'third']);
  expect(JSON.parse(wire.seen[0]?.body ?? '').Limit).toBe(3);
});

test('are all there are, where more are asked for', async () => {
  expect(await newestNames(100)).toEqual(NAMES.toReversed());
});

test('keep their place when they register again', async () => {
  const profile = { userId: '2', firstName: 'renamed' };
  await world.table.register(avatarIdOf('k', '2'), profile, NOW + 100, NOW);

  expect(await newestNames(2)).toEqual(['fifth', 'fourth']);
});

test('leave out one who goes between the two reads', async () => {
  const gone = await world.table.register(
    avatarIdOf('k', '99'),
    { userId: '99', firstName: 'gone' },
    NOW + 99,
    NOW,
  );
  const Key = { avatarId: { S: gone.avatarId } };
  const remove = new DeleteItemCommand({ TableName: world.resources.tableName, Key });

  const names = await newestNames(2, async ({ operation, forward }) => {
    if (operation === 'BatchGetItem') await world.clients.dynamodb.send(remove);
    return forward();
  });

  expect(names).toEqual(['fifth']);
});

test('are asked for again where DynamoDB leaves some of them for later', async () => {
  let isFirst = true;

  const names = await newestNames(3, async ({ operation, body, forward }) => {
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
  });

  expect(names).toEqual(['fifth', 'fourth', 'third']);
  expect(wire.seen.filter(({ operation }) => operation === 'BatchGetItem')).toHaveLength(2);
});
