// The operator's numbers, by the names that the stack's context and local mode's settings have for them.

import { MESSAGE_RETENTION_DAYS } from './topology.ts';

/** What an operator may set, where nothing is set. */
export const defaults = {
  /** How many of the newest partners the schedule keeps warm; 100 at most. */
  warmPartners: 50,
  /** How often the schedule looks after them. */
  warmEveryMinutes: 5,
  /** How long an answer of Telegram's is good, before jitter: the refresh age. */
  refreshHours: 24,
  /** How old a Mini App's sign-in may be. */
  initDataMaxAgeSeconds: 60 * 60,
  /** After how long the bucket drops a photo; one that is still asked for comes back by itself. */
  photoRetentionDays: 30,
  /** How long an erased partner's tombstone and receipt are kept. */
  tombstoneDays: 30,
} as const;

/** Between what an operator may set it. */
export const ranges = {
  // As many as one BatchGetItem reads.
  warmPartners: { least: 0, most: 100 },
  // Lambda keeps an asynchronous event for 6 hours at most (Lambda quotas).
  warmEveryMinutes: { least: 1, most: 6 * 60 },
  refreshHours: { least: 1, most: 30 * 24 },
  initDataMaxAgeSeconds: { least: 60, most: 24 * 60 * 60 },
  photoRetentionDays: { least: 1, most: 3650 },
  // A message that waited for as long as one can has to find the tombstone.
  tombstoneDays: { least: MESSAGE_RETENTION_DAYS + 1, most: 3650 },
} as const satisfies Record<keyof typeof defaults, { least: number; most: number }>;

/** The Ed25519 key with which Telegram signs initData (Bot API, "Validating data for Third-Party Use"). */
export const TELEGRAM_PUBLIC_KEY =
  'e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d';
