import { expect, test } from 'vitest';
import { erasureOverAtMs, isErasureId, SETTLE_MS, tombstoneEndMs } from '../../core/erasure.ts';
import { LEASE_MARGIN_MS } from '../../core/lease.ts';
import { functions } from '../../core/topology.ts';

test('an erasure looks once more when neither a fetch nor an answer of before can be under way', () => {
  const { fetchPhoto, servePhoto } = functions;
  // An instance remembers a pointer for two seconds before it begins an answer (lambdas/serve-memory.ts).
  const longestAnswerMs = servePhoto.timeoutSeconds * 1000 + 2_000;

  expect(SETTLE_MS).toBeGreaterThan(fetchPhoto.timeoutSeconds * 1000 + LEASE_MARGIN_MS);
  expect(SETTLE_MS).toBeGreaterThan(longestAnswerMs);
});

const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;

test.each([
  ['just begun', 0, SETTLE_MS],
  ['nearly over', SETTLE_MS - 5_000, SETTLE_MS],
  ['overdue', SETTLE_MS, SETTLE_MS + 5_000],
  ['overdue by as much as a tenth is', 50_000, 55_000],
  ['overdue by more', 50_010, 55_011],
  ['stuck', 60 * MINUTE_MS, 66 * MINUTE_MS],
])(
  'an erasure that is %s is asked after when it can be over, ever more rarely',
  (_, ms, overMs) => {
    expect(erasureOverAtMs(NOW, NOW + ms)).toBe(NOW + overMs);
  },
);

test('an erasureId is a UUID in lower case, and nothing else', () => {
  const erasureId = '0f8fad5b-d9cb-469f-a165-70867728950e';

  expect(isErasureId(erasureId)).toBe(true);
  for (const text of [
    '',
    `x${erasureId}`,
    `${erasureId}0`,
    `${erasureId}\n`,
    erasureId.slice(1),
    erasureId.slice(0, -1),
    erasureId.toUpperCase(),
    erasureId.replaceAll('-', ''),
    erasureId.replace('-', '-469f-'),
    erasureId.replace('469f-', ''),
    erasureId.replace('9', 'g'),
    erasureId.replace('469f', '46_f'),
    erasureId.replace('7086', '7_86'),
  ]) {
    expect(isErasureId(text)).toBe(false);
  }
});

test('a tombstone is kept for whole days', () => {
  expect(tombstoneEndMs(NOW, 30)).toBe(NOW + 30 * 24 * 60 * MINUTE_MS);
});
