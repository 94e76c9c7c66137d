// Small rules of the client, each by itself.

import { describe, expect, test } from 'vitest';
import { edgeOf } from '../../../client/core/edge.ts';
import { excessOf, type Use } from '../../../client/core/image-store.ts';
import { limited } from '../../../client/core/limited.ts';
import { createMonitor } from '../../../client/core/monitor.ts';
import { createResolveBatch } from '../../../client/core/resolve-batch.ts';
import { MAX_RESOLVED } from '../../../core/partner-record.ts';

describe('what the edge says', () => {
  test.each([
    [{ 'x-cache': 'Hit from cloudfront' }, 'hits'],
    [{ 'x-cache': 'RefreshHit from cloudfront' }, 'hits'],
    [{ 'x-cache': 'Miss from cloudfront' }, 'misses'],
    [{ 'x-cache': 'Error from cloudfront' }, undefined],
    [{ 'server-timing': 'cdn-cache-hit, cdn-pop;desc="FRA60-P4"' }, 'hits'],
    [{ 'server-timing': 'cdn-upstream-layer;desc="EDGE", cdn-cache-miss' }, 'misses'],
    [{ 'server-timing': 'cdn-cache-refresh' }, 'hits'],
    [{ 'server-timing': 'cache;desc=miss, app;dur=4, cdn-cache;desc=HIT' }, 'hits'],
    [{ 'server-timing': 'cache;desc=s3, cdn-cache;desc=MISS' }, 'misses'],
    [{ 'server-timing': 'cache;desc=miss, app;dur=4' }, undefined],
    [{}, undefined],
  ] as [Record<string, string>, string | undefined][])('%j is %s', (headers, said) => {
    expect(edgeOf(new Headers(headers))).toBe(said);
  });
});

describe('what is over the limits of the disk', () => {
  const limits = { maxAge: 1000, maxEntries: 3, maxBytes: 100 };
  const over = (...uses: [string, Use][]) => excessOf(uses, limits, 10_000);

  test('is what was not used for so long', () => {
    expect(over(['old', [9000, 1]], ['new', [9001, 1]])).toEqual(['old']);
  });

  test('is the longest unused, where there are too many', () => {
    const uses: [string, Use][] = [9996, 9999, 9997, 9998].map((at) => [String(at), [at, 1]]);

    expect(over(...uses)).toEqual(['9996']);
  });

  test('is the longest unused, where they take too much', () => {
    expect(over(['a', [9997, 50]], ['b', [9998, 60]], ['c', [9999, 40]])).toEqual(['a']);
  });
});

describe('a batch', () => {
  function batch() {
    const calls: (readonly string[])[] = [];
    const answers: (() => void)[] = [];
    const { ask, forget } = createResolveBatch((ids) => {
      calls.push(ids);
      return new Promise((answer) => answers.push(answer));
    }, 0);
    return { calls, answers, ask, forget };
  }

  test('asks for all that was wanted in its window at once, and for each id once', async () => {
    const { calls, answers, ask } = batch();

    const asked = Promise.all([ask('1'), ask('2'), ask('1')]);
    await expect.poll(() => calls.length).toBe(1);
    answers[0]?.();
    await asked;

    expect(calls).toEqual([['1', '2']]);
  });

  test('asks for as many in one call as the API allows, and no more', async () => {
    const { calls, ask } = batch();

    for (let id = 1; id <= MAX_RESOLVED + 1; id++) void ask(String(id));

    await expect.poll(() => calls.map(({ length }) => length)).toEqual([MAX_RESOLVED, 1]);
  });

  test('does not ask for what is under way, unless that was asked too early', async () => {
    const { calls, ask, forget } = batch();
    const first = ask('1');
    await expect.poll(() => calls.length).toBe(1);

    const joined = ask('1');
    forget('1');
    void ask('1');

    expect(joined).toBe(first);
    await expect.poll(() => calls.length).toBe(2);
  });
});

describe('a queue', () => {
  test('does so many works at a time, and the next one when one ends, well or not', async () => {
    const begun: number[] = [];
    const works = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const run = limited(2);

    const all = works.map(({ promise }, index) =>
      run(() => {
        begun.push(index);
        return promise;
      }).catch(() => undefined),
    );
    await Promise.resolve();
    const atFirst = [...begun];
    works[1]?.reject(new Error('broken'));
    await all[1];
    await expect.poll(() => begun).toEqual([0, 1, 2]);

    expect(atFirst).toEqual([0, 1]);
  });
});

describe('the monitor', () => {
  const capabilities = {
    localStorage: true,
    indexedDb: true,
    serviceWorker: false,
    broadcastChannel: true,
  };

  test('counts as a hit whatever brought no bytes over the network', () => {
    const monitor = createMonitor();
    monitor.add('requests', 4);
    for (const source of ['memory', 'indexeddb', 'http-cache', 'network'] as const) {
      monitor.shown(source, 1);
    }

    expect(monitor.stats(9, capabilities)).toMatchObject({
      requests: 4,
      hits: 3,
      hitRate: 0.75,
      bytes: { memory: 9 },
      capabilities,
    });
  });

  test('has a hit rate of nothing before the first request', () => {
    expect(createMonitor().stats(0, capabilities).hitRate).toBe(0);
  });

  test('tells the middle and the slow end of the latest times', () => {
    const monitor = createMonitor();
    for (let ms = 1; ms <= 356; ms++) monitor.shown('network', ms);

    const { network } = monitor.stats(0, capabilities).bySource;

    // Those of 101 to 356 are kept.
    expect(network).toEqual({ count: 356, p50: 228, p95: 344 });
  });
});
