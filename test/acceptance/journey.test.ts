// What a first-time user does, from the first registration on, against the running system.

import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { SIZES } from '../../core/sizes.ts';
import { changePhoto, currentPhoto, readCounters } from '../../local/bot-api/control.ts';
import type { BotApi } from '../../local/bot-api/server.ts';
import type { Hold } from '../holdable-bot-api.ts';
import { likeness } from '../likeness.ts';
import { getUntil, type RunningCameo, startWithTelegram } from './running-cameo.ts';

const TOKEN = '4242:journey';
let botApi: BotApi;
let cameo: RunningCameo;
let hold: Hold;

beforeAll(async () => {
  const started = await startWithTelegram(TOKEN);
  ({ botApi, cameo, hold } = started);
  return started.end;
});

/** Registers and waits for the photo; the path of the current photo. */
async function registered(userId: number): Promise<string> {
  const { avatarId } = await (await cameo.register(userId)).json();
  const path = `/avatars/${avatarId}`;
  const photo = await getUntil(
    () => cameo.get(`${path}?wait=5`),
    ({ status }) => status === 200,
  );
  await photo.arrayBuffer();
  return path;
}

describe('a partner who just registered', () => {
  test('has a record with an avatarId and the URLs of all sizes', async () => {
    const response = await cameo.register(42, { firstName: 'Ada', lastName: 'Lovelace' });

    expect(response.status).toBe(202);
    const record = await response.json();
    expect(record).toMatchObject({
      userId: '42',
      avatarId: expect.stringMatching(/^[a-z2-7]{26}$/),
      photoId: null,
      state: 'pending',
      name: 'Ada Lovelace',
      initials: 'AL',
      colour: 0,
    });
    expect(Object.keys(record.urls)).toEqual(SIZES.map(String));
    for (const url of Object.values<string>(record.urls)) expect(url).toContain(cameo.url);
  });

  test('is a placeholder that renders at first, and soon after the photo that Telegram has', async () => {
    const release = await hold('getUserProfilePhotos');
    const { avatarId } = await (await cameo.register(43, { firstName: 'Grace' })).json();
    const path = `/avatars/${avatarId}?size=150`;

    const first = await cameo.get(path);
    await release();

    expect(first.status).toBe(302);
    expect(first.headers.get('x-avatar')).toBe('pending');
    const placeholder = await cameo.get(first.headers.get('location') ?? '');
    expect(placeholder.headers.get('content-type')).toBe('image/svg+xml');
    expect(placeholder.headers.get('content-security-policy')).toContain("default-src 'none'");
    const svg = Buffer.from(await placeholder.arrayBuffer());
    const rendered = await sharp(svg).stats();
    expect(rendered.isOpaque).toBe(true);

    const photo = await getUntil(
      () => cameo.get(path),
      ({ status }) => status === 200,
    );

    const webp = Buffer.from(await photo.arrayBuffer());
    expect(await sharp(webp).metadata()).toMatchObject({ format: 'webp', width: 150, height: 150 });
    expect(await likeness(webp, await currentPhoto(botApi.apiRoot, 43))).toBeGreaterThan(0.97);
    expect(Object.fromEntries(photo.headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control':
        'public, max-age=300, s-maxage=230, stale-while-revalidate=60, stale-if-error=86400',
      etag: expect.stringMatching(/^"[\w-]+-150"$/),
      'x-avatar': 'hit',
      'access-control-allow-origin': '*',
      'timing-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      'x-response-time': expect.stringMatching(/^[\d.]+ms$/),
      'server-timing': expect.stringMatching(/cache;desc=(s3|memory), app;dur=[\d.]+/),
    });
  });
});

describe('a stored photo', () => {
  test('is answered with 304 to a viewer who has it', async () => {
    const path = await registered(44);
    const etag = (await cameo.get(`${path}?size=300`)).headers.get('etag') ?? '';

    const again = await cameo.get(`${path}?size=300`, { headers: { 'if-none-match': etag } });

    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(etag);
  });

  test('is there in each size, under a versioned URL that is immutable, and under the older path', async () => {
    const path = await registered(45);
    const original = await currentPhoto(botApi.apiRoot, 45);
    const { urls, photoId, lqip, state } = await (await cameo.register(45)).json();

    expect({ photoId, state }).toMatchObject({ state: 'stored', photoId: expect.any(String) });
    expect(lqip).toMatch(/^data:image\/webp;base64,/);
    for (const size of SIZES) {
      const versioned = await cameo.get(urls[size]);
      expect(versioned.status).toBe(200);
      expect(versioned.headers.get('content-type')).toBe('image/webp');
      expect(versioned.headers.get('cache-control')).toBe(
        'public, max-age=31536000, s-maxage=604800, immutable',
      );
      const webp = Buffer.from(await versioned.arrayBuffer());
      expect(await sharp(webp).metadata()).toMatchObject({ width: size, height: size });
      expect(await likeness(webp, original)).toBeGreaterThan(0.97);

      const current = await cameo.get(`${path}?size=${size}`);
      expect(Buffer.from(await current.arrayBuffer()).equals(webp)).toBe(true);
      const older = await cameo.get(
        `${path.replace('/avatars/', '/api/partner/photo/')}?size=${size}`,
      );
      expect(Buffer.from(await older.arrayBuffer()).equals(webp)).toBe(true);
    }
  });

  test('is served from the bucket without any function: the edge asks the photos origin alone', async () => {
    await registered(46);
    const { urls } = await (await cameo.register(46)).json();
    const before = await edgeStats();

    await cameo.get(urls[512]);
    await cameo.get(urls[512]);

    const after = await edgeStats();
    expect(after.originRequests.api).toBe(before.originRequests.api);
    expect(after.originRequests.photos).toBe(before.originRequests.photos + 1);
  });

  test('has a HEAD with the length of its GET and no body', async () => {
    const path = await registered(47);

    const head = await cameo.get(`${path}?size=512`, { method: 'HEAD' });

    const get = await cameo.get(`${path}?size=512`);
    expect(head.status).toBe(200);
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(Number(head.headers.get('content-length'))).toBe((await get.arrayBuffer()).byteLength);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  test('is changed to the new one by a registration that names a new file', async () => {
    await registered(49);
    const before = await (await cameo.register(49)).json();
    await changePhoto(botApi.apiRoot, 49);
    const listed = await fetch(`${botApi.apiRoot}/bot${TOKEN}/getUserProfilePhotos?user_id=49`);
    const { result } = await listed.json();
    const biggest = result.photos[0].find(({ width }: { width: number }) => width === 640);

    await cameo.register(49, { firstName: 'User 49', photoFileId: biggest.file_id });

    const after = await untilPhotoId(49, (photoId) => photoId !== before.photoId);
    expect(after.photoId).toBe(biggest.file_unique_id);
    const webp = Buffer.from(await (await cameo.get(after.urls[150])).arrayBuffer());
    expect(await likeness(webp, await currentPhoto(botApi.apiRoot, 49))).toBeGreaterThan(0.97);
  });
});

describe('a request that cannot be a hit', () => {
  test.each([
    ['?size=151', 'size'],
    ['?d=mm', 'd='],
    ['?wait=6', 'wait'],
  ])('is refused with the reason: %s', async (query, named) => {
    const path = await registered(51);

    const response = await cameo.get(`${path}${query}`);

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining(named),
    });
  });

  test('is a placeholder for an unknown avatarId, and no call to Telegram', async () => {
    // The one partner of the tests above whose photo nobody waited for.
    await registered(42);
    const before = await readCounters(botApi.apiRoot);

    const response = await cameo.get(`/avatars/${'a'.repeat(26)}?size=150`);

    expect(response.status).toBe(302);
    expect(response.headers.get('x-avatar')).toBe('unknown');
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    expect(await readCounters(botApi.apiRoot)).toEqual(before);
  });

  test('is a placeholder for a user without a photo, remembered as none', async () => {
    const { avatarId } = await (await cameo.register(50, { firstName: 'Zoe' })).json();

    const response = await getUntil(
      () => cameo.get(`/avatars/${avatarId}?wait=1`),
      ({ headers }) => headers.get('x-avatar') !== 'pending',
    );

    expect(response.status).toBe(302);
    expect(response.headers.get('x-avatar')).toBe('none');
    expect(response.headers.get('location')).toMatch(/^\/placeholders\/1\/Z\.svg$/);
  });

  test('is a 404 with d=404, and the photo itself within the time of wait=', async () => {
    const { avatarId } = await (await cameo.register(53)).json();
    const missing = await cameo.get(`/avatars/${'b'.repeat(26)}?d=404`);

    const waited = await cameo.get(`/avatars/${avatarId}?wait=5`);

    expect(missing.status).toBe(404);
    expect(missing.headers.get('x-avatar')).toBe('unknown');
    expect(waited.status).toBe(200);
    expect(waited.headers.get('content-type')).toBe('image/webp');
  });

  test('is sent from a version that is not stored to the current photo', async () => {
    const path = await registered(54);

    const response = await cameo.get(`${path}/AQADgone/300.webp`);

    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`${path}?size=300`);
  });
});

describe('a registration', () => {
  test('without the service key is refused', async () => {
    const bare = await cameo.get('/api/partner/60', { method: 'PUT', body: '{"firstName":"A"}' });
    const wrong = await cameo.get('/api/partner/60', {
      method: 'PUT',
      headers: { authorization: 'Bearer not-the-key' },
      body: '{"firstName":"A"}',
    });

    expect([bare.status, wrong.status]).toEqual([401, 401]);
    expect(bare.headers.get('content-type')).toBe('application/problem+json');
  });

  test.each([
    ['user id', 'abc', { firstName: 'A' }, 'abc'],
    ['lonely last name', '61', { lastName: 'L' }, 'firstName'],
    ['empty name', '61', { firstName: '' }, 'firstName'],
    ['unknown field', '61', { firstName: 'A', fistName: 'B' }, 'firstName, lastName'],
    ['file_id', '61', { firstName: 'A', photoFileId: '../x' }, 'photoFileId'],
    ['list', '61', ['A'], 'JSON object'],
  ])('with a wrong %s is told what is wrong', async (_, userId, body, named) => {
    const response = await cameo.register(userId, body);

    expect(response.status).toBe(400);
    expect((await response.json()).detail).toContain(named);
  });

  test('with a body over the limit is refused before it is read', async () => {
    const response = await cameo.register(61, { firstName: 'A'.repeat(5000) });

    expect(response.status).toBe(413);
  });
});

test("the demo page, the operator's page and its status are there", async () => {
  const pages = await Promise.all(['/', '/local/'].map((path) => cameo.get(path)));
  const status = await (await cameo.get('/local/status')).json();

  for (const page of pages) expect(page.headers.get('content-type')).toContain('text/html');
  expect(status.partners.length).toBeGreaterThan(0);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(status.version).toBe(version);
});

async function edgeStats() {
  return (await (await cameo.get('/local/status')).json()).edge;
}

async function untilPhotoId(userId: number, accept: (photoId: string) => boolean) {
  for (let attempt = 0; attempt < 300; attempt++) {
    const record = await (await cameo.register(userId)).json();
    if (accept(record.photoId)) return record;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`the photo of ${userId} did not change`);
}
