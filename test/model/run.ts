// A run: a script, a scheduler, and at the end everything comes to rest and is looked at.

import type { Scheduler } from 'fast-check';
import type { EraseJob } from '../../core/erase-job.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import { SIZES } from '../../core/sizes.ts';
import { receive, register, view } from './functions.ts';
import { type Happening, happen } from './script.ts';
import { BAD_PHOTO } from './telegram.ts';
import { type Conditions, type ModelWorld, modelWorld } from './world.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Clocks that are wrong by a minute make a check seem older by two at most. */
const SKEW_ALLOWANCE_MS = 120_000;

/** More rounds than any job needs that comes to an end. */
const MAX_ROUNDS = 300;

/** Runs the script in the scheduler's order. Throws at the first step that breaks the promise. */
export async function run(
  scheduler: Scheduler,
  script: readonly Happening[],
  conditions: Conditions,
): Promise<void> {
  const world = modelWorld(scheduler, conditions, receive);
  void register(world, 'joined', false);
  void play(world, scheduler, script);
  await comeToRest(world, scheduler);
  lookAtJobs(world);

  world.telegram.calm();
  for (const size of SIZES) {
    world.actors.advance(1.2 * DAY_MS);
    void view(world, size);
    await comeToRest(world, scheduler);
  }
  lookAtItem(world);
  await lookAtErasures(world);

  await redrive(world, scheduler);
}

async function play(world: ModelWorld, scheduler: Scheduler, script: readonly Happening[]) {
  for (const happening of script) {
    do {
      await scheduler.schedule(Promise.resolve(), JSON.stringify(happening));
    } while (happening.kind === 'all rest' && scheduler.count() > 0);
    happen(world, happening);
  }
  world.actors.wakeAll();
}

/** Gives turns until nobody wants one. */
async function giveTurns({ watch }: ModelWorld, scheduler: Scheduler): Promise<void> {
  for (;;) {
    // Whoever had the turn goes on to its next call.
    await new Promise(setImmediate);
    const broken = watch.broken();
    if (broken) throw new Error(broken);
    if (scheduler.count() === 0) return;
    await scheduler.waitOne();
  }
}

/** Lets time pass until no message waits and nobody is at work. */
async function comeToRest(world: ModelWorld, scheduler: Scheduler): Promise<void> {
  const { actors, queues } = world;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    await giveTurns(world, scheduler);
    const nextMs = Math.min(queues.nextMs() ?? Infinity, actors.nextWakeMs() ?? Infinity);
    if (nextMs === Infinity) return;
    actors.advance(Math.max(nextMs - actors.nowMs(), 0));
    queues.deliver();
  }
  throw new Error('it never comes to rest');
}

/** No job is lost by anybody, and nothing is left of what was replaced. */
function lookAtJobs(world: ModelWorld): void {
  const { messages } = world.queues;
  for (const { id, state } of messages) {
    if (state !== 'deleted') throw new Error(`${id} ended as ${state}`);
  }
  // What was sent before belongs to somebody who was erased, whatever its clock said then.
  for (const { id, queue, job } of messages.slice(world.watch.sentBefore())) {
    if (queue !== 'erase') lookAtFetch(world, id, job as FetchJob);
  }
  const { item, telegram, edge, isStrict, watch } = world;
  // A photo that cannot be shown leaves what was lost in the edge until its time is over.
  const isShowable = item().photo || telegram.shown.includes(BAD_PHOTO);
  if (isStrict && !isShowable && edge.photoIds.size > 0) {
    throw new Error(`the edge keeps ${[...edge.photoIds]}`);
  }
  watch.lookAtStale();
}

/** Telegram was asked since the job was made, or there is nobody any more who made it. */
function lookAtFetch({ item, conditions }: ModelWorld, id: string, job: FetchJob): void {
  const { userId, checkedAtMs = 0 } = item();
  if (userId === undefined) return;
  const allowanceMs = conditions.skewsMs.some((ms) => ms !== 0) ? SKEW_ALLOWANCE_MS : 0;
  if (checkedAtMs < job.checkedBeforeMs - allowanceMs) throw new Error(`${id} is lost`);
}

/** Days later, after a viewer of each size: what Telegram shows is stored, and nothing is held. */
function lookAtItem({ item, avatarId, bucket, telegram, isStrict }: ModelWorld): void {
  const { userId, photo, leaseOwner, erasureId } = item();
  if (leaseOwner !== undefined) throw new Error('a lease is left');
  if (erasureId !== undefined) throw new Error('an erasure is left');
  if (photo && !bucket.has(avatarId, photo.photoId)) throw new Error('what is stored is not there');
  if (userId === undefined) {
    if (isStrict && bucket.objects.size > 0) throw new Error('an erased photo is left');
    return;
  }
  const shown = telegram.shown.at(-1);
  if (shown !== BAD_PHOTO && photo?.photoId !== shown) {
    throw new Error(`${photo?.photoId} is stored, ${shown} is shown`);
  }
}

/** Every erasure that was asked for has its end. */
async function lookAtErasures({ queues, erasures }: ModelWorld): Promise<void> {
  const jobs = queues.messages.filter(({ queue }) => queue === 'erase').map(({ job }) => job);
  for (const job of jobs as EraseJob[]) {
    if (job.kind !== 'erase') continue;
    const receipt = await erasures.find(job.erasureId);
    if (receipt?.completedAtMs === undefined) throw new Error('an erasure has no end');
  }
}

/** Whatever is delivered once more costs nothing and changes nothing. */
async function redrive(world: ModelWorld, scheduler: Scheduler): Promise<void> {
  const { queues, telegram, item } = world;
  const before = [JSON.stringify(item()), telegram.calls()];
  for (const which of queues.messages.keys()) queues.repeat(which);
  await comeToRest(world, scheduler);
  const after = [JSON.stringify(item()), telegram.calls()];
  if (after.join() !== before.join()) throw new Error(`a redrive made ${before} of it: ${after}`);
}
