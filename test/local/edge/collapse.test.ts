import { expect, test } from 'vitest';
import { answer, edgeBefore, heldAnswers, settled } from './fixtures.ts';

test('a thousand viewers who miss one photo at once cost the origin one request', async () => {
  const held = heldAnswers();
  const { get, edge } = edgeBefore(held.react);

  const viewers = Array.from({ length: 1000 }, () => get('/avatars/a'));
  await settled();
  expect(held.waiting).toHaveLength(1);
  held.waiting[0]?.(answer(200, { 'cache-control': 'max-age=60' }, 'bytes'));
  const answers = await Promise.all(viewers);

  expect(answers.every(({ body }) => body.toString() === 'bytes')).toBe(true);
  expect(edge.stats()).toMatchObject({ misses: 1, hits: 999, originRequests: { api: 1 } });
});

test('what only the asker may have, each who waited asks for', async () => {
  const held = heldAnswers();
  const { get } = edgeBefore(held.react);
  const answers = Promise.all([get('/avatars/a'), get('/avatars/a'), get('/avatars/a')]);

  await settled();
  held.waiting[0]?.(answer(200, { 'cache-control': 'private' }, 'first'));
  await settled();
  expect(held.waiting).toHaveLength(3);
  held.waiting[1]?.(answer(200, { 'cache-control': 'no-store' }, 'second'));
  held.waiting[2]?.(answer(200, { 'cache-control': 'no-store' }, 'third'));

  expect((await answers).map(({ body }) => body.toString())).toEqual(['first', 'second', 'third']);
});

test('an origin that gives no answer is asked once for all who wait, and again for the next', async () => {
  const { get, seen, errors } = edgeBefore(() => Promise.reject(new Error('down')));

  const answers = await Promise.all([get('/avatars/a'), get('/avatars/a')]);
  expect(seen.api).toHaveLength(1);
  await get('/avatars/a');

  expect(answers.map(({ status }) => status)).toEqual([502, 502]);
  expect(answers[0]?.headers['x-cache']).toBe('Error from cloudfront');
  expect(answers[0]?.body.toString()).not.toContain('down');
  expect(seen.api).toHaveLength(2);
  expect(errors).toHaveLength(2);
});

test('different keys do not wait for each other', async () => {
  const held = heldAnswers();
  const { get } = edgeBefore(held.react);

  const answers = Promise.all([
    get('/avatars/a?size=64'),
    get('/avatars/a?size=150'),
    get('/avatars/b'),
  ]);
  await settled();

  expect(held.waiting).toHaveLength(3);
  for (const respond of held.waiting) respond(answer(200, {}));
  await answers;
});

test('what has to be asked for each time is shared with nobody who waits', async () => {
  const { get, seen } = edgeBefore(() =>
    answer(200, { 'cache-control': 'max-age=0', etag: '"e"' }),
  );

  await Promise.all([get('/avatars/a'), get('/avatars/a'), get('/avatars/a')]);

  expect(seen.api).toHaveLength(3);
});
