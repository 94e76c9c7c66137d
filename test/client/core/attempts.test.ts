import { describe, expect, test } from 'vitest';
import { createAttempts } from '../../../client/core/attempts.ts';
import { Failure } from '../../../client/core/request.ts';

function world(random = 0) {
  const waits: number[] = [];
  const clock = { nowMs: 1_000_000 };
  const attempts = createAttempts(
    () => clock.nowMs,
    () => random,
    (_, waitMs) => waits.push(waitMs),
  );
  const fail = (headers?: Headers) =>
    attempts
      .attempt('key', () => Promise.reject(new Failure('500', headers)))
      .catch((error: Failure) => error.message);
  return { attempts, clock, waits, fail };
}

describe('what failed', () => {
  test('is tried again later each time, up to a minute', async () => {
    const { clock, waits, fail } = world();

    for (let times = 0; times < 8; times++) {
      await fail();
      clock.nowMs += 60_000;
    }

    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('is spread over half of the time more', async () => {
    const { waits, fail } = world(1);

    await fail();

    expect(waits).toEqual([1500]);
  });

  test('is not tried before its pause is over', async () => {
    const { clock, waits, fail } = world();
    await fail();

    clock.nowMs += 999;
    const early = await fail();
    clock.nowMs += 1;
    const late = await fail();

    expect([early, late]).toEqual(['', '500']);
    expect(waits).toHaveLength(2);
  });

  test('begins anew after a success', async () => {
    const { attempts, clock, waits, fail } = world();
    await fail();
    clock.nowMs += 1000;

    await attempts.attempt('key', () => Promise.resolve('there'));
    const failures = attempts.failuresOf('key');
    await fail();

    expect(failures).toBe(0);
    expect(waits).toEqual([1000, 1000]);
  });

  test('may be tried at once when it is forgiven, and is not forgotten', async () => {
    const { attempts, waits, fail } = world();
    await fail();

    attempts.forgive();
    await fail();

    expect(attempts.failuresOf('key')).toBe(2);
    expect(waits).toEqual([1000, 2000]);
  });

  test('waits as long as the server asks, forgiven or not', async () => {
    const { attempts, waits, fail } = world();
    await fail(new Headers({ 'retry-after': '30' }));

    attempts.forgive();
    const early = await fail();

    expect(early).toBe('');
    expect(waits).toEqual([30_000]);
  });

  test.each(['', 'Wed, 21 Oct 2026 07:28:00 GMT', '-5'])(
    'is taken for no wish: Retry-After %j',
    async (value) => {
      const { waits, fail } = world();

      await fail(new Headers({ 'retry-after': value }));

      expect(waits).toEqual([1000]);
    },
  );
});
