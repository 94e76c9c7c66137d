import { expect, test } from 'vitest';
import { SETTLE_MS } from '../../core/erasure.ts';
import { LEASE_MARGIN_MS } from '../../core/lease.ts';
import { functions } from '../../core/topology.ts';

test('an erasure looks once more when neither a fetch nor an answer of before can be under way', () => {
  const { fetchPhoto, servePhoto } = functions;
  // An instance remembers a pointer for two seconds before it begins an answer (lambdas/serve-memory.ts).
  const longestAnswerMs = servePhoto.timeoutSeconds * 1000 + 2_000;

  expect(SETTLE_MS).toBeGreaterThan(fetchPhoto.timeoutSeconds * 1000 + LEASE_MARGIN_MS);
  expect(SETTLE_MS).toBeGreaterThan(longestAnswerMs);
});
