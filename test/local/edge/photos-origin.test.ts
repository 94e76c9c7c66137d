import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createPhotosOrigin } from '../../../local/edge/photos-origin.ts';
import { answer, edgeBefore, viewerRequest } from './fixtures.ts';

const KEY = '/avatars/a/p/150.webp';
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A bucket that answers as the test says. */
async function bucket(listener: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  stops.push(() => server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const photos = createPhotosOrigin({ s3Url: `http://127.0.0.1:${port}`, bucketName: 'photos' });
  return { photos, asked, server };
}

test('gives the bytes with what describes them, and nothing about S3', async () => {
  const { photos, asked } = await bucket((_, response) => {
    response.setHeader('content-type', 'image/webp').setHeader('etag', '"e"');
    response.setHeader('cache-control', 'max-age=9').setHeader('x-amz-id-2', 'secret');
    response.end('bytes');
  });

  const { status, headers, body } = await photos(viewerRequest(KEY));

  expect([status, body.toString()]).toEqual([200, 'bytes']);
  expect(headers).toEqual({
    'content-type': 'image/webp',
    'cache-control': 'max-age=9',
    etag: '"e"',
    'content-length': '5',
  });
  expect(asked).toEqual([`/photos${KEY}`]);
});

test('asks with the ETag that the edge has and passes the 304 on', async () => {
  const { photos } = await bucket((request, response) => {
    response.statusCode = request.headers['if-none-match'] === '"e"' ? 304 : 200;
    response.end();
  });

  const request = viewerRequest(KEY, { headers: { 'if-none-match': '"e"' } });

  expect((await photos(request)).status).toBe(304);
});

test.each([403, 404])('what the bucket answers with %i comes from the API', async (status) => {
  const { photos } = await bucket((_, response) => {
    response.statusCode = status;
    response.end('<Error>our bucket</Error>');
  });
  const { get } = edgeBefore(() => answer(302, { location: '/avatars/a' }), { photos });

  const { status: given, body } = await get(KEY);

  expect(given).toBe(302);
  expect(body.toString()).not.toContain('bucket');
});

test('a bucket that fails otherwise is not failed over from', async () => {
  const { photos } = await bucket((_, response) => {
    response.statusCode = 500;
    response.end('<Error>our bucket</Error>');
  });
  const { get, seen } = edgeBefore(() => answer(200, {}), { photos });

  const { status, body } = await get(KEY);

  expect([status, body.toString()]).toEqual([500, '']);
  expect(seen.api).toHaveLength(0);
});

test.each([
  '/avatars/../../secrets/x/y',
  '/avatars/%2e%2e/%2E%2E/secrets',
  '/avatars/a/./x',
  '/avatars/a%2f..%2f/x/y',
  '/avatars/a/%/150.webp',
])('%s is no key, and the bucket is not asked for it', async (path) => {
  const { photos, asked } = await bucket((_, response) => response.end('secret'));

  expect((await photos(viewerRequest(path))).status).toBe(404);
  expect(asked).toEqual([]);
});

test('a connection that S3 closed while it was idle is replaced without an error', async () => {
  let count = 0;
  const { photos, asked } = await bucket((request, response) => {
    count++;
    if (count === 2) request.socket.destroy();
    else response.end('bytes');
  });

  await photos(viewerRequest(KEY));
  await new Promise((resolve) => setImmediate(resolve));
  const { body } = await photos(viewerRequest(KEY));

  expect(body.toString()).toBe('bytes');
  expect(asked).toHaveLength(3);
});

test('a photo that breaks off is no answer at all', async () => {
  const { photos } = await bucket((_, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half', () => response.destroy());
  });
  const { get, errors } = edgeBefore(() => answer(200, {}), { photos });

  expect((await get(KEY)).status).toBe(502);
  expect(errors).toHaveLength(1);
});

test('an object that is too big to be a photo is no answer at all', async () => {
  const { photos } = await bucket((_, response) => response.end(Buffer.alloc(11 * 1024 * 1024)));
  const { get } = edgeBefore(() => answer(200, {}), { photos });

  expect((await get(KEY)).status).toBe(502);
});
