import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { dueAtMs, isDue, staleBeforeMs } from '../../core/freshness.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';

const NOW = 1_800_000_000_000;
const avatarIds = fc.nat().map((n) => avatarIdOf('k', String(n)));

describe('a photo', () => {
  test('is due when Telegram was never asked', () => {
    expect(isDue({ avatarId: avatarIdOf('k', '42') }, NOW, REFRESH_AGE_MS)).toBe(true);
  });

  test('is due within a tenth of the refresh age around it, and not before', () => {
    fc.assert(
      fc.property(avatarIds, (avatarId) => {
        expect(
          isDue({ avatarId, checkedAtMs: NOW - 0.89 * REFRESH_AGE_MS }, NOW, REFRESH_AGE_MS),
        ).toBe(false);
        expect(
          isDue({ avatarId, checkedAtMs: NOW - 1.11 * REFRESH_AGE_MS }, NOW, REFRESH_AGE_MS),
        ).toBe(true);
      }),
    );
  });

  test('is not due at the very moment, where a job of it would be refused as fresh', () => {
    const avatarId = avatarIdOf('k', '42');
    const checkedAtMs = staleBeforeMs(avatarId, NOW, REFRESH_AGE_MS);

    expect(isDue({ avatarId, checkedAtMs }, NOW, REFRESH_AGE_MS)).toBe(false);
    expect(isDue({ avatarId, checkedAtMs: checkedAtMs - 1 }, NOW, REFRESH_AGE_MS)).toBe(true);
  });

  test('is due right after the moment that is told as its due time', () => {
    fc.assert(
      fc.property(avatarIds, (avatarId) => {
        const dueMs = dueAtMs(avatarId, NOW, REFRESH_AGE_MS);

        expect(isDue({ avatarId, checkedAtMs: NOW }, dueMs, REFRESH_AGE_MS)).toBe(false);
        expect(isDue({ avatarId, checkedAtMs: NOW }, dueMs + 1, REFRESH_AGE_MS)).toBe(true);
      }),
    );
  });
});

test('ages are spread over all of a fifth of a day around one day', () => {
  const ages = Array.from(
    { length: 1000 },
    (_, n) => (NOW - staleBeforeMs(avatarIdOf('k', `${n}`), NOW, REFRESH_AGE_MS)) / REFRESH_AGE_MS,
  );

  expect(Math.min(...ages)).toBeGreaterThanOrEqual(0.9);
  expect(Math.min(...ages)).toBeLessThan(0.901);
  expect(Math.max(...ages)).toBeGreaterThan(1.099);
  expect(Math.max(...ages)).toBeLessThanOrEqual(1.1);
  expect(REFRESH_AGE_MS).toBe(86_400_000);
});

test('photos stored in one minute come due over hours', () => {
  const dueTimes = Array.from({ length: 1000 }, (_, n) =>
    staleBeforeMs(avatarIdOf('k', `${n}`), NOW, REFRESH_AGE_MS),
  );
  const hours = dueTimes.map((ms) => Math.floor((NOW - ms) / 3_600_000));
  const photosByHour = [...Map.groupBy(hours, (hour) => hour).values()];
  const busiest = Math.max(...photosByHour.map((photos) => photos.length));
  expect(busiest).toBeLessThan(300);
});
