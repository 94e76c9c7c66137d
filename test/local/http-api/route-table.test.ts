import { expect, test } from 'vitest';
import { routeTable } from '../../../local/http-api/route-table.ts';

const match = routeTable([
  { key: 'ANY /{rest+}', function: 'rest' },
  { key: 'ANY /a/{id}', function: 'any' },
  { key: 'GET /a/{id}', function: 'parameter' },
  { key: 'GET /a/fixed.json', function: 'fixed' },
]);

test.each([
  ['GET', '/a/fixed.json', 'fixed'],
  ['GET', '/a/fixedxjson', 'parameter'],
  ['POST', '/a/fixed.json', 'any'],
  ['GET', '/a/b/c', 'rest'],
  ['GET', '/', undefined],
])('%s %s goes to the most specific route, %s', (method, path, name) => {
  expect(match(method, path)?.route.function).toBe(name);
});

test('a rest parameter has its slashes', () => {
  expect(match('GET', '/x/y%20z')?.pathParameters).toEqual({ rest: 'x/y z' });
});
