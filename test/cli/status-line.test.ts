import { expect, test } from 'vitest';
import { barOf, durationOf, statusOf } from '../../cli/status-line.ts';

const TALLY = { total: 2000, arrived: 1500, failed: 3, pausedUntilMs: 0 };
const PACE = { perSecond: 18.42, remainingMs: 26_900 };

test('tells done, total, rate, remaining time and failures', () => {
  expect(statusOf(TALLY, PACE, 1)).toBe('1,503/2,000, 75 %, 18.4/s, 0:27 left, 3 failed');
});

test('tells a pause and when it ends, as long as it lasts', () => {
  const untilMs = new Date(2026, 10, 21, 8, 15, 3).getTime();
  const paused = { ...TALLY, pausedUntilMs: untilMs };
  expect(statusOf(paused, PACE, untilMs - 1)).toMatch(/, Telegram wants a pause until 08:15:03$/);
  expect(statusOf(paused, PACE, untilMs)).toMatch(/3 failed$/);
});

test('tells an outage', () => {
  const status = statusOf({ ...TALLY, trouble: 'http://x answers 500' }, PACE, 1);
  expect(status).toMatch(/, http:\/\/x answers 500, trying again$/);
});

test('says that it does not know', () => {
  const status = statusOf(TALLY, { perSecond: 0, remainingMs: undefined }, 1);
  expect(status).toContain('time left unknown');
});

test('the bar is full when all is done, and not before', () => {
  expect(barOf({ ...TALLY, arrived: 1996 })).toMatch(/█{23}░$/);
  expect(barOf({ ...TALLY, arrived: 1997 })).not.toContain('░');
  expect(barOf({ ...TALLY, arrived: 0, failed: 0 })).not.toContain('█');
});

test.each([
  [0, '0:00'],
  [61_001, '1:02'],
  [3_600_000, '1:00:00'],
  [90_061_000, '25:01:01'],
])('%s ms are %s', (ms, text) => {
  expect(durationOf(ms)).toBe(text);
});
