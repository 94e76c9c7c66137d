// The right to fetch one partner's photo. A lease ends by itself when its holder is dead; its generation
// grows with each acquisition, so that a holder who wakes up late can no longer commit or release.
//
//   worker A  acquire g1 ─── stalls ───────────────────────── commit g1: refused
//   worker B            lease over ── acquire g2 ── commit g2

import type { Partner } from './partner.ts';

/** A lease that this worker holds, and the partner as it was when it was acquired. */
export interface Lease {
  readonly kind: 'held';
  /** Unique to one attempt of one worker. */
  readonly owner: string;
  readonly generation: number;
  readonly partner: Partner;
  /** Whether another holder had let it end without giving it up: a worker that died, or one that is late. */
  readonly isTakeover: boolean;
}

/** Why no lease was given. `fresh`: Telegram was asked since the job was made. */
export type LeaseRefusal =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'busy'; readonly untilMs: number };

/** Milliseconds that a lease outlives its holder's invocation: a frozen or killed worker cannot still be writing. */
export const LEASE_MARGIN_MS = 5_000;

/** Milliseconds of an invocation that a fetch needs at least; with less, none is begun. */
export const MIN_FETCH_MS = 4_000;

/** How long a claim blocks further messages for the same partner, in milliseconds. */
export const CLAIM_MS = 10_000;
