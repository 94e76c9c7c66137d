// The deployed functions over the model: core's own code, with every call of a port a step of its actor.

import { randomUUID } from 'node:crypto';
import { beginErasure } from '../../core/begin-erasure.ts';
import { doFetchJob, type FetchJobPorts } from '../../core/do-fetch-job.ts';
import type { EraseJob } from '../../core/erase-job.ts';
import { doEraseJob, eraseRetryAfterError, sweepAgainSeconds } from '../../core/erase-partner.ts';
import { SETTLE_MS } from '../../core/erasure.ts';
import * as errors from '../../core/errors.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import { type Retry, retryAfterError } from '../../core/fetch-retry.ts';
import { pacedTelegram } from '../../core/paced-telegram.ts';
import type { EraseQueue, FetchQueue, FetchQueues } from '../../core/ports.ts';
import { type Occasion, registerPartner } from '../../core/register-partner.ts';
import { type ServeMemory, serveCurrentPhoto } from '../../core/serve-photo.ts';
import type { Size } from '../../core/sizes.ts';
import { type FunctionName, functions, type QueueName } from '../../core/topology.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { URL_KEY } from '../world.ts';
import type { Actor } from './actors.ts';
import type { ModelMessage } from './queues.ts';
import { renderModel } from './telegram.ts';
import { type ModelWorld, USER_ID } from './world.ts';

const TOMBSTONE_DAYS = 30;

/** Works a message of any queue off. */
export function receive(world: ModelWorld, message: ModelMessage): void {
  if (message.queue === 'erase') void erase(world, message, message.job as EraseJob);
  else void fetch(world, message, message.job as FetchJob);
}

/** A viewer asks for the photo in one size; whatever is served stays in the edge. */
export function view(world: ModelWorld, size: Size): Promise<void> {
  const { avatarId } = world;
  return invoke(world, 'servePhoto', async (actor) => {
    const ports = {
      table: actor.through('table', world.table),
      bucket: actor.through('bucket', world.bucket),
      queues: fetchQueuesOf(world, actor),
      clock: actor.clock,
      refreshAgeMs: REFRESH_AGE_MS,
      memory: NO_MEMORY,
      report: (error: unknown) => world.watch.breach(`a viewer met ${error}`),
    };
    const request = { avatarId, size, ifNoneMatch: [], waitMs: 0 };
    const served = await serveCurrentPhoto(ports, request);
    if (served.kind !== 'photo') return;
    const photoId = new TextDecoder().decode(served.webp);
    await actor.step('edge.keep', () => world.edge.photoIds.add(photoId));
  });
}

/** The partner registers, with the file_id of the photo that Telegram shows if `isHinted`. */
export function register(world: ModelWorld, occasion: Occasion, isHinted: boolean): Promise<void> {
  return invoke(world, 'partners', async (actor) => {
    const table = actor.through('table', world.table);
    const ports = {
      table,
      queues: fetchQueuesOf(world, actor),
      clock: actor.clock,
      refreshAgeMs: REFRESH_AGE_MS,
    };
    const photoFileId = isHinted ? world.telegram.shown.at(-1) : undefined;
    const profile = { userId: USER_ID, firstName: 'Ada' };
    await registerPartner(ports, URL_KEY, profile, { photoFileId, occasion });
  });
}

/** The partner wants to be forgotten. */
export function forget(world: ModelWorld): Promise<void> {
  return invoke(world, 'partners', async (actor) => {
    const erasures = actor.through('erasures', world.erasures);
    const ports = { erasures, queue: eraseQueueOf(world, actor), clock: actor.clock };
    await beginErasure(ports, world.avatarId, randomUUID(), TOMBSTONE_DAYS);
  });
}

function fetch(world: ModelWorld, message: ModelMessage, job: FetchJob): Promise<void> {
  return invoke(world, 'fetchPhoto', (actor) => {
    const { receives } = message;
    const owner = world.conditions.ownersRepeat ? message.id : actor.name;
    const work = async () => {
      const done = await doFetchJob(fetchPortsOf(world, actor), lookedFor(world, job), {
        owner,
        priority: message.queue === 'warm' ? 'warm' : 'miss',
        receives,
        remainingMs: actor.remainingMs,
        signalAfter: () => new AbortController().signal,
      });
      return done.again;
    };
    return frame(world, actor, message, work, (error) =>
      retryAfterError(error, receives, actor.clock.nowMs()),
    );
  });
}

function erase(world: ModelWorld, message: ModelMessage, job: EraseJob): Promise<void> {
  return invoke(world, 'erasePartner', (actor) => {
    const aheadMs = world.conditions.without === 'settling' ? SETTLE_MS : 0;
    const clock = { nowMs: () => actor.clock.nowMs() + aheadMs };
    const ports = {
      erasures: actor.through('erasures', world.erasures),
      bucket: actor.through('bucket', world.bucket),
      edge: { evict: actor.through('edge', { evict: world.edge.evict }).evict },
      clock,
    };
    const work = async () => {
      const outcome = await doEraseJob(ports, job, TOMBSTONE_DAYS);
      const delaySeconds = sweepAgainSeconds(outcome, clock.nowMs());
      return delaySeconds === undefined ? undefined : { job, delaySeconds };
    };
    return frame(world, actor, message, work, (error) =>
      eraseRetryAfterError(error, message.receives),
    );
  });
}

/** What a handler behind a queue does around its work: send again, delete, or bring back. */
async function frame(
  { queues, actors }: ModelWorld,
  actor: Actor,
  message: ModelMessage,
  work: () => Promise<{ job: FetchJob | EraseJob; delaySeconds: number } | undefined>,
  retryAfter: (error: unknown) => Retry,
): Promise<void> {
  const send = (job: FetchJob | EraseJob, delaySeconds: number) =>
    actor.step(`send ${message.queue} again`, () => queues.send(message.queue, job, delaySeconds));
  try {
    const again = await work();
    if (again) await send(again.job, again.delaySeconds);
  } catch (error) {
    const { kind, delaySeconds } = retryAfter(error);
    if (kind === 'retry') {
      await actor.step('bring back', () => {
        message.visibleAtMs = actors.nowMs() + delaySeconds * 1000;
      });
      throw error;
    }
    await send(message.job, delaySeconds);
  }
  await actor.step('delete', () => {
    message.state = 'deleted';
  });
}

const EXPECTED = new Set<string>(Object.keys(errors));

/** One invocation. An error that core does not know is a mistake of somebody's. */
async function invoke(
  { actors, watch }: ModelWorld,
  name: FunctionName,
  run: (actor: Actor) => Promise<void>,
): Promise<void> {
  const { entry, timeoutSeconds } = functions[name];
  const actor = actors.begin(entry, timeoutSeconds);
  try {
    await run(actor);
  } catch (error) {
    if (!EXPECTED.has((error as Error).name)) watch.breach(`${actor.name} met ${error}`);
  }
  actors.end(actor);
}

function fetchPortsOf(world: ModelWorld, actor: Actor): FetchJobPorts {
  const { without } = world.conditions;
  const table = actor.through('table', world.table);
  const bucket = actor.through('bucket', world.bucket);
  const budget = actor.through('budget', world.budget);
  const { currentPhoto, openFile, download } = world.telegram;
  const bot = actor.through('telegram', { currentPhoto, openFile, download });
  const ports = {
    table,
    bucket,
    budget,
    telegram: pacedTelegram(bot, budget, actor.clock),
    render: renderModel,
    eraseQueue: eraseQueueOf(world, actor),
    clock: actor.clock,
  };
  if (without === 'look again') return { ...ports, table: { ...table, get: neverChecked(table) } };
  return without === 'order' ? pointerFirst(ports) : ports;
}

function neverChecked({ get }: FetchJobPorts['table']): FetchJobPorts['table']['get'] {
  return async (avatarId) => {
    const { checkedAtMs: _, ...partner } = (await get(avatarId)) ?? {};
    return 'avatarId' in partner ? partner : undefined;
  };
}

/** A worker that writes the pointer first, and the objects afterwards. */
function pointerFirst(ports: FetchJobPorts): FetchJobPorts {
  const puts: (() => Promise<void>)[] = [];
  const { table, bucket } = ports;
  return {
    ...ports,
    bucket: {
      ...bucket,
      put: async (...given) => {
        puts.push(() => bucket.put(...given));
      },
    },
    table: {
      ...table,
      commit: async (...given) => {
        const done = await table.commit(...given);
        for (const put of puts.splice(0)) await put();
        return done;
      },
    },
  };
}

/** The job; a second look that is left out has been done already. */
function lookedFor({ conditions, item }: ModelWorld, job: FetchJob): FetchJob {
  const missingPhotoId = item().photo?.photoId;
  return conditions.without === 'second look' && missingPhotoId ? { ...job, missingPhotoId } : job;
}

function fetchQueuesOf(world: ModelWorld, actor: Actor): FetchQueues {
  const queueOf = (name: QueueName): FetchQueue => ({
    send: (job, delaySeconds) =>
      actor.step(`${name}.send`, () => world.queues.send(name, job, delaySeconds)),
    sendAll: async () => [],
  });
  return { fetch: queueOf('fetch'), warm: queueOf('warm') };
}

function eraseQueueOf(world: ModelWorld, actor: Actor): EraseQueue {
  return {
    send: (job, delaySeconds) =>
      actor.step(`erase.send ${job.kind}`, () => world.queues.send('erase', job, delaySeconds)),
  };
}

const NO_MEMORY: ServeMemory = {
  partner: () => undefined,
  rememberPartner: () => {},
  photo: () => undefined,
  rememberPhoto: () => {},
};
