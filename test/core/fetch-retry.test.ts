import { describe, expect, test } from 'vitest';
import { TelegramThrottled, TelegramTransient, TelegramUnauthorized } from '../../core/errors.ts';
import { retryAfterError, retryAfterOutcome } from '../../core/fetch-retry.ts';
import { queues } from '../../core/topology.ts';

describe('a job that could not be done now', () => {
  test('waits as a new message for the lease of another worker, and a little longer', () => {
    expect(retryAfterOutcome({ kind: 'busy', untilMs: 12_300 }, 10_000)).toEqual({
      kind: 'postpone',
      delaySeconds: 3,
    });
  });

  test('waits as a new message for as long as Telegram asks', () => {
    expect(retryAfterError(new TelegramThrottled(35), 7)).toEqual({
      kind: 'postpone',
      delaySeconds: 35,
    });
  });

  test('waits as a new message while the token is refused', () => {
    expect(retryAfterError(new TelegramUnauthorized('no'), 7).kind).toBe('postpone');
  });

  test('comes back ever later after a failure, and counts', () => {
    const receives = Array.from({ length: queues.fetch.maxReceiveCount }, (_, index) => index + 1);
    const retries = receives.map((n) => retryAfterError(new TelegramTransient('no'), n));
    expect(retries.every(({ kind }) => kind === 'retry')).toBe(true);
    expect(retries.map(({ delaySeconds }) => delaySeconds)).toEqual([
      2, 4, 8, 16, 32, 64, 120, 120,
    ]);
  });
});

test.each(['stored', 'unchanged', 'none', 'superseded', 'unknown', 'fresh'] as const)(
  'a job that ended as %s is done',
  (kind) => {
    expect(retryAfterOutcome({ kind }, 0)).toBeUndefined();
  },
);
