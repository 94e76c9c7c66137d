import { afterEach, describe, expect, test, vi } from 'vitest';
import { FunctionTimedOut, invocationContext, invoke } from '../../local/invocation.ts';

const INVOKED = { functionName: 'fetchPhoto', timeoutSeconds: 20 };

afterEach(() => {
  vi.useRealTimers();
});

describe('the remaining time', () => {
  test('is the time-out at first, shrinks with the clock, and never is below zero', () => {
    let nowMs = 1_000;
    const context = invocationContext(INVOKED, () => nowMs);

    const remaining = [0, 5_000, 15_000, 15_001, 60_000].map((laterMs) => {
      nowMs = 1_000 + laterMs;
      return context.getRemainingTimeInMillis();
    });

    expect(remaining).toEqual([20_000, 15_000, 5_000, 4_999, 0]);
  });

  test('is told to the handler, under an id of each invocation', async () => {
    vi.useFakeTimers();
    const contexts = [1, 2].map(() => invoke((_, context) => context, undefined, INVOKED));

    const [first, second] = await Promise.all(contexts);

    expect(first?.getRemainingTimeInMillis()).toBe(20_000);
    expect(first?.functionName).toBe('fetchPhoto');
    expect(first?.awsRequestId).not.toBe(second?.awsRequestId);
  });
});

describe('an invocation', () => {
  test('is what the handler answers, and leaves no timer behind', async () => {
    vi.useFakeTimers();

    expect(await invoke(async (event: string) => `${event}!`, 'job', INVOKED)).toBe('job!');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('rejects with what the handler throws, at once or later', async () => {
    const atOnce = invoke(
      () => {
        throw new Error('at once');
      },
      undefined,
      INVOKED,
    );
    const later = invoke(async () => Promise.reject(new Error('later')), undefined, INVOKED);

    await expect(atOnce).rejects.toThrow('at once');
    await expect(later).rejects.toThrow('later');
  });

  test('is over when its time is, and not before', async () => {
    vi.useFakeTimers();
    const settled = vi.fn();
    const invocation = invoke(() => new Promise(() => {}), undefined, INVOKED).finally(settled);
    const rejected = expect(invocation).rejects.toThrow(FunctionTimedOut);

    await vi.advanceTimersByTimeAsync(19_999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    await rejected;
  });

  test('that fails after its time is over disturbs nobody', async () => {
    vi.useFakeTimers();
    const unheard = vi.fn();
    process.once('unhandledRejection', unheard);
    const { promise, reject } = Promise.withResolvers<never>();
    const rejected = expect(invoke(() => promise, undefined, INVOKED)).rejects.toThrow(
      FunctionTimedOut,
    );
    await vi.advanceTimersByTimeAsync(20_000);
    await rejected;

    reject(new Error('late'));
    vi.useRealTimers();
    await new Promise(setImmediate);

    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });
});
