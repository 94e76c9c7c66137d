// What was told of partners, each under its avatarId. An older answer never takes the place of a newer one.

import type { PartnerRecord, UnknownRecord } from '../../core/partner-record.ts';

/** A record and when, in milliseconds since the epoch, it was asked for and last used; 0 is a record to ask for again. */
export interface Known {
  readonly record: PartnerRecord | UnknownRecord;
  askedAtMs: number;
  usedAtMs: number;
}

/** Whether the record was asked for longer ago than that; one out of the future is as old as any. */
export function isStale(known: Known, staleMs: number, nowMs: number): boolean {
  const ageMs = nowMs - known.askedAtMs;
  return ageMs < 0 || ageMs >= staleMs;
}

/**
 * Whether an answer is newer than what is held. When Telegram was last asked decides, since a list may have been cached
 * on its way, or read from a replica; else the order of asking.
 */
export function isNewer(next: Known, held: Known): boolean {
  const [nextAt, heldAt] = [checkedAtOf(next), checkedAtOf(held)];
  if (nextAt && heldAt && nextAt !== heldAt) return nextAt > heldAt;
  return next.askedAtMs >= held.askedAtMs;
}

/** Whether somebody who sees the one would notice the other. */
export function isOther({ record: a }: Known, { record: b }: Known): boolean {
  return a.state !== b.state || photoIdOf(a) !== photoIdOf(b) || nameOf(a) !== nameOf(b);
}

/** The partner of a record; `undefined` for nobody. */
export function partnerOf(known: Known | undefined): PartnerRecord | undefined {
  return known && 'avatarId' in known.record ? known.record : undefined;
}

const checkedAtOf = (known: Known) => partnerOf(known)?.checkedAt;
const photoIdOf = (record: Known['record']) => 'photoId' in record && record.photoId;
const nameOf = (record: Known['record']) => 'name' in record && record.name;

/** Everything that was told in one scope. */
export interface Records {
  /** The id under which things are kept: the avatarId, once it is known. */
  keyOf(id: string): string;
  get(id: string): Known | undefined;
  /** Takes in what is newer than what is held. Returns the key and what it takes the place of; `undefined` for what is not. */
  learn(next: Known): { readonly key: string; readonly held: Known | undefined } | undefined;
  entries(): Known[];
  drop(known: Known): void;
}

/** Makes the records, with what is known from before. */
export function createRecords(before: readonly Known[]): Records {
  const byKey = new Map<string, Known>();
  const avatarIds = new Map<string, string>();
  const keyOf = (id: string) => avatarIds.get(id) ?? id;

  const learn: Records['learn'] = (next) => {
    const { record } = next;
    if ('avatarId' in record) {
      avatarIds.set(record.userId, record.avatarId);
      // Whoever was nobody under this userId is somebody now.
      byKey.delete(record.userId);
    }
    const key = 'avatarId' in record ? record.avatarId : keyOf(record.id);
    const held = byKey.get(key);
    if (held && !isNewer(next, held)) return undefined;
    byKey.set(key, next);
    return { key, held };
  };
  for (const known of before) learn(known);

  return {
    keyOf,
    get: (id) => byKey.get(keyOf(id)),
    learn,
    entries: () => [...byKey.values()],
    drop({ record }) {
      byKey.delete('avatarId' in record ? record.avatarId : keyOf(record.id));
    },
  };
}
