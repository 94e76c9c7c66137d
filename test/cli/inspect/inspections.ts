// Inspections for tests: all is well, but for what a test changes.

import type { Inspection, OwnDeadLetter } from '../../../cli/inspect/inspection.ts';
import { avatarIdOf } from '../../../core/avatar-id.ts';
import { SIZES } from '../../../core/sizes.ts';

/** When they are made. */
export const NOW = 1_800_000_000_000;
/** In milliseconds. */
export const MINUTE = 60_000;
const avatarId = avatarIdOf('k', '42');
const EMPTY = { visible: 0, inFlight: 0, delayed: 0, deadLetters: 0 };
/** A partner whose photo is stored. */
export const partner = {
  userId: '42',
  avatarId,
  firstName: 'Ada',
  joinedAtMs: NOW - 9 * MINUTE,
  checkedAtMs: NOW - MINUTE,
  photo: { photoId: 'AQAD', lqip: 'data:' },
};
/** The partner's pictures. */
export const pictures = SIZES.map((size) => ({
  avatarId,
  photoId: 'AQAD',
  size,
  bytes: 9,
  storedAtMs: NOW,
}));
/** A dead letter with this reason. */
export const letter = (reason?: string): OwnDeadLetter => ({
  queue: 'fetch',
  reason,
  messageId: 'm',
  receiptHandle: 'r',
  body: '{}',
  attributes: {},
  requestId: undefined,
  sentAtMs: NOW,
});

/** The inspection. */
export function inspection(change: Partial<Inspection>): Inspection {
  return {
    nowMs: NOW,
    avatarId,
    standing: { partner },
    refreshAgeMs: 24 * 60 * MINUTE,
    pictures,
    queues: { fetch: EMPTY, warm: EMPTY, erase: EMPTY },
    schedule: { deadLetters: 0 },
    pausedUntilMs: NOW,
    deadLetters: [],
    errors: { available: true, sinceHours: 24, lines: [] },
    edge: { url: 'u', status: 200, xAvatar: 'hit', xCache: null, ageSeconds: null },
    redrive: 'npx cameo redrive --stack s',
    ...change,
  };
}
