import fc from 'fast-check';
import CachePolicy from 'http-cache-semantics';
import { expect, test } from 'vitest';
import { lifetimeOf } from '../../../local/edge/freshness.ts';
import type { Headers } from '../../../local/edge/message.ts';
import { answer } from './fixtures.ts';

const lifetime = (headers: Headers, status = 200) => lifetimeOf(answer(status, headers), 0);
const cacheControl = (value: string) => lifetime({ 'cache-control': value });

test('s-maxage counts before max-age, and that before Expires', () => {
  const expires = new Date(9000).toUTCString();

  expect(cacheControl('max-age=5, s-maxage=7')?.freshMs).toBe(7000);
  expect(lifetime({ 'cache-control': 'MAX-AGE="5"', expires })?.freshMs).toBe(5000);
  expect(lifetime({ expires })?.freshMs).toBe(9000);
  expect(lifetime({ expires, date: new Date(4000).toUTCString() })?.freshMs).toBe(5000);
});

test.each(['no-store', 'private', 'private="x", max-age=9', 'max-age=9, No-Store', ''])(
  'an answer with Cache-Control "%s" is not stored',
  (value) => {
    expect(cacheControl(value)).toBeUndefined();
  },
);

test('an answer with a cookie or that varies by everything is not stored', () => {
  expect(lifetime({ 'cache-control': 'max-age=9', 'set-cookie': ['a=b'] })).toBeUndefined();
  expect(lifetime({ 'cache-control': 'max-age=9', vary: '*' })).toBeUndefined();
});

test('a part of an answer is not stored for the whole', () => {
  expect(lifetime({ 'cache-control': 'max-age=9' }, 206)).toBeUndefined();
});

test('what cannot be read is stale, not guessed', () => {
  expect(cacheControl('max-age=soon')?.freshMs).toBe(0);
  expect(cacheControl('max-age=-1')?.freshMs).toBe(0);
  expect(lifetime({ expires: '0' })?.freshMs).toBe(0);
});

test('an error is stored only where it says for how long', () => {
  expect(lifetime({ 'cache-control': 'max-age=60' }, 404)?.freshMs).toBe(60_000);
  expect(lifetime({ 'cache-control': 'public' }, 404)).toBeUndefined();
});

test('no-cache and must-revalidate leave nothing to be given stale', () => {
  const stale = 'stale-while-revalidate=5, stale-if-error=6';

  expect(cacheControl(`max-age=1, ${stale}`)).toEqual({
    freshMs: 1000,
    staleWhileRevalidateMs: 5000,
    staleIfErrorMs: 6000,
  });
  expect(cacheControl(`max-age=1, must-revalidate, ${stale}`)).toEqual({
    freshMs: 1000,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
  });
  expect(cacheControl(`max-age=1, no-cache, ${stale}`)?.freshMs).toBe(0);
});

test('agrees with http-cache-semantics about every answer that both understand', () => {
  const seconds = fc.integer({ min: 0, max: 100 });
  const directive = fc.oneof(
    fc.constantFrom('public', 'private', 'no-store', 'no-cache', 'must-revalidate', 'immutable'),
    fc.tuple(fc.constantFrom('max-age', 's-maxage'), seconds).map((pair) => pair.join('=')),
  );
  const directives = fc.uniqueArray(directive, { selector: (text) => text.split('=')[0] });
  const status = fc.constantFrom(200, 301, 302, 307, 404, 410, 501);

  fc.assert(
    fc.property(directives, seconds, status, (list, age, code) => {
      const lasts = list.some((text) => text.startsWith('max-age')) ? [] : ['max-age=50'];
      const fields = { 'cache-control': [...lasts, ...list].join(', '), age: String(age) };
      const policy = new CachePolicy(
        { method: 'GET', url: '/', headers: {} },
        { status: code, headers: fields },
        { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
      );

      const ours = lifetime(fields, code);

      expect(ours !== undefined).toBe(policy.storable());
      expect(ours?.freshMs ?? 0).toBe(Math.max(0, policy.maxAge() - age) * 1000);
    }),
  );
});
