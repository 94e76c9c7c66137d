// What was told of partners, each under its avatarId. An older answer never takes the place of a newer one.

import type { PartnerRecord, UnknownRecord } from '../../core/partner-record.ts';

/** A record; when it was asked for and when it was last used are milliseconds since the epoch. */
export interface Known {
  readonly record: PartnerRecord | UnknownRecord;
  /** 0 is a record that has to be asked for again. */
  askedAtMs: number;
  usedAtMs: number;
}

/** Everything that was told in one scope. */
export interface Records {
  /** The id under which things are kept: the avatarId, once it is known. */
  keyOf(id: string): string;
  get(id: string): Known | undefined;
  /** Takes in what is newer than what is held. Returns whether somebody who sees the partner would notice. */
  learn(next: Known): boolean;
  /** The last used first. */
  all(): Known[];
  forget(known: Known): void;
}

/** Makes the records, with what is known from before. */
export function createRecords(before: readonly Known[]): Records {
  const byKey = new Map<string, Known>();
  const avatarIds = new Map<string, string>();
  const keyOf = (id: string) => avatarIds.get(id) ?? id;

  const learn = (next: Known) => {
    const { record } = next;
    const partner = partnerOf(next);
    // Whoever was nobody under this userId is somebody now.
    const nobody = partner && byKey.get(partner.userId);
    if (partner) {
      avatarIds.set(partner.userId, partner.avatarId);
      byKey.delete(partner.userId);
    }
    const key = keyOf(idOf(record));
    const held = byKey.get(key);
    if (held && !isNewer(next, held)) return false;
    byKey.set(key, next);
    return isOther(record, (held ?? nobody)?.record);
  };
  before.forEach(learn);

  return {
    keyOf,
    get: (id) => byKey.get(keyOf(id)),
    learn,
    all: () => [...byKey.values()].sort((a, b) => b.usedAtMs - a.usedAtMs),
    forget({ record }) {
      byKey.delete(keyOf(idOf(record)));
    },
  };
}

/** The partner of a record; `undefined` for nobody. */
export function partnerOf(known: Known | undefined): PartnerRecord | undefined {
  return known && 'avatarId' in known.record ? known.record : undefined;
}

/** Whether the record was asked for longer ago than that; one out of the future is as old as any. */
export function isStale({ askedAtMs }: Known, staleMs: number, nowMs: number): boolean {
  return askedAtMs > nowMs || nowMs - askedAtMs >= staleMs;
}

/** The id that a record is told under. */
export function idOf(record: Known['record']): string {
  return 'avatarId' in record ? record.avatarId : record.id;
}

/**
 * Whether an answer is newer than what is held. When Telegram was last asked decides, since a list may come out of a cache
 * and an answer from a replica; else the order of asking, unless the clock was set back since.
 */
export function isNewer(next: Known, held: Known): boolean {
  const nextAt = partnerOf(next)?.checkedAt;
  const heldAt = partnerOf(held)?.checkedAt;
  if (nextAt && heldAt && nextAt !== heldAt) return nextAt > heldAt;
  return next.askedAtMs >= held.askedAtMs || held.askedAtMs > next.usedAtMs;
}

type Noticed = Partial<Record<'state' | 'photoId' | 'name', unknown>>;

function isOther(now: Noticed, before: Noticed | undefined): boolean {
  return (['state', 'photoId', 'name'] as const).some((key) => before && now[key] !== before[key]);
}
