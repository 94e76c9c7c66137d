import { expect, test } from 'vitest';
import { behaviours } from '../../../core/topology.ts';
import { behaviourFinder, selectQuery } from '../../../local/edge/behaviour.ts';

const behaviourOf = behaviourFinder(behaviours);

test.each([
  ['/avatars/abc/def/150.webp', 'photos-then-api', []],
  ['/avatars/abc/def/ghi/150.webp', 'photos-then-api', []],
  ['/avatars/abc', 'api', ['size', 'd', 'wait']],
  ['/api/partner/photo/abc', 'api', ['size', 'd', 'wait']],
  ['/api/partner/me', 'api', 'never'],
  ['/placeholders/3/AB.svg', 'api', []],
  ['/API/partner/me', 'api', []],
])('%s goes to %s with %j in its key', (path, origin, cache) => {
  expect(behaviourOf(path)).toMatchObject({ origin, cache });
});

test('a star is any run, slashes too, a question mark one character, and a dot is a dot', () => {
  const find = behaviourFinder([{ pattern: 'a?c*.js', origin: 'photos-then-api', cache: 'never' }]);

  expect(find('/abc/d/e.js').cache).toBe('never');
  expect(find('/ac/d/e.js').cache).toEqual([]);
  expect(find('/abc/d/exjs').cache).toEqual([]);
});

test('the query is the named parameters in their own order, and nothing else', () => {
  expect(selectQuery('wait=1&x=2&size=64&d=404', ['size', 'd', 'wait'])).toBe(
    'size=64&d=404&wait=1',
  );
  expect(selectQuery('size=64&size=150', ['size'])).toBe('size=64&size=150');
  expect(selectQuery('sizes=64&%73ize=1', ['size'])).toBe('');
  expect(selectQuery('size=64', [])).toBe('');
});
