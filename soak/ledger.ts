// Who was registered, and what must be true of each in the end.
//
// A photo may be downloaded once for each time that it has to be: when its partner joins or the photo is put up,
// and again when the partner shows it after hiding it, or comes back after an erasure. Only those who neither hide
// nor leave change their photo, so the number of times belongs to the partner and is meant for each photo.

import type { PartnerRecord } from '../core/partner-record.ts';

/** One partner as the run knows it. What photo it has, the stand-in knows. */
export interface Entry {
  readonly userId: number;
  avatarId: string;
  /** Gone for good, as far as its last request went. */
  erased: boolean;
  /** How often each photo of this partner may be downloaded. */
  occasions: number;
  /** Receipts that have to be `done` in the end. */
  readonly erasureIds: string[];
  /** The last record that somebody saw: what viewers take the URLs from. */
  record?: PartnerRecord;
}

/** All partners of a run. */
export interface Ledger {
  readonly entries: readonly Entry[];
  /** A user who was never there. */
  newEntry(): Entry;
}

// The stand-in's rule (local/bot-api/README.md) gives one in ten of the ids that follow no photo.
const FIRST_USER_ID = 1_000_001;

/** Nobody yet. */
export function createLedger(): Ledger {
  const entries: Entry[] = [];
  return {
    entries,
    newEntry() {
      const userId = FIRST_USER_ID + entries.length;
      const entry: Entry = { userId, avatarId: '', erased: false, occasions: 1, erasureIds: [] };
      entries.push(entry);
      return entry;
    },
  };
}
