// One crash point of one scenario over real stores: what is arranged, the death, the time that passes, the workers
// that come after, and what must be true at every moment and at the end.

import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { photoKey } from '../../core/avatar-url.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import type { Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { type QueueName, queues, table } from '../../core/topology.ts';
import { type ModelEdge, modelEdge } from '../model/stores.ts';
import { modelTelegram } from '../model/telegram.ts';
import type { MovedClocks } from '../moved-clocks.ts';
import { URL_KEY, type World } from '../world.ts';
import { type CrashPoint, type Dying, dying } from './dying-ports.ts';
import { receive, type Surroundings, workOff } from './workers-on-ports.ts';

/** What a scenario works with: a world that it shares with others, and a partner, a Telegram and an edge of its own. */
export interface Stage extends Surroundings {
  readonly userId: string;
  readonly avatarId: string;
  readonly edge: ModelEdge;
  readonly clocks: MovedClocks;
}

/** Something that is begun, and may die at every call. */
export interface Scenario {
  /** What Telegram shows at first. */
  readonly shown: string | undefined;
  /** Brings everything to where it begins; the job, if there is one. */
  arrange(stage: Stage): Promise<FetchJob | undefined>;
  /** What dies, where that is not whoever works off the messages. */
  act?(stage: Stage, ports: Dying): Promise<unknown>;
  /** What is done by others when it is dead and all messages are worked off. */
  afterwards?(stage: Stage): Promise<unknown>;
  /** What the pointer may name, in this order; the last one at the end. */
  readonly pointers: readonly (string | undefined)[];
  /** What must be true at the end besides. */
  end?(stage: Stage): Promise<void>;
}

/** How long until everything is over that was held when somebody died: a message's visibility is the longest. */
const OVER_MS = 121_000;

/** More rounds than any scenario has messages. */
const MAX_ROUNDS = 30;

/** The stage of a partner whom nobody knows yet. */
export function stageOf(
  world: World,
  clocks: MovedClocks,
  userId: string,
  shown: string | undefined,
): Stage {
  const clock = { nowMs: () => Date.now(), sleep: async (ms: number) => clocks.pass(ms) };
  const avatarId = avatarIdOf(URL_KEY, userId);
  return {
    world,
    clocks,
    clock,
    telegram: modelTelegram(shown),
    edge: modelEdge(),
    userId,
    avatarId,
  };
}

/** What was seen of a run: where somebody died, and the calls until then. */
export interface Played {
  /** `undefined` if the run had no such call. */
  readonly where: string | undefined;
  readonly calls: number;
  readonly sideBySide: ReadonlySet<number>;
}

/** Plays a scenario with this crash, and fails where the promise is broken. */
export async function crashAt(
  stage: Stage,
  scenario: Scenario,
  point: CrashPoint,
): Promise<Played> {
  const { telegram } = stage;
  const breaches: string[] = [];
  const job = await scenario.arrange(stage);
  const look = await watch(stage, scenario, breaches);
  const ports = dying(look, point);
  const act = scenario.act ?? workAllOff;
  const where = await ports.run(() => act(stage, ports));

  const takeovers = (await rawItem(stage))?.leaseOwner ? 1 : 0;
  await workAllOff(stage, dying(look));
  if (scenario.afterwards) {
    await scenario.afterwards(stage);
    await workAllOff(stage, dying(look));
  }

  const at = where ?? 'without a crash';
  expect(breaches, at).toEqual([]);
  for (const photoId of telegram.shown) {
    const downloads = photoId === undefined ? 0 : telegram.downloads(photoId);
    expect(downloads, `fetches of ${photoId}, ${at}`).toBeLessThanOrEqual(1 + takeovers);
  }
  await expectRest(stage, scenario.pointers.at(-1), at);
  await scenario.end?.(stage);
  if (job) await expectNoCall(stage, job, at);
  return { where, calls: ports.count(), sideBySide: ports.sideBySide };
}

/** Works off every message of every queue, as time passes, until none is left anywhere. */
async function workAllOff(stage: Stage, ports: Dying): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const waiting = await queuesWithMessages(stage.world);
    if (waiting.length === 0) return;
    let worked = 0;
    for (const queue of waiting) worked += (await workOff(stage, queue, ports)) ? 1 : 0;
    if (worked === 0) stage.clocks.pass(OVER_MS);
  }
  throw new Error('the messages never end');
}

/** A partner whose photo is stored. */
export async function storePhoto(
  { world, userId, avatarId, edge }: Stage,
  photoId: string,
): Promise<Partner> {
  const partner = await world.join(userId);
  const webp = new TextEncoder().encode(photoId);
  await Promise.all(SIZES.map((size) => world.bucket.put({ avatarId, photoId, size }, webp)));
  const checkedAtMs = Date.now() - 1_000;
  const lease = await world.table.acquireLease(avatarId, {
    owner: 'the first',
    nowMs: checkedAtMs,
    untilMs: checkedAtMs + 1,
    checkedBeforeMs: checkedAtMs,
  });
  await world.table.commit(lease as Lease, { photoId, lqip: 'data:,' }, checkedAtMs, checkedAtMs);
  edge.photoIds.add(photoId);
  return partner;
}

/** Uses up all receives of the message in the fetch queue but the last. */
export async function receiveAllButOnce({ world, clocks }: Stage): Promise<void> {
  for (let receives = 1; receives < queues.fetch.maxReceiveCount; receives++) {
    await receive(world, 'fetch');
    clocks.pass(OVER_MS);
  }
}

/** The partner's item with what no port shows. */
export async function rawItem({
  world,
  avatarId,
}: Pick<Stage, 'world' | 'avatarId'>): Promise<Record<string, AttributeValue> | undefined> {
  const { Item } = await world.clients.dynamodb.send(
    new GetItemCommand({
      TableName: world.resources.tableName,
      Key: { [table.key]: { S: avatarId } },
      ConsistentRead: true,
    }),
  );
  return Item;
}

/** The keys of all objects of the partner. */
export async function keysOf({ world, avatarId }: Stage): Promise<string[]> {
  const { Contents = [] } = await world.clients.s3.send(
    new ListObjectsV2Command({
      Bucket: world.resources.bucketName,
      Prefix: `avatars/${avatarId}/`,
    }),
  );
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** The calls that can make the pointer wrong. */
const MOVES = /^(table\.(replacePhoto|commit)|bucket\.remove(All)?|erasures\.entomb) /;

/** Looks at the pointer after every call that can make it wrong. */
async function watch(
  stage: Stage,
  { pointers }: Scenario,
  breaches: string[],
): Promise<(call: string) => Promise<void>> {
  let reached = 0;
  let before = await rawItem(stage);
  // A photo that is lost at the start is not stored until it is stored again.
  let isLost = !(await isStored(stage));
  return async (call) => {
    if (!MOVES.test(call)) return;
    const item = await rawItem(stage);
    const photoId = item?.photoId?.S;
    const hasMoved = photoId !== before?.photoId?.S;
    if (hasMoved && item?.changedAtMs?.N === before?.changedAtMs?.N) {
      breaches.push(`open pages do not hear of ${photoId} after ${call}`);
    }
    before = item;
    const at = pointers.indexOf(photoId, reached);
    if (at === -1) breaches.push(`the pointer names ${photoId} after ${call}`);
    else reached = at;
    if (await isStored(stage)) isLost = false;
    else if (!isLost) breaches.push(`${photoId} is not stored after ${call}`);
  };
}

/** Whether all that the pointer names is there. */
async function isStored(stage: Stage): Promise<boolean> {
  const photoId = (await rawItem(stage))?.photoId?.S;
  if (photoId === undefined) return true;
  const keys = await keysOf(stage);
  return keysOfPhoto(stage, photoId).every((key) => keys.includes(key));
}

function keysOfPhoto({ avatarId }: Stage, photoId: string): string[] {
  return SIZES.map((size) => photoKey({ avatarId, photoId, size }));
}

/** Nothing is held, nothing is left of other photos, and the pointer names what it should. */
async function expectRest(stage: Stage, photoId: string | undefined, at: string): Promise<void> {
  const { photoId: stored, leaseOwner, claimedUntilMs } = (await rawItem(stage)) ?? {};
  expect(stored?.S, `the pointer, ${at}`).toBe(photoId);
  expect(leaseOwner, `the lease, ${at}`).toBeUndefined();
  expect(Number(claimedUntilMs?.N ?? 0), `the claim's end, ${at}`).toBeLessThan(
    Date.now() + OVER_MS,
  );
  const expected = photoId === undefined ? [] : keysOfPhoto(stage, photoId);
  expect((await keysOf(stage)).sort(), `the objects, ${at}`).toEqual(expected.sort());
}

/** The same job once more asks Telegram for nothing. */
async function expectNoCall(stage: Stage, job: FetchJob, at: string): Promise<void> {
  const calls = stage.telegram.calls();
  await stage.world.queues.fetch.send(job);
  await workAllOff(
    stage,
    dying(async () => {}),
  );
  expect(stage.telegram.calls(), `calls of a redelivery, ${at}`).toBe(calls);
}

/** The queues that have messages, whether they can be seen or not. */
async function queuesWithMessages({ clients, resources }: World): Promise<QueueName[]> {
  const AttributeNames: QueueAttributeName[] = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesDelayed',
    'ApproximateNumberOfMessagesNotVisible',
  ];
  const names = Object.keys(resources.queues) as QueueName[];
  const isEmpty = await Promise.all(
    names.map(async (name) => {
      const QueueUrl = resources.queues[name].url;
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
      const { Attributes = {} } = await clients.sqs.send(command);
      return Object.values(Attributes).every((count) => count === '0');
    }),
  );
  return names.filter((_, index) => !isEmpty[index]);
}
