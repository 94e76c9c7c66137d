// Everything that is outside of core, in memory, for one partner.

import type { Scheduler } from 'fast-check';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { ErasureTable, PartnerTable, TelegramBudget } from '../../core/ports.ts';
import { URL_KEY } from '../world.ts';
import { type Actors, modelActors } from './actors.ts';
import { modelErasureTable } from './erasure-table.ts';
import type { ModelItem } from './item.ts';
import type { Mechanism } from './mechanisms.ts';
import { type ModelItems, modelPartnerTable } from './partner-table.ts';
import { type PromiseWatch, watchPromise } from './promise.ts';
import { type ModelMessage, type ModelQueues, modelQueues } from './queues.ts';
import { type ModelBucket, type ModelEdge, modelBucket, modelBudget, modelEdge } from './stores.ts';
import { type ModelTelegram, modelTelegram } from './telegram.ts';

/** The user, and the avatarId that follows. */
export const USER_ID = '1';
const AVATAR_ID = avatarIdOf(URL_KEY, USER_ID);

/** What may go wrong in a run besides crashes. */
export interface Conditions {
  /** How wrong clocks are, invocation after invocation. */
  readonly skewsMs: readonly number[];
  /** Whether invocations outlive their time-out, and their leases: they wake up when everybody has forgotten them. */
  readonly isLate: boolean;
  /** Whether a redelivered message's worker has its predecessor's owner id, which Lambda does not promise. */
  readonly ownersRepeat: boolean;
  readonly without?: Mechanism | undefined;
}

/** The model. */
export interface ModelWorld {
  readonly avatarId: string;
  readonly conditions: Conditions;
  readonly isStrict: boolean;
  readonly actors: Actors;
  readonly table: PartnerTable;
  readonly erasures: ErasureTable;
  readonly bucket: ModelBucket;
  readonly edge: ModelEdge;
  readonly budget: TelegramBudget;
  readonly telegram: ModelTelegram;
  readonly queues: ModelQueues;
  readonly watch: PromiseWatch;
  item(): ModelItem;
}

/** A world in which nothing has happened; `receive` works a message off. */
export function modelWorld(
  scheduler: Scheduler,
  conditions: Conditions,
  receive: (world: ModelWorld, message: ModelMessage) => void,
): ModelWorld {
  const items: ModelItems = new Map();
  const { skewsMs, isLate, ownersRepeat, without } = conditions;
  const isStrict = !isLate && !ownersRepeat && skewsMs.every((ms) => ms === 0);
  const item = () => items.get(AVATAR_ID) ?? {};
  const bucket = modelBucket();
  const telegram = modelTelegram('A');
  const actors = modelActors(scheduler, {
    skewsMs,
    isLate,
    afterStep: (actor) => watch.look(actor.name),
  });
  const { nowMs } = actors;
  const queues = modelQueues(nowMs, (message) => receive(world, message));
  const watch = watchPromise({
    avatarId: AVATAR_ID,
    bucket,
    telegram,
    isStrict,
    item,
    nowMs,
    sent: () => queues.messages.length,
  });
  const world: ModelWorld = {
    avatarId: AVATAR_ID,
    conditions,
    isStrict,
    actors,
    table: modelPartnerTable(items, without),
    erasures: modelErasureTable(items),
    bucket,
    edge: modelEdge(),
    budget: modelBudget(),
    telegram,
    queues,
    watch,
    item,
  };
  return world;
}
