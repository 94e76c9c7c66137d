// Doubled: downloads of one photo beyond what the promise allows.
//
// Counted are downloads that Telegram gave whole, so an attempt that it failed itself counts for nothing. Allowed is
// one for each time that the photo has to be had (ledger.ts), and one more, for one photo of a partner, where the
// process was killed while a worker held this partner's lease: another one takes that over and may have to begin
// anew. The leases are read out of the table that the dead process left (stores.ts).

import type { Entry } from './ledger.ts';

/** The photos that a partner ever had, by `file_unique_id`. */
export interface Photos {
  readonly entry: Entry;
  readonly photoIds: readonly string[];
}

/** What was downloaded of all partners. */
export interface Downloads {
  /** Photos that were had at least once. */
  readonly photos: number;
  /** Downloads of a photo beyond the first that were allowed, by what allows them. */
  readonly again: number;
  readonly takeovers: number;
  /** Downloads that nothing allows. */
  readonly doubled: number;
  /** A line for each partner with one of those. */
  readonly findings: readonly string[];
}

/** Holds downloads against what is allowed; `downloaded` is by `file_unique_id`, `atKill` has avatarIds. */
export function countDownloads(
  downloaded: Readonly<Record<string, number>>,
  partners: readonly Photos[],
  atKill: ReadonlySet<string>,
): Downloads {
  const sum = { photos: 0, again: 0, takeovers: 0, doubled: 0 };
  const findings: string[] = [];
  for (const { entry, photoIds } of partners) {
    const counts = photoIds.map((photoId) => downloaded[photoId] ?? 0).filter((count) => count > 0);
    const beyond = total(counts.map((count) => Math.max(0, count - entry.occasions)));
    const takeovers = Math.min(beyond, atKill.has(entry.avatarId) ? 1 : 0);
    const doubled = beyond - takeovers;
    sum.photos += counts.length;
    sum.again += total(counts.map((count) => Math.min(count, entry.occasions) - 1));
    sum.takeovers += takeovers;
    sum.doubled += doubled;
    if (doubled > 0) {
      findings.push(
        `partner ${entry.userId} (${entry.avatarId}): ${counts} downloads of its photos`,
      );
    }
  }
  return { ...sum, findings };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
