import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { isDue, REFRESH_AGE_MS, staleBeforeMs } from '../../core/freshness.ts';

const NOW = 1_800_000_000_000;
const avatarIds = fc.nat().map((n) => avatarIdOf('k', String(n)));

describe('a photo', () => {
  test('is due when Telegram was never asked', () => {
    expect(isDue({ avatarId: avatarIdOf('k', '42') }, NOW)).toBe(true);
  });

  test('is due within a tenth of the refresh age around it, and not before', () => {
    fc.assert(
      fc.property(avatarIds, (avatarId) => {
        expect(isDue({ avatarId, checkedAtMs: NOW - 0.89 * REFRESH_AGE_MS }, NOW)).toBe(false);
        expect(isDue({ avatarId, checkedAtMs: NOW - 1.11 * REFRESH_AGE_MS }, NOW)).toBe(true);
      }),
    );
  });
});

test('photos stored in one minute come due over hours', () => {
  const dueTimes = Array.from({ length: 1000 }, (_, n) =>
    staleBeforeMs(avatarIdOf('k', `${n}`), NOW),
  );
  const hours = dueTimes.map((ms) => Math.floor((NOW - ms) / 3_600_000));
  const photosByHour = [...Map.groupBy(hours, (hour) => hour).values()];
  const busiest = Math.max(...photosByHour.map((photos) => photos.length));
  expect(busiest).toBeLessThan(300);
});
