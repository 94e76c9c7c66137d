import { describe, expect, test } from 'vitest';
import {
  FleetPaused,
  TelegramThrottled,
  TelegramTransient,
  TelegramUnauthorized,
} from '../../core/errors.ts';
import { postponedAfter, retryAfterError, secondsUntil } from '../../core/fetch-retry.ts';
import { queues } from '../../core/topology.ts';
import { NOW } from '../world.ts';

const JOB = { avatarId: 'a'.repeat(26), checkedBeforeMs: NOW, photoFileId: 'AgAC' };

describe('a job that could not be done now', () => {
  test('waits as a new message for the lease of another worker, and a little longer', () => {
    expect(postponedAfter({ kind: 'busy', untilMs: NOW + 2_300 }, JOB, NOW)).toEqual({
      job: JOB,
      delaySeconds: 3,
    });
  });

  test('looks again at a photo that Telegram does not show, and knows then that it did before', () => {
    expect(postponedAfter({ kind: 'missing', photoId: 'AQADa' }, JOB, NOW)).toEqual({
      job: { ...JOB, missingPhotoId: 'AQADa' },
      delaySeconds: 5,
    });
  });

  test('waits as a new message for the end of the fleet’s pause', () => {
    expect(retryAfterError(new FleetPaused(NOW + 60_001), 7, NOW)).toEqual({
      kind: 'postpone',
      delaySeconds: 61,
    });
  });

  test('waits as a new message for as long as Telegram asks', () => {
    expect(retryAfterError(new TelegramThrottled(35), 7, NOW)).toEqual({
      kind: 'postpone',
      delaySeconds: 35,
    });
  });

  test('waits as a new message while the token is refused', () => {
    expect(retryAfterError(new TelegramUnauthorized('no'), 7, NOW).kind).toBe('postpone');
  });

  test('comes back ever later after a failure, and counts', () => {
    const receives = Array.from({ length: queues.fetch.maxReceiveCount }, (_, index) => index + 1);
    const retries = receives.map((n) => retryAfterError(new TelegramTransient('no'), n, NOW));
    expect(retries.every(({ kind }) => kind === 'retry')).toBe(true);
    expect(retries.map(({ delaySeconds }) => delaySeconds)).toEqual([
      2, 4, 8, 16, 32, 64, 120, 120,
    ]);
  });
});

test.each(['stored', 'unchanged', 'none', 'unknown', 'fresh'] as const)(
  'a job that ended as %s is done',
  (kind) => {
    expect(postponedAfter({ kind }, JOB, NOW)).toBeUndefined();
  },
);

test('a job that was superseded is looked at once more, as a new message', () => {
  expect(postponedAfter({ kind: 'superseded' }, JOB, NOW)).toEqual({ job: JOB, delaySeconds: 1 });
});

test.each([
  [NOW + 1, 1],
  [NOW + 1_000, 1],
  [NOW + 1_001, 2],
  [NOW, 1],
  [NOW - 60_000, 1],
])('a wait until %i is %i s, and never none', (untilMs, seconds) => {
  expect(secondsUntil(untilMs, NOW)).toBe(seconds);
});
