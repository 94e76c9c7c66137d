import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../../local/edge/message.ts';
import { answer, edgeBefore, heldAnswers, settled } from './fixtures.ts';

const CURRENT = 'public, max-age=300, stale-while-revalidate=60, stale-if-error=86400';
const photo = (text: string) => answer(200, { 'cache-control': CURRENT, etag: `"${text}"` }, text);
const down = () => answer(500, {}, 'no');

/** An edge that holds `old`, whose origin then answers with what `react` says. */
async function edgeHolding(old: HttpAnswer, react: () => HttpAnswer | Promise<HttpAnswer>) {
  let current = (): HttpAnswer | Promise<HttpAnswer> => old;
  const made = edgeBefore(() => current());
  await made.get('/avatars/a');
  current = react;
  const text = async () => (await made.get('/avatars/a')).body.toString();
  return { ...made, text };
}

test('while it asks once in the background, every viewer gets the stale photo at once', async () => {
  const held = heldAnswers();
  const { text, get, clock } = await edgeHolding(photo('old'), held.react);

  clock.nowMs += 300_000;
  const answers = [await text(), await text(), await text()];
  expect(answers).toEqual(['old', 'old', 'old']);
  expect(held.waiting).toHaveLength(1);
  held.waiting[0]?.(photo('new'));
  await settled();

  const after = await get('/avatars/a');
  expect(after.body.toString()).toBe('new');
  expect(after.headers).toMatchObject({ age: '0', 'x-cache': 'Hit from cloudfront' });
});

test('after the window the viewer waits for the origin', async () => {
  const { text, clock } = await edgeHolding(photo('old'), () => photo('new'));

  clock.nowMs += 360_000;

  expect(await text()).toBe('new');
});

test('a 304 makes the photo fresh again, with the headers that came with it', async () => {
  const update = answer(304, {
    'cache-control': 'max-age=9',
    'x-avatar': 'hit',
    'content-type': 'x',
  });
  const { get, seen, clock } = await edgeHolding(photo('old'), () => update);

  clock.nowMs += 360_000;
  const refreshed = await get('/avatars/a');
  const found = await get('/avatars/a');
  clock.nowMs += 9000;
  await get('/avatars/a');

  expect(seen.api[1]?.headers['if-none-match']).toBe('"old"');
  expect(refreshed.headers['x-cache']).toBe('RefreshHit from cloudfront');
  expect(refreshed.headers['server-timing']).toBe('cdn-cache;desc=HIT');
  expect(refreshed.headers['content-length']).toBe('3');
  expect(refreshed.headers).not.toHaveProperty('content-type');
  expect(found.headers).toMatchObject({
    'x-avatar': 'hit',
    age: '0',
    'cache-control': 'max-age=9',
  });
  expect(found.body.toString()).toBe('old');
  expect(seen.api).toHaveLength(3);
});

test.each([
  ['answers 500', () => down()],
  ['gives no answer', () => Promise.reject(new Error('down'))],
])('an origin that %s takes no photo away while stale-if-error lasts', async (_, react) => {
  const { get, text, clock } = await edgeHolding(photo('old'), react);

  clock.nowMs += 300_000 + 86_400_000 - 1;
  expect(await text()).toBe('old');
  clock.nowMs += 1;

  expect((await get('/avatars/a')).status).toBeGreaterThanOrEqual(500);
});

test('a background request that fails leaves the stale photo where it is', async () => {
  const old = answer(200, { 'cache-control': 'max-age=1, stale-while-revalidate=60' }, 'old');
  const { text, clock } = await edgeHolding(old, down);

  clock.nowMs += 1000;
  await text();
  await settled();

  expect(await text()).toBe('old');
});

test('an error without stale-if-error is passed on as it is', async () => {
  const old = answer(200, { 'cache-control': 'max-age=1' }, 'old');
  const { get, clock } = await edgeHolding(old, down);

  clock.nowMs += 1000;
  const { status, headers } = await get('/avatars/a');

  expect([status, headers['x-cache']]).toEqual([500, 'Error from cloudfront']);
});

test('a photo that is gone is not brought back by a later error', async () => {
  const answers = [answer(404, { 'cache-control': 'no-store' }), down()];
  const { get, clock } = await edgeHolding(photo('old'), () => answers.shift() ?? down());

  clock.nowMs += 360_000;
  expect((await get('/avatars/a')).status).toBe(404);

  expect((await get('/avatars/a')).status).toBe(500);
});
