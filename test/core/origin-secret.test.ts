import { describe, expect, test } from 'vitest';
import { MAX_AGE_MS, originCheck, REREAD_MS, SETTLE_MS } from '../../core/origin-secret.ts';
import { testClock } from '../world.ts';

/** A check, the secrets that it finds, and how often it looked. */
function checkOn(...values: string[]) {
  const clock = testClock();
  const found = { values, reads: 0, fails: false, reported: [] as unknown[] };
  const isOrigin = originCheck({
    clock,
    secrets: async () => {
      found.reads += 1;
      if (found.fails) throw new Error('Secrets Manager is away');
      return found.values;
    },
    report: (error) => void found.reported.push(error),
  });
  return { clock, found, isOrigin };
}

describe('a request', () => {
  test('is let in with any secret that counts, and the secrets are read once', async () => {
    const { found, isOrigin } = checkOn('current', 'pending', 'previous');

    const let_in = [];
    for (const secret of found.values) let_in.push(await isOrigin(secret));

    expect(let_in).toEqual([true, true, true]);
    expect(found.reads).toBe(1);
  });

  test.each(['', 'curren', 'current ', 'CURRENT', 'currentcurrent'])(
    'is refused with another: %j',
    async (given) => {
      const { isOrigin } = checkOn('current');

      expect(await isOrigin(given)).toBe(false);
    },
  );

  test('with a secret that is newer than what was read is let in', async () => {
    const { clock, found, isOrigin } = checkOn('current');
    await isOrigin('current');

    found.values = ['current', 'pending'];
    clock.advance(REREAD_MS);

    expect(await isOrigin('pending')).toBe(true);
    expect(found.reads).toBe(2);
  });

  test('with a wrong secret has the secrets read once in a while, not each time', async () => {
    const { clock, found, isOrigin } = checkOn('current');
    for (const given of ['a', 'b', 'c']) await isOrigin(given);

    clock.advance(REREAD_MS - 1);
    await isOrigin('d');

    expect(found.reads).toBe(1);
  });

  test('with a secret that counts no more is refused when what was read is old', async () => {
    const { clock, found, isOrigin } = checkOn('current', 'previous');
    await isOrigin('previous');

    found.values = ['current'];
    clock.advance(MAX_AGE_MS);

    expect(await isOrigin('previous')).toBe(false);
  });
});

describe('while the secrets cannot be read', () => {
  test('what is known counts on, however old', async () => {
    const { clock, found, isOrigin } = checkOn('current');
    await isOrigin('current');

    found.fails = true;
    clock.advance(24 * MAX_AGE_MS);

    expect(await isOrigin('current')).toBe(true);
    expect(found.reported).toHaveLength(1);
  });

  test('nobody is let in by a check that knows nothing yet', async () => {
    const { found, isOrigin } = checkOn('current');
    found.fails = true;

    await expect(isOrigin('current')).rejects.toThrow('away');
  });

  test('whoever is not known is not refused for good, either: that would be remembered', async () => {
    const { clock, found, isOrigin } = checkOn('current');
    await isOrigin('current');

    found.fails = true;
    clock.advance(REREAD_MS);

    await expect(isOrigin('pending')).rejects.toThrow('away');
  });
});

test('a pending secret is settled before the distribution is told, whenever the check last read', async () => {
  for (let sinceReadMs = 0; sinceReadMs <= REREAD_MS; sinceReadMs += REREAD_MS / 5) {
    const { clock, found, isOrigin } = checkOn('current');
    await isOrigin('current');
    clock.advance(sinceReadMs);
    found.values = ['current', 'pending'];

    // Somebody who guesses has it read, as late as can be, before the edge sends the new one.
    clock.advance(SETTLE_MS - REREAD_MS);
    await isOrigin('guess');
    clock.advance(REREAD_MS);

    expect(await isOrigin('pending')).toBe(true);
  }
});
