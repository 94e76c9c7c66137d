// Whether a request came through the distribution, which proves it by a secret that it adds to what it asks the
// API. The secret is rotated, and edges take minutes to learn of it: so the new, the pending and the previous one
// all count, and no request of an edge is ever refused.
//
//   rotation   pending is made ── SETTLE_MS ──► the distribution is told ── minutes ──► every edge sends it
//   authorizer       └ a reading of the secrets from here on knows it; none that is used is older than REREAD_MS
//
// SETTLE_MS is the longer one. So a refusal is never wrong, which matters, since API Gateway remembers it.

import type { Clock } from './ports.ts';
import { isSameSecret } from './same-secret.ts';

/** Milliseconds after which the secrets are read again, where what was presented is not among them. */
export const REREAD_MS = 5_000;

/** Milliseconds between making a pending secret and telling the distribution; the rest is for clocks that differ. */
export const SETTLE_MS = REREAD_MS + 10_000;

/** Milliseconds after which they are read again in any case: so long may one count that is no longer any. */
export const MAX_AGE_MS = 60 * 60 * 1000;

/** What the check needs of the outside. */
export interface OriginCheckPorts {
  /** The values that count now. */
  readonly secrets: () => Promise<readonly string[]>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Told that the secrets could not be read, and that the known ones still count. */
  readonly report: (error: unknown) => Promise<void> | void;
}

/**
 * Makes the check, which remembers what it read. It rejects where it cannot know: while the secrets cannot be read,
 * what is known counts on, and whatever is not known is neither let in nor refused for good.
 */
export function originCheck(ports: OriginCheckPorts): (given: string) => Promise<boolean> {
  const { secrets, clock, report } = ports;
  let known: { readonly values: readonly string[]; readonly readAtMs: number } | undefined;

  async function read(): Promise<readonly string[]> {
    const readAtMs = clock.nowMs();
    known = { values: await secrets(), readAtMs };
    return known.values;
  }

  async function readIfOld(): Promise<readonly string[]> {
    if (!known) return read();
    if (clock.nowMs() - known.readAtMs < MAX_AGE_MS) return known.values;
    const { values } = known;
    return read().catch(async (error) => {
      await report(error);
      return values;
    });
  }

  return async (given) => {
    if (isAmong(await readIfOld(), given)) return true;
    const isOld = !known || clock.nowMs() - known.readAtMs >= REREAD_MS;
    return isOld && isAmong(await read(), given);
  };
}

/** Each is compared, whichever is the one. */
function isAmong(values: readonly string[], given: string): boolean {
  return values.map((value) => isSameSecret(given, value)).includes(true);
}
