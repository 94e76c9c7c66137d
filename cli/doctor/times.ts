// How soon a viewer has something.

import type { Check } from './check.ts';
import { askEdge } from './edge-request.ts';
import { ok, warning } from './finding.ts';

/**
 * Targets in milliseconds, seen from here. A hit costs the edge itself 0.05 ms (README, Measured) and its alarm is at
 * 100: the rest is one way to a near edge and back. What the function has to answer costs it 10 ms at most (README,
 * Measured), and a cold start some hundred.
 */
export const TARGETS_MS = { hit: 50, firstAnswer: 1_000 } as const;

const HITS = 7;

/** The times of a hit and of an answer that no cache has. */
export const times: Check = {
  name: 'times',
  title: 'Times',
  asks: `Is a hit there within ${TARGETS_MS.hit} ms (the median of ${HITS}), and an answer of the function, cold as it may be, within ${TARGETS_MS.firstAnswer}?`,
  async look({ unknownAvatar, photo }) {
    const first = await unknownAvatar.get();
    const firstMs = Math.round(first.ms);
    // Without a photo its answer is as good: it is cached for a minute.
    const { url } = await photo.get().catch(() => first);
    const hitMs = await medianHitMs(url);
    const summary = `a hit takes ${hitMs} ms, the first answer took ${firstMs}`;
    const targets = [`targets: ${TARGETS_MS.hit} ms and ${TARGETS_MS.firstAnswer} ms`];
    if (hitMs > TARGETS_MS.hit) {
      const text =
        'Try from another network. If hits are slow from everywhere, see whether the price class leaves out the edges near your users.';
      return warning(`${summary}: a hit should take ${TARGETS_MS.hit}`, { text }, targets);
    }
    if (firstMs > TARGETS_MS.firstAnswer) {
      const text =
        'Examine again: the first answer after a while is a cold start. If it stays slow, look into the log of serve-photo.';
      return warning(`${summary}: it should take ${TARGETS_MS.firstAnswer}`, { text }, targets);
    }
    return ok(summary, targets);
  },
};

async function medianHitMs(url: string): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < HITS; n++) took.push((await askEdge(url)).ms);
  return Math.round(took.sort((a, b) => a - b)[(HITS - 1) / 2] ?? 0);
}
