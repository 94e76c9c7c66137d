import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { Partner } from '../../core/partner.ts';
import { lru } from '../../lambdas/lru.ts';
import { serveMemory } from '../../lambdas/serve-memory.ts';

const partner: Partner = {
  avatarId: avatarIdOf('k', '42'),
  userId: '42',
  firstName: 'Ada',
  joinedAtMs: 1,
};

describe('the memory of an instance', () => {
  test('keeps a pointer for two seconds and not longer', () => {
    let nowMs = 0;
    const memory = serveMemory(() => nowMs);
    memory.rememberPartner(partner);

    nowMs = 1_999;
    expect(memory.partner(partner.avatarId)).toEqual(partner);
    nowMs = 2_000;
    expect(memory.partner(partner.avatarId)).toBeUndefined();
  });

  test('keeps the bytes of a version apart from those of another size', () => {
    const memory = serveMemory();
    const version = { avatarId: partner.avatarId, photoId: 'AQADa', size: 150 } as const;
    memory.rememberPhoto(version, new Uint8Array([1]));

    expect(memory.photo(version)).toEqual(new Uint8Array([1]));
    expect(memory.photo({ ...version, size: 64 })).toBeUndefined();
  });
});

describe('a bounded map', () => {
  test('forgets what was used longest ago, and as much as it takes', () => {
    const map = lru<string>(6, (text) => text.length);
    map.set('a', 'aa');
    map.set('b', 'bb');
    map.set('c', 'cc');
    map.get('a');

    map.set('d', 'ddd');

    expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([
      'aa',
      undefined,
      undefined,
      'ddd',
    ]);
  });

  test('does not hold a value that is over the bound by itself', () => {
    const map = lru<string>(2, (text) => text.length);
    map.set('a', 'a');

    map.set('b', 'bbb');

    expect([map.get('a'), map.get('b')]).toEqual([undefined, undefined]);
  });

  test('never exceeds its bound and always has what was set last, whatever happens', () => {
    const steps = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), size: fc.nat(6), read: fc.boolean() }),
    );
    fc.assert(
      fc.property(steps, (taken) => {
        const map = lru<{ size: number }>(10, ({ size }) => size);
        for (const { key, size, read } of taken) {
          if (read) map.get(key);
          else {
            map.set(key, { size });
            expect(map.get(key)).toEqual({ size });
          }
          const held = ['a', 'b', 'c', 'd'].map((name) => map.get(name)?.size ?? 0);
          expect(held.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});
