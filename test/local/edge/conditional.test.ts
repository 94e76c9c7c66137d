import { expect, test } from 'vitest';
import { answer, edgeBefore } from './fixtures.ts';

const photo = () => {
  const headers = {
    'cache-control': 'max-age=60',
    etag: '"p,1-150"',
    'content-type': 'image/webp',
  };
  return answer(200, headers, 'bytes');
};

test.each(['"p,1-150"', 'W/"p,1-150"', '"x", W/"p,1-150"', '*'])(
  'a viewer whose If-None-Match is %s gets a 304 and no bytes, hit or miss',
  async (condition) => {
    const { get, seen } = edgeBefore(photo);

    for (const result of ['Miss', 'Hit']) {
      const { status, headers, body } = await get('/avatars/a', { 'if-none-match': condition });

      expect([status, body.length]).toEqual([304, 0]);
      expect(headers).toMatchObject({ etag: '"p,1-150"', 'cache-control': 'max-age=60' });
      expect(headers['x-cache']).toBe(`${result} from cloudfront`);
      expect(Object.keys(headers).filter((name) => name.startsWith('content-'))).toEqual([]);
    }
    expect(seen.api[0]?.headers).not.toHaveProperty('if-none-match');
  },
);

test.each(['"p"', '"p,1-300"', 'p,1-150', '', '"'])(
  'a viewer whose If-None-Match is %s gets the bytes',
  async (condition) => {
    const { get } = edgeBefore(photo);

    expect((await get('/avatars/a', { 'if-none-match': condition })).status).toBe(200);
  },
);

test('a redirect is never a 304', async () => {
  const { get } = edgeBefore(() => answer(302, { 'cache-control': 'max-age=9', etag: '"x"' }));

  expect((await get('/avatars/a', { 'if-none-match': '*' })).status).toBe(302);
});

test('a weak ETag of the answer is compared weakly as well', async () => {
  const { get } = edgeBefore(() => answer(200, { etag: 'W/"e"' }));

  expect((await get('/avatars/a', { 'if-none-match': '"x", "e"' })).status).toBe(304);
});
