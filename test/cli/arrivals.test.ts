import { describe, expect, test } from 'vitest';
import { isOverdue, isThere, PATIENCE_MS, REFRESH_PATIENCE_MS } from '../../cli/arrivals.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.parse('2026-11-21T08:00:00Z');
const checkedAt = (agoMs: number) => new Date(NOW_MS - agoMs).toISOString();
const avatarId = 'pfkqot2rc2pr6zafhwfsyqb5p5';

describe('a partner is there', () => {
  test.each(['stored', 'none'] as const)('with %s', (state) => {
    expect(isThere({ state, avatarId, checkedAt: checkedAt(DAY_MS / 2) }, NOW_MS, DAY_MS)).toBe(
      true,
    );
  });

  test.each(['pending', 'unknown'] as const)('not with %s', (state) => {
    expect(isThere({ state, avatarId, checkedAt: null }, NOW_MS, DAY_MS)).toBe(false);
  });

  test('not while a photo of days ago is fetched again, unless it is good for longer', () => {
    const record = { state: 'stored', avatarId, checkedAt: checkedAt(2 * DAY_MS) } as const;
    expect(isThere(record, NOW_MS, DAY_MS)).toBe(false);
    expect(isThere(record, NOW_MS, 3 * DAY_MS)).toBe(true);
  });
});

describe('a partner is overdue', () => {
  test('after minutes without a photo, and sooner where there is one', () => {
    const since = { askedAtMs: 0, pausedUntilMs: 0 };
    expect(isOverdue({ state: 'pending' }, since, PATIENCE_MS)).toBe(false);
    expect(isOverdue({ state: 'unknown' }, since, PATIENCE_MS + 1)).toBe(true);
    expect(isOverdue({ state: 'stored' }, since, REFRESH_PATIENCE_MS + 1)).toBe(true);
  });

  test('not before the same time has passed after a pause', () => {
    const since = { askedAtMs: 0, pausedUntilMs: PATIENCE_MS };
    expect(isOverdue({ state: 'pending' }, since, 2 * PATIENCE_MS)).toBe(false);
  });
});
