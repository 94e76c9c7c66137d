import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Lease } from '../../core/lease.ts';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { without } from '../wire.ts';
import { type Deployed, deploy } from './deployed.ts';

const NOBODY = 'a'.repeat(26);
const LONG_AGO = 1_000_000_000_000;

let deployed: Deployed;
let userId = 0;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(() => deployed.tidy());

function joined(): Promise<Partner> {
  userId += 1;
  return deployed.world.join(userId, { firstName: 'Ada', lastName: 'Lovelace' });
}

const bytesOf = (size: number) => Buffer.from(`a picture of ${size}`);

/** A partner whose photo, or whose lack of one, is known since a moment ago. */
async function checked(photoId?: string, checkedAtMs = Date.now()): Promise<Partner> {
  const partner = await joined();
  const { avatarId } = partner;
  const { table, bucket } = deployed.world;
  const request = { nowMs: checkedAtMs, untilMs: checkedAtMs + 1, checkedBeforeMs: checkedAtMs };
  const lease = (await table.acquireLease(avatarId, { owner: 'worker', ...request })) as Lease;
  if (photoId) {
    for (const size of SIZES) await bucket.put({ avatarId, photoId, size }, bytesOf(size));
  }
  await table.commit(lease, photoId ? { photoId, lqip: 'l' } : undefined, checkedAtMs, checkedAtMs);
  return partner;
}

const get = (path: string, headers = {}) => deployed.request('GET', path, { headers });
const bodyOf = ({ body }: { body: Buffer }) => JSON.parse(body.toString('utf8'));

describe('the current photo', () => {
  test('is sent as WebP, cached for minutes, with an ETag and the time it took', async () => {
    const { avatarId } = await checked('AQADa');

    const answer = await get(`/avatars/${avatarId}?size=300`);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(bytesOf(300));
    expect(answer.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control':
        'public, max-age=300, s-maxage=230, stale-while-revalidate=60, stale-if-error=86400',
      etag: '"AQADa-300"',
      'x-avatar': 'hit',
      'server-timing': expect.stringMatching(/^cache;desc=s3, app;dur=[\d.]+$/),
      'x-response-time': expect.stringMatching(/^[\d.]+ms$/),
    });
  });

  test('has 150 px unless asked otherwise, under the older path, too', async () => {
    const { avatarId } = await checked('AQADa');

    const answers = [
      await get(`/avatars/${avatarId}`),
      await get(`/api/partner/photo/${avatarId}`),
      await get(`/api/partner/photo/${avatarId}?size=64`),
    ];

    expect(answers.map(({ body }) => body)).toEqual([bytesOf(150), bytesOf(150), bytesOf(64)]);
  });

  test('comes out of memory the second time', async () => {
    const { avatarId } = await checked('AQADa');
    await get(`/avatars/${avatarId}`);
    deployed.wires.s3.untouched();

    const { headers } = await get(`/avatars/${avatarId}`);

    expect(headers['server-timing']).toMatch(/^cache;desc=memory/);
    expect(deployed.wires.s3.seen).toEqual([]);
  });

  test.each(['"AQADa-150"', 'W/"AQADa-150"', '"other" , "AQADa-150"', '*'])(
    'is a 304 without a body for a viewer with %s, and the bucket is not read',
    async (tag) => {
      const { avatarId } = await checked('AQADa');

      const answer = await get(`/avatars/${avatarId}`, { 'if-none-match': tag });

      expect(answer.status).toBe(304);
      expect(answer.body).toHaveLength(0);
      expect(answer.headers).toMatchObject({ etag: '"AQADa-150"', 'x-avatar': 'hit' });
      expect(deployed.wires.s3.seen).toEqual([]);
    },
  );
});

describe('a miss', () => {
  test('is a redirect to the initials, cached for seconds, and the photo is asked for', async () => {
    const { avatarId } = await joined();

    const answer = await get(`/avatars/${avatarId}`);

    expect(answer).toMatchObject({
      status: 302,
      headers: {
        location: `/placeholders/${userId % 7}/AL.svg`,
        'cache-control': 'public, max-age=2',
        'x-avatar': 'pending',
        'server-timing': expect.stringMatching(/^cache;desc=miss/),
      },
    });
    expect(await deployed.world.takeJobs()).toMatchObject([{ avatarId }]);
  });

  test('of a photo that is not there is cached longer', async () => {
    const { avatarId } = await checked();

    const { headers } = await get(`/avatars/${avatarId}`);

    expect(headers).toMatchObject({ 'x-avatar': 'none', 'cache-control': 'public, max-age=300' });
  });

  test('of an unknown avatarId is a redirect, too, and no message', async () => {
    const { status, headers } = await get(`/avatars/${NOBODY}`);

    expect(status).toBe(302);
    expect(headers).toMatchObject({ 'x-avatar': 'unknown', 'cache-control': 'public, max-age=60' });
    expect(headers.location).toMatch(/^\/placeholders\/[0-6]\/_\.svg$/);
    expect(deployed.wires.sqs.seen).toEqual([]);
  });

  test('is a 404 with a problem where d=404 asks for it', async () => {
    const answer = await get(`/avatars/${NOBODY}?d=404`);

    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'public, max-age=60',
      'x-avatar': 'unknown',
    });
    expect(bodyOf(answer)).toMatchObject({
      status: 404,
      detail: expect.stringContaining('unknown'),
    });
  });

  test('after a wait is not cached', async () => {
    const { avatarId } = await joined();

    const { status, headers } = await get(`/avatars/${avatarId}?wait=1`);

    expect(status).toBe(302);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('while the queue is down is limited', async () => {
    const { avatarId } = await joined();
    deployed.wires.sqs.intercept(without('SendMessage'));

    const { headers } = await get(`/avatars/${avatarId}`);

    expect(headers).toMatchObject({ 'x-avatar': 'limited', 'cache-control': 'public, max-age=10' });
    expect(deployed.takeLog()).toContain('answered a viewer in spite of an error');
  });
});

describe('a version', () => {
  test('is sent for ever', async () => {
    const { avatarId } = await checked('AQADa');

    const answer = await get(`/avatars/${avatarId}/AQADa/64.webp`);

    expect(answer.body).toEqual(bytesOf(64));
    expect(answer.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, s-maxage=604800, immutable',
      etag: '"AQADa-64"',
    });
  });

  test('that is not stored leads to the current photo in the same size', async () => {
    const { avatarId } = await checked('AQADa');

    const answer = await get(`/avatars/${avatarId}/AQADb/300.webp`);

    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe(`/avatars/${avatarId}?size=300`);
    expect(answer.headers['cache-control']).not.toContain('immutable');
  });

  test('that was deleted is not served out of memory', async () => {
    const { avatarId } = await checked('AQADa');
    await get(`/avatars/${avatarId}?size=64`);
    await deployed.world.bucket.remove(avatarId, 'AQADa');

    expect((await get(`/avatars/${avatarId}/AQADa/64.webp`)).status).toBe(302);
  });
});

describe('a placeholder', () => {
  test('is an SVG that may be kept for ever and do nothing', async () => {
    const answer = await get('/placeholders/3/%D0%90%D0%91.svg');

    expect(answer.status).toBe(200);
    expect(answer.body.toString('utf8')).toMatch(/^<svg .*>АБ<.*<\/svg>$/s);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  test('has its initials escaped', async () => {
    const { body } = await get('/placeholders/3/%3C%26.svg');

    expect(body.toString('utf8')).toContain('>&#60;&#38;<');
  });

  test.each([
    '/placeholders/7/AB.svg',
    '/placeholders/-1/AB.svg',
    '/placeholders/3/AB.png',
    '/placeholders/3/.svg',
    '/placeholders/3/Send%20money%20to%20me.svg',
    '/placeholders/3/A%0AB.svg',
  ])('that we never link to is refused: %s', async (path) => {
    expect((await get(path)).status).toBe(400);
  });
});

describe('what is malformed', () => {
  test.each([
    ['/avatars/short', 'short'],
    [`/avatars/${NOBODY.toUpperCase()}`, 'AAAA'],
    [`/avatars/${NOBODY}?size=0`, 'size="0"'],
    [`/avatars/${NOBODY}?size=150.0`, '64, 150, 300, 512'],
    [`/avatars/${NOBODY}?size=150&size=64`, '150,64'],
    [`/avatars/${NOBODY}?d=mm`, 'd="mm"'],
    [`/avatars/${NOBODY}?wait=0`, 'wait="0"'],
    [`/avatars/${NOBODY}?wait=1.5`, 'wait="1.5"'],
    [`/avatars/${NOBODY}/AQADa/150.png`, '150.png'],
    [`/avatars/${NOBODY}/AQAD%2F..%2Fa/150.webp`, '<size>.webp'],
    [`/avatars/${NOBODY}/${'a'.repeat(65)}/150.webp`, '<photoId>'],
  ])('is told with what would be right: %s', async (path, named) => {
    const answer = await get(path);

    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(bodyOf(answer).detail).toContain(named);
    expect(Object.values(deployed.wires).flatMap(({ seen }) => seen)).toEqual([]);
  });

  test('is not repeated at length', async () => {
    const { body } = await get(`/avatars/${'x'.repeat(5000)}`);

    expect(body.length).toBeLessThan(300);
  });

  test.each([
    ['GET', '/nothing/here'],
    ['POST', `/avatars/${NOBODY}`],
    ['PATCH', '/api/partner/42'],
    ['DELETE', `/avatars/${NOBODY}`],
    ['POST', '/'],
  ])('because no route takes it (%s %s) is a 404 with a problem', async (method, path) => {
    const answer = await deployed.request(method, path);

    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(bodyOf(answer)).toMatchObject({ status: 404, title: expect.any(String) });
  });
});

describe('HEAD', () => {
  test.each([
    ['a photo', '/avatars/{id}'],
    ['a version', '/avatars/{id}/AQADa/64.webp'],
    ['a version that is not there', '/avatars/{id}/AQADb/64.webp'],
    ['a placeholder', '/placeholders/1/A.svg'],
    ['nobody', `/avatars/${NOBODY}`],
    ['nobody as a 404', `/avatars/${NOBODY}?d=404`],
    ['a bad size', `/avatars/${NOBODY}?size=1`],
  ])('of %s is its GET without the body', async (_, template) => {
    const { avatarId } = await checked('AQADa');
    const path = template.replace('{id}', avatarId);
    const whole = await deployed.result('GET', path);

    const head = await deployed.result('HEAD', path);

    expect(head.statusCode).toBe(whole.statusCode);
    expect(head.body ?? '').toBe('');
    const length = Buffer.from(whole.body ?? '', whole.isBase64Encoded ? 'base64' : 'utf8').length;
    if (length > 0) expect(head.headers).toMatchObject({ 'content-length': length });
    const { 'content-length': _length, ...headers } = head.headers ?? {};
    const own = ['server-timing', 'x-response-time', 'x-request-id'].map((name) => [
      name,
      expect.any(String),
    ]);
    expect(headers).toEqual({ ...whole.headers, ...Object.fromEntries(own) });
  });
});

describe('an outage', () => {
  test('of the table is a 503 with a placeholder in it, and no word of the inside', async () => {
    const { avatarId } = await joined();
    deployed.wires.dynamodb.intercept(without('GetItem'));

    const answer = await get(`/avatars/${avatarId}`);

    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'no-store',
      'retry-after': '10',
      'x-avatar': 'limited',
    });
    expect(answer.body.toString('utf8')).toMatch(/^<svg/);
  });

  test('of the bucket is a 503 with a problem for a version', async () => {
    deployed.wires.s3.intercept(async () => 'cut');

    const answer = await get(`/avatars/${NOBODY}/AQADa/64.webp`);

    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'retry-after': '5' });
    expect(bodyOf(answer)).toEqual({
      status: 503,
      title: 'Unavailable',
      detail: expect.not.stringMatching(/ECONN|socket|127\.0/),
    });
    expect(deployed.takeLog()).toContain('request failed');
  });
});

test('a photo that is due is served, and asked for behind those who wait', async () => {
  const { avatarId } = await checked('AQADa', LONG_AGO);

  const { status } = await get(`/avatars/${avatarId}`);

  expect(status).toBe(200);
  expect(await deployed.world.takeJobs('warm')).toMatchObject([{ avatarId }]);
  expect(await deployed.world.takeJobs()).toEqual([]);
});
