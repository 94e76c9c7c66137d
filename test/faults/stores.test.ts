// A table, a bucket or a queue that does not answer, or answers with a refusal.

import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLAIM_MS } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { behaviours, routes } from '../../core/topology.ts';
import { createEdge, type Edge } from '../../local/edge/edge.ts';
import { createPhotosOrigin } from '../../local/edge/photos-origin.ts';
import { createHttpApi } from '../../local/http-api.ts';
import { apiFunctions } from '../../local/joints.ts';
import { contextOf } from '../lambdas/deployed.ts';
import type { Intercept, WireAnswer } from '../wire.ts';
import { NOW } from '../world.ts';
import { BEARER, NO_CALLS } from './constants.ts';
import { type Fleet, type StoredPartner, startFleet } from './fleet.ts';

type Refusal = WireAnswer | 'cut';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

/** Refuses these operations, all unless told, for as long as the wire is not touched again. */
const refusing =
  (refusal: Refusal, isMeant = (_operation: string) => true): Intercept =>
  async ({ operation, forward }) =>
    isMeant(operation) ? refusal : forward();

/** A refusal as DynamoDB and SQS word it. */
const awsJson = (status: number, type: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({ __type: type, message: 'refused by a test' }),
});

describe('fault 32: while DynamoDB is', () => {
  test.each<[string, Refusal]>([
    ['down', 'cut'],
    ['throttled', awsJson(400, 'com.amazonaws.dynamodb.v20120810#ThrottlingException')],
  ])('%s, what the CDN and S3 have is served, and nobody calls Telegram', async (_, refusal) => {
    const edge = newEdge();
    const { avatarId, photo } = await fleet.storedPartner();
    const missing = await fleet.newPartner();
    await fleet.ask(missing);
    const calls = await fleet.calls();
    const current = `/avatars/${avatarId}?size=64`;
    const versions = SIZES.map((size) => `/avatars/${avatarId}/${photo.photoId}/${size}.webp`);
    const before = await get(edge, current);
    const { dynamodb } = fleet.deployed.wires;
    dynamodb.untouched();
    dynamodb.intercept(refusing(refusal));

    const remembered = await fleet.deployed.request('GET', current);
    const fromS3 = await Promise.all(versions.map((path) => get(edge, path)));
    const fallback = await fleet.deployed.request('GET', versions[0] ?? '');
    const seen = dynamodb.seen.length;
    // Past all that edge and function may answer without asking.
    fleet.pass(10 * 60_000);
    const [stale, direct, failures] = await Promise.all([
      get(edge, current),
      fleet.deployed.request('GET', current),
      fleet.failures(),
    ]);

    // Nobody asks the table for what is remembered, or for a version.
    expect(seen).toBe(0);
    expect([before, remembered, ...fromS3, fallback, stale].map(({ status }) => status)).toEqual(
      Array(4 + SIZES.length).fill(200),
    );
    expect(stale.body).toEqual(before.body);
    expect(direct).toMatchObject({
      status: 503,
      headers: {
        'x-avatar': 'limited',
        'cache-control': 'no-store',
        'content-type': 'image/svg+xml',
      },
    });
    expect(failures).toBe(1);
    expect(await fleet.calls()).toEqual(calls);
    dynamodb.untouched();
    await fleet.settle();
    await fleet.expectStored(missing);
  });

  test.each([['UpdateItem'], ['GetItem'], ['UpdateItem, GetItem']])(
    'without %s, no lease is taken, nobody calls Telegram, and no job is lost',
    async (operations) => {
      const partners = [await fleet.newPartner(), await fleet.newPartner()];
      for (const partner of partners) await fleet.ask(partner);
      fleet.deployed.wires.dynamodb.intercept(
        refusing('cut', (operation) => operations.includes(operation)),
      );

      expect(await fleet.failures()).toBe(2);

      expect(await fleet.calls()).toEqual(NO_CALLS);
      fleet.deployed.wires.dynamodb.untouched();
      await fleet.settle();
      for (const partner of partners) await fleet.expectStored(partner);
    },
  );
});

function newEdge(): Edge {
  const { handlers, world } = fleet.deployed;
  return createEdge({
    behaviours,
    origins: {
      api: createHttpApi({ routes, functions: apiFunctions(handlers) }),
      photos: createPhotosOrigin({
        s3Url: world.endpoints.s3Url,
        bucketName: world.resources.bucketName,
      }),
    },
  });
}

function get(edge: Edge, target: string) {
  const [path = '', query = ''] = target.split('?');
  const sent = { headers: {}, body: Buffer.alloc(0), sourceIp: '203.0.113.7' };
  return edge.respond({ method: 'GET', path, query, ...sent });
}

const s3Error = (status: number, code: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>refused by a test</Message></Error>`,
});

describe('fault 33: while S3', () => {
  const refusals: readonly [string, Refusal][] = [
    ['says 503', s3Error(503, 'SlowDown')],
    ['says 409', s3Error(409, 'OperationAborted')],
    ['cuts the connection', 'cut'],
  ];
  const [small = 0] = SIZES;

  test('has a picture and cannot say so, it is put again', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    let lost = 0;
    fleet.deployed.wires.s3.intercept(async ({ operation, forward }) => {
      const answer = await forward();
      return isPut(operation) && ++lost <= SIZES.length ? 'cut' : answer;
    });

    await fleet.settle();

    await fleet.expectStored(partner);
  });

  test.each(
    refusals.flatMap(([kind, refusal]) => [
      { kind, refusal, what: 'any picture', isMeant: (operation: string) => isPut(operation) },
      {
        kind,
        refusal,
        what: 'one size alone',
        isMeant: (operation: string) => isPut(operation) && operation.includes(`/${small}.webp`),
      },
    ]),
  )(
    '$kind to $what, the old photo stays, and the job is tried again',
    async ({ refusal, isMeant }) => {
      const before = await fleet.storedPartner();
      const newPhotoId = await fleet.change(before);
      await fleet.ask(before);
      const checked = neverPointingToNothing(before, (operation) =>
        isMeant(operation) ? refusal : undefined,
      );

      expect(await fleet.failures()).toBe(1);
      expect((await fleet.stored(before))?.photo).toEqual(before.photo);
      const refused = checked();
      const healed = neverPointingToNothing(before, () => undefined);
      await fleet.settle();

      expect(refused.momentsWith).toEqual([before.photo.photoId]);
      expect(healed().momentsWith).toEqual([before.photo.photoId, newPhotoId]);
      expect(await fleet.objectsOf(before, newPhotoId)).toBe(SIZES.length);
      expect(await fleet.objectsOf(before, before.photo.photoId)).toBe(0);
    },
  );

  const isPut = (operation: string) => operation.startsWith('PUT ');

  /** Looks, before and after whatever goes over the wires, whether all that the pointer names is there. */
  function neverPointingToNothing(
    partner: StoredPartner,
    refusalOf: (operation: string) => Refusal | undefined,
  ) {
    const seen = new Set<string | undefined>();
    const broken: string[] = [];
    const look = async (when: string) => {
      const { photo } = (await fleet.stored(partner)) ?? {};
      const objects = await fleet.objectsOf(partner, photo?.photoId);
      // Between the two reads a worker may have gone on.
      const { photo: still } = (await fleet.stored(partner)) ?? {};
      if (still?.photoId !== photo?.photoId) return;
      seen.add(photo?.photoId);
      if (objects !== SIZES.length) broken.push(`${when}: ${objects} of ${photo?.photoId}`);
    };
    const { dynamodb, s3 } = fleet.deployed.wires;
    for (const wire of [dynamodb, s3]) {
      wire.intercept(async ({ operation, forward }) => {
        await look(`before ${operation}`);
        const answer = refusalOf(operation) ?? (await forward());
        await look(`after ${operation}`);
        return answer;
      });
    }
    return () => {
      dynamodb.untouched();
      s3.untouched();
      expect(broken).toEqual([]);
      return { momentsWith: [...seen] };
    };
  }
});

describe('fault 34: a message that cannot be sent after the claim', () => {
  const refusals: readonly [string, Refusal][] = [
    ['the queue is down', 'cut'],
    ['the queue refuses', awsJson(400, 'com.amazonaws.sqs#OverLimit')],
  ];

  /** Whoever asks for a partner's photo. */
  const entrances: readonly [string, (partner: Partner) => Promise<unknown>][] = [
    ['a viewer', ({ avatarId }) => fleet.deployed.request('GET', `/avatars/${avatarId}`)],
    ['a backend', ({ userId }) => register(userId)],
    ['the recent list', () => bearer('GET', '/api/partner/recent?limit=1')],
    [
      'the schedule',
      async () =>
        Promise.resolve(fleet.deployed.handlers.warmRecent({}, contextOf('warmRecent'))).catch(
          () => undefined,
        ),
    ],
  ];

  test.each(
    refusals.flatMap(([why, refusal]) =>
      entrances.map(([who, asks]) => ({ why, refusal, who, asks })),
    ),
  )(
    'of $who because $why gives the claim back, and the next miss asks at once',
    async ({ refusal, asks }) => {
      const partner = await newestPartner();
      fleet.deployed.wires.sqs.intercept(refusing(refusal));

      await asks(partner);
      expect(await fleet.stored(partner)).not.toHaveProperty('claimedUntilMs');
      fleet.deployed.wires.sqs.untouched();

      expect(await askedByAViewer(partner)).toBe(1);
    },
  );

  test('by a process that died in between is sent by the first who asks when the claim is over', async () => {
    const partner = await newestPartner();
    const { dynamodb, sqs } = fleet.deployed.wires;
    // Dead: neither the message nor the giving back of the claim gets out.
    sqs.intercept(refusing('cut'));
    dynamodb.intercept(async ({ body, forward }) =>
      body.includes('REMOVE claimedUntilMs') ? 'cut' : forward(),
    );
    await fleet.deployed.request('GET', `/avatars/${partner.avatarId}`);
    sqs.untouched();
    dynamodb.untouched();
    const { claimedUntilMs = 0 } = (await fleet.stored(partner)) ?? {};
    expect(claimedUntilMs).toBeGreaterThan(Date.now());

    expect(await askedByAViewer(partner)).toBe(0);
    fleet.pass(CLAIM_MS);
    expect(await askedByAViewer(partner)).toBe(1);

    await fleet.ask(partner);
    await fleet.settle();
    await fleet.expectStored(partner);
  });

  test('of a batch is not sent for those alone whom the queue refuses', async () => {
    const partners = [await newestPartner(), await newestPartner()];
    const [refused = expect.fail('nobody')] = partners;
    fleet.deployed.wires.sqs.intercept(async ({ operation, body, forward }) => {
      if (operation !== 'SendMessageBatch') return forward();
      const { Entries } = JSON.parse(body) as { Entries: { Id: string; MessageBody: string }[] };
      const isRefused = ({ MessageBody }: { MessageBody: string }) =>
        MessageBody.includes(refused.avatarId);
      const failed = Entries.filter(isRefused).map(({ Id }) => ({ Id, Code: 'InternalError' }));
      const answer = await forward();
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), Failed: failed }) };
    });

    await fleet.deployed.handlers.warmRecent({}, contextOf('warmRecent'));

    const claims = await Promise.all(
      partners.map(async (partner) => (await fleet.stored(partner))?.claimedUntilMs),
    );
    expect(claims).toEqual([undefined, expect.any(Number)]);
  });

  /** One who joined after all others, so that lists of the newest begin here. */
  async function newestPartner(): Promise<Partner> {
    const partner = await fleet.newPartner();
    const { clients, resources } = fleet.deployed.world;
    await clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: resources.tableName,
        Key: { avatarId: { S: partner.avatarId } },
        UpdateExpression: 'SET joinedAtMs = :last',
        ExpressionAttributeValues: { ':last': { N: String(NOW + Number(partner.userId)) } },
      }),
    );
    return partner;
  }

  /** How many messages a viewer's miss makes. */
  async function askedByAViewer({ avatarId }: Partner): Promise<number> {
    const { status } = await fleet.deployed.request('GET', `/avatars/${avatarId}`);
    expect(status).toBe(302);
    const jobs = await fleet.deployed.world.takeJobs('fetch');
    return jobs.filter((job) => job.avatarId === avatarId).length;
  }

  function bearer(method: string, path: string, body?: object) {
    return fleet.deployed.request(method, path, {
      headers: BEARER,
      body: body ? JSON.stringify(body) : '',
    });
  }

  const register = (userId: string) =>
    bearer('PUT', `/api/partner/${userId}`, { firstName: 'Ada' });
});
