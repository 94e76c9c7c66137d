import { expect, test } from 'vitest';
import { answer, edgeBefore, viewerRequest } from './fixtures.ts';

const photo = (maxAge = 300) =>
  answer(200, { 'cache-control': `public, max-age=${maxAge}`, etag: '"p-150"' }, 'bytes');

test('a second viewer is answered from the cache with the age of the answer', async () => {
  const { get, seen, clock } = edgeBefore(() => photo());

  const first = await get('/avatars/a?size=150');
  clock.nowMs += 4999;
  const second = await get('/avatars/a?size=150');

  expect(first.headers).toMatchObject({ 'x-cache': 'Miss from cloudfront' });
  expect(first.headers).not.toHaveProperty('age');
  expect(second.headers).toMatchObject({ 'x-cache': 'Hit from cloudfront', age: '4' });
  expect(second.body.toString()).toBe('bytes');
  expect(seen.api).toHaveLength(1);
});

test('an answer is asked for again at the moment when it is stale', async () => {
  const { get, seen, clock } = edgeBefore(() => answer(200, { 'cache-control': 'max-age=2' }));

  await get('/avatars/a');
  clock.nowMs += 2000;
  await get('/avatars/a');

  expect(seen.api).toHaveLength(2);
});

test('only the declared parameters are in the key and reach the origin', async () => {
  const { get, seen } = edgeBefore(() => photo());

  await get('/avatars/a?wait=1&size=150&utm=x');
  await get('/avatars/a?size=150&wait=1');
  await get('/placeholders/1/AB.svg?x=1');
  await get('/placeholders/1/AB.svg?x=2');

  expect(seen.api.map(({ query }) => query)).toEqual(['size=150&wait=1', '']);
});

test('a request for an answer that others get carries nothing of this viewer', async () => {
  const { get, seen } = edgeBefore(() => photo());

  await get('/api/partner/photo/a', {
    authorization: 'tma x',
    cookie: 'a=b',
    'cameo-origin': 'evil',
  });

  expect(seen.api[0]?.headers).toEqual({ 'user-agent': 'Amazon CloudFront' });
});

test.each(['no-store', 'private, max-age=60', 'max-age=0', ''])(
  'an answer with Cache-Control "%s" is never given to the next viewer',
  async (value) => {
    const { get, seen } = edgeBefore(() => answer(200, { 'cache-control': value }));

    await get('/avatars/a');
    await get('/avatars/a');

    expect(seen.api).toHaveLength(2);
  },
);

test('an error is kept as long as it says, and is called an error', async () => {
  const { get, seen, clock } = edgeBefore(() => answer(404, { 'cache-control': 'max-age=60' }));

  await get('/avatars/unknown?d=404');
  const kept = await get('/avatars/unknown?d=404');
  clock.nowMs += 60_000;
  await get('/avatars/unknown?d=404');

  expect(kept.headers).toMatchObject({ 'x-cache': 'Error from cloudfront' });
  expect(kept.headers['server-timing']).toBe('cdn-cache;desc=HIT');
  expect(seen.api).toHaveLength(2);
});

test('the placeholder gives way to the photo when its own seconds are over', async () => {
  const redirect = answer(302, { 'cache-control': 'public, max-age=2', location: '/placeholders' });
  let current = redirect;
  const { get, clock } = edgeBefore(() => current);

  expect((await get('/avatars/a')).status).toBe(302);
  current = photo();
  clock.nowMs += 1999;
  expect((await get('/avatars/a')).status).toBe(302);
  clock.nowMs += 1;
  expect((await get('/avatars/a')).status).toBe(200);
});

test('an unknown id that is asked for again and again costs the origin one request', async () => {
  const { get, seen } = edgeBefore(() => answer(404, { 'cache-control': 'public, max-age=60' }));

  for (let round = 0; round < 100; round++) await get('/avatars/unknown');

  expect(seen.api).toHaveLength(1);
});

test('HEAD is answered from the cached answer to GET, without its bytes', async () => {
  const { edge, get, seen } = edgeBefore(() => photo());

  const missed = await edge.respond(viewerRequest('/avatars/a', { method: 'HEAD' }));
  const found = await edge.respond(viewerRequest('/avatars/a', { method: 'HEAD' }));
  const whole = await get('/avatars/a');

  for (const head of [missed, found]) {
    expect(head.headers['content-length']).toBe('5');
    expect(head.body).toHaveLength(0);
  }
  expect(whole.body.toString()).toBe('bytes');
  expect(seen.api.map(({ method }) => method)).toEqual(['GET']);
});

test('a cached behaviour only reads, an uncached one takes every method', async () => {
  const { edge, seen } = edgeBefore(() => answer(200, {}));

  const refused = await edge.respond(viewerRequest('/avatars/a', { method: 'POST' }));
  const passed = await edge.respond(viewerRequest('/api/partner/1', { method: 'DELETE' }));

  expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  expect(passed.status).toBe(200);
  expect(seen.api.map(({ method }) => method)).toEqual(['DELETE']);
});

test('an uncached request arrives as it was made, with the host as the viewer wrote it', async () => {
  const { edge, seen } = edgeBefore(() => answer(200, { 'cache-control': 'max-age=60' }));
  const headers = {
    host: 'me.test:81',
    authorization: 'tma x',
    'cameo-origin': 'http://evil.test',
    'x-forwarded-for': '6.6.6.6',
    connection: 'close',
  };
  const request = viewerRequest('/api/partner/recent?limit=10&x=1', { headers });

  await edge.respond(request);
  await edge.respond(request);

  expect(seen.api).toHaveLength(2);
  expect(seen.api[0]?.query).toBe('limit=10&x=1');
  expect(seen.api[0]?.headers).toEqual({
    authorization: 'tma x',
    'cameo-origin': 'http://me.test:81',
    'x-forwarded-for': '6.6.6.6, ::1',
  });
});

test('the least recently asked answer goes when the memory is full', async () => {
  const big = () => answer(200, { 'cache-control': 'max-age=60' }, 'x'.repeat(7000));
  const { edge, get, seen } = edgeBefore(big, { maxBytes: 20_000 });

  for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await get(`/avatars/${id}`);

  expect(seen.api.map(({ path }) => path.at(-1)).join('')).toBe('abcb');
  expect(edge.stats().entries).toBe(2);
  expect(edge.stats().bytes).toBeLessThanOrEqual(20_000);
});

test('an answer gets the headers of the policy, which win over its own', async () => {
  const own = {
    'access-control-allow-origin': 'https://a.test',
    'server-timing': 'app;dur=1',
    date: 'x',
  };
  const { get } = edgeBefore(() => answer(200, own));

  const { headers } = await get('/api/partner/recent');

  expect(headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-expose-headers':
      'x-avatar, server-timing, x-response-time, x-cache, age, etag, retry-after, x-request-id',
    'timing-allow-origin': '*',
    'x-content-type-options': 'nosniff',
    'server-timing': 'app;dur=1, cdn-cache;desc=MISS',
  });
  expect(headers).not.toHaveProperty('date');
});

test('every request is counted once, by what the viewer was told', async () => {
  let status = 200;
  const { edge, get } = edgeBefore(() => answer(status, { 'cache-control': 'max-age=60' }));

  await get('/avatars/a');
  await get('/avatars/a');
  status = 404;
  await get('/avatars/b');
  await get('/avatars/b/c/150.webp');
  await get('/avatars/b/c/150.webp');

  expect(edge.stats()).toMatchObject({
    requests: 5,
    hits: 1,
    misses: 1,
    refreshHits: 0,
    errors: 3,
    originRequests: { api: 3, photos: 1 },
    entries: 3,
  });
});

test('what is of no use to the next viewer takes no memory', async () => {
  const { edge, get } = edgeBefore(() => answer(200, { 'cache-control': 'max-age=0' }));

  await get('/avatars/a');

  expect(edge.stats().entries).toBe(0);
});

test('the time that an answer spent in a cache before counts', async () => {
  const old = () => answer(200, { 'cache-control': 'max-age=15', age: '10' });
  const { get, seen, clock } = edgeBefore(old);

  const missed = await get('/avatars/a');
  clock.nowMs += 4000;
  const found = await get('/avatars/a');
  clock.nowMs += 1000;
  await get('/avatars/a');

  expect(missed.headers).not.toHaveProperty('age');
  expect(found.headers.age).toBe('14');
  expect(seen.api).toHaveLength(2);
});

test('the length of an answer is that of its bytes, whatever the origin says', async () => {
  const { get } = edgeBefore(() => answer(200, { 'content-length': '99' }, 'bytes'));

  expect((await get('/avatars/a')).headers['content-length']).toBe('5');
});

test('outside /api/ nobody says cameo-origin, and only GET and HEAD ask the bucket', async () => {
  const behaviours = [{ pattern: '/x/*', origin: 'photos-then-api', cache: 'never' }] as const;
  const { edge, seen } = edgeBefore(() => answer(200, {}), { behaviours });
  const headers = { host: 'me.test', 'cameo-origin': 'http://evil.test' };

  for (const method of ['GET', 'HEAD', 'POST']) {
    await edge.respond(viewerRequest('/x/y', { method, headers }));
  }

  expect(seen.photos.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  expect(seen.api).toHaveLength(3);
  for (const request of seen.api) expect(request.headers).not.toHaveProperty('cameo-origin');
});
