import { expect, test } from 'vitest';
import { apiBefore } from './fixtures.ts';

test.each([
  ['GET', '/avatars/a/p/150.webp', 'GET /avatars/{avatarId}/{photoId}/{file}', 'servePhoto'],
  ['HEAD', '/avatars/a', 'HEAD /avatars/{avatarId}', 'servePhoto'],
  ['GET', '/api/partner/photo/a', 'GET /api/partner/photo/{avatarId}', 'servePhoto'],
  ['PUT', '/api/partner/42', 'PUT /api/partner/{userId}', 'partners'],
  ['POST', '/api/partner/42', '$default', 'servePhoto'],
  ['GET', '/avatars/', '$default', 'servePhoto'],
  ['GET', '/avatars/a/', '$default', 'servePhoto'],
])('%s %s takes the route %s', async (method, path, routeKey, name) => {
  const { ask, events, names } = apiBefore();

  await ask(path, { method });

  expect(events[0]).toMatchObject({ routeKey, requestContext: { routeKey } });
  expect(names).toEqual([name]);
});

test('the path is decoded, the raw query is not, and repeats are joined', async () => {
  const { ask, events } = apiBefore();

  await ask('/avatars/%D0%B0%2Fb?size=64&size=150&d=a%20b+c&empty');

  expect(events[0]).toMatchObject({
    version: '2.0',
    rawPath: '/avatars/а/b',
    rawQueryString: 'size=64&size=150&d=a%20b+c&empty',
    queryStringParameters: { size: '64,150', d: 'a b c', empty: '' },
    pathParameters: { avatarId: 'а/b' },
  });
});

test('headers are joined by commas, cookies have a field of their own, the host is the API', async () => {
  const { ask, events } = apiBefore();
  const headers = {
    host: 'viewer.test',
    'x-list': ['a', 'b'],
    cookie: 'a=1; b=2',
    'user-agent': 'me',
  };

  await ask('/avatars/a', { headers, sourceIp: '10.0.0.1' });

  expect(events[0]?.headers).toEqual({
    host: 'local.execute-api.internal',
    'x-list': 'a,b',
    'user-agent': 'me',
  });
  expect(events[0]?.cookies).toEqual(['a=1', 'b=2']);
  expect(events[0]?.requestContext).toMatchObject({
    http: { method: 'GET', path: '/avatars/a', sourceIp: '10.0.0.1', userAgent: 'me' },
    time: '21/Nov/2026:05:11:12 +0000',
    timeEpoch: Date.UTC(2026, 10, 21, 5, 11, 12),
    stage: '$default',
  });
});

test('what a request does not have, the event does not have', async () => {
  const { ask, events } = apiBefore();

  await ask('/');

  for (const name of ['body', 'cookies', 'queryStringParameters', 'pathParameters']) {
    expect(events[0]).not.toHaveProperty(name);
  }
});

test.each([
  ['application/json; charset=utf-8', '{"a":"ä"}', false],
  ['text/plain', '{"a":"ä"}', false],
  ['application/x-www-form-urlencoded', 'eyJhIjoiw6QifQ==', true],
  ['image/webp', 'eyJhIjoiw6QifQ==', true],
  [undefined, 'eyJhIjoiw6QifQ==', true],
])('a body of type %s arrives as %s', async (type, body, isBase64Encoded) => {
  const { ask, events } = apiBefore();
  const headers = { 'content-type': type };

  await ask('/api/partner/1', { method: 'PUT', headers, body: Buffer.from('{"a":"ä"}') });

  expect(events[0]).toMatchObject({ body, isBase64Encoded });
});

test('every request has an id of its own', async () => {
  const { ask, events } = apiBefore();

  await Promise.all([ask('/'), ask('/')]);

  expect(new Set(events.map((event) => event.requestContext.requestId)).size).toBe(2);
});
