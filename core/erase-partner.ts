// The worker's part of an erasure: tombstone → bucket → edge, and all of it once more when nothing that began
// before the tombstone can bring anything back.
//
//   fetch in flight   lease ──────────────── put ── commit: refused
//   viewer                    S3 read ─────────── answer, into the edge
//   erasure                tombstone · sweep ────────────────── SETTLE_MS ── sweep · complete

import type { EraseJob, ErasePartnerJob } from './erase-job.ts';
import { type ErasureState, SETTLE_MS, tombstoneEndMs } from './erasure.ts';
import { EdgeCacheBusy } from './errors.ts';
import { backOffSeconds, type Retry, secondsUntil } from './fetch-retry.ts';
import type { Clock, EdgeCache, ErasureTable, PhotoBucket } from './ports.ts';

/**
 * What came of a job. `swept`: everything is deleted, and is looked through once more at `untilMs`. `over`: this
 * erasure is done, or another one stands in its place.
 */
export type EraseOutcome =
  | { readonly kind: 'erased' | 'over' | 'evicted' }
  | { readonly kind: 'swept'; readonly untilMs: number };

/** What erasing needs of the outside. */
export interface ErasePorts {
  readonly erasures: Pick<ErasureTable, 'find' | 'state' | 'entomb' | 'countObjects' | 'complete'>;
  readonly bucket: Pick<PhotoBucket, 'removeAll'>;
  readonly edge: EdgeCache;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Seconds until a message comes back that the edge was too busy for: an invalidation takes about as long. */
const EDGE_BUSY_DELAY_SECONDS = 30;

/**
 * Works a message of the erase queue off. Throws EdgeCacheBusy and whatever the stores throw; every step may be
 * done again, so that the message may simply come again.
 */
export async function doEraseJob(
  ports: ErasePorts,
  job: EraseJob,
  tombstoneDays: number,
): Promise<EraseOutcome> {
  if (job.kind === 'erase') return erasePartner(ports, job, tombstoneDays);
  await ports.edge.evict(job.avatarId);
  return { kind: 'evicted' };
}

async function erasePartner(
  ports: ErasePorts,
  job: ErasePartnerJob,
  tombstoneDays: number,
): Promise<EraseOutcome> {
  const { avatarId, erasureId } = job;
  const { erasures, clock } = ports;
  const { state, counted } = await stateUnder(ports, job, tombstoneDays);
  if (state.kind !== 'erasing' || state.erasureId !== erasureId) {
    await erasures.complete(avatarId, erasureId, clock.nowMs());
    return { kind: 'over' };
  }
  // Asked before the sweep: what happens from here on is not older than this.
  const nowMs = clock.nowMs();
  await sweep(ports, job, counted);
  const settledAtMs = state.erasedAtMs + SETTLE_MS;
  if (nowMs < settledAtMs) return { kind: 'swept', untilMs: settledAtMs };
  await erasures.complete(avatarId, erasureId, clock.nowMs());
  return { kind: 'erased' };
}

/**
 * The state with the tombstone in its place. A message that comes again after the erasure must not touch a
 * partner who came back: it puts no tombstone up once the receipt is completed, or forgotten.
 */
async function stateUnder(
  { erasures, clock }: ErasePorts,
  { avatarId, joinedAtMs, erasureId }: ErasePartnerJob,
  tombstoneDays: number,
): Promise<{ state: ErasureState; counted: number }> {
  const receipt = await erasures.find(erasureId);
  const counted = receipt?.objects ?? 0;
  if (receipt?.completedAtMs !== undefined) return { state: { kind: 'nobody' }, counted };
  if (!receipt) return { state: await erasures.state(avatarId), counted };
  const nowMs = clock.nowMs();
  const expiresAtMs = tombstoneEndMs(nowMs, tombstoneDays);
  const tombstone = { erasureId, joinedAtMs, erasedAtMs: nowMs, expiresAtMs };
  return { state: await erasures.entomb(avatarId, tombstone), counted };
}

/** The objects are counted as soon as they are gone: the edge may have this done again, and finds none. */
async function sweep(
  { bucket, erasures, edge }: ErasePorts,
  { avatarId, erasureId }: ErasePartnerJob,
  counted: number,
): Promise<void> {
  const objects = await bucket.removeAll(avatarId);
  if (objects > 0) await erasures.countObjects(erasureId, counted + objects);
  await edge.evict(avatarId);
}

/** After how many seconds the same job is to be done once more, `undefined` if it is done. */
export function sweepAgainSeconds(outcome: EraseOutcome, nowMs: number): number | undefined {
  return outcome.kind === 'swept' ? secondsUntil(outcome.untilMs, nowMs) : undefined;
}

/** When to try again after an error; `receives` counts from 1. Nobody is to blame for a busy edge. */
export function eraseRetryAfterError(error: unknown, receives: number): Retry {
  return error instanceof EdgeCacheBusy
    ? { kind: 'postpone', delaySeconds: EDGE_BUSY_DELAY_SECONDS }
    : { kind: 'retry', delaySeconds: backOffSeconds(receives) };
}
