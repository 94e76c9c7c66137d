import { afterEach, expect, test, vi } from 'vitest';
import { apiBefore } from './fixtures.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a structured result is the answer', async () => {
  const { ask } = apiBefore(() => ({
    statusCode: 201,
    headers: { 'Content-Type': 'image/webp', 'X-Number': 5 },
    body: Buffer.from('bytes').toString('base64'),
    isBase64Encoded: true,
    cookies: ['a=1', 'b=2'],
  }));

  const { status, headers, body } = await ask('/');

  expect([status, body.toString()]).toEqual([201, 'bytes']);
  expect(headers).toEqual({
    'content-type': 'image/webp',
    'x-number': '5',
    'content-length': '5',
    'set-cookie': ['a=1', 'b=2'],
  });
});

test.each([
  [{ a: 1 }, '{"a":1}'],
  ['text', 'text'],
  [[1], '[1]'],
  [undefined, 'null'],
])('a result without a status, %j, is the body of a 200', async (result, text) => {
  const { ask } = apiBefore(() => result);

  const { status, headers, body } = await ask('/');

  expect([status, body.toString()]).toEqual([200, text]);
  expect(headers['content-type']).toBe('application/json');
});

const circular: Record<string, unknown> = {};
circular.self = circular;

test.each([
  ['an unknown status', { statusCode: 'abc' }],
  ['a status of no answer', { statusCode: 99 }],
  ['a body that is an object', { statusCode: 200, body: {} }],
  ['headers that are text', { statusCode: 200, headers: 'x' }],
  ['a header that is a list', { statusCode: 200, headers: { a: ['b'] } }],
  ['a header that breaks the line', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
  ['a header name that is none', { statusCode: 200, headers: { 'a b': 'c' } }],
  ['cookies that are no list', { statusCode: 200, cookies: 'a=b' }],
  ['what is not JSON', circular],
])('%s is an internal error', async (_, result) => {
  const { ask, errors } = apiBefore(() => result);

  const { status, body } = await ask('/');

  expect([status, body.toString()]).toEqual([500, '{"message":"Internal Server Error"}']);
  expect(errors).toHaveLength(1);
});

test('an error in a handler is an internal error without its words', async () => {
  const { ask, errors } = apiBefore(() => {
    throw new Error('inner detail');
  });

  const { status, body } = await ask('/');

  expect([status, body.toString()]).toEqual([500, '{"message":"Internal Server Error"}']);
  expect(errors).toHaveLength(1);
});

test('a function that does not answer in its time is unavailable', async () => {
  vi.useFakeTimers();
  const { ask } = apiBefore(() => new Promise(() => {}));

  const answering = ask('/');
  await vi.advanceTimersByTimeAsync(10_000);

  expect((await answering).status).toBe(503);
});

test('an answer to HEAD keeps its length and loses its body', async () => {
  const { ask } = apiBefore(() => ({ statusCode: 200, body: 'bytes' }));

  const { headers, body } = await ask('/avatars/a', { method: 'HEAD' });

  expect(headers['content-length']).toBe('5');
  expect(body).toHaveLength(0);
});

test.each([
  ['a path that does not decode', '/avatars/%E0%A4%A', {}, 400],
  ['a body over the limit', '/', { method: 'PUT', body: Buffer.alloc(10 * 1024 * 1024 + 1) }, 413],
  ['headers over the limit', '/', { headers: { a: 'x'.repeat(10_240) } }, 431],
])('%s is refused before any handler', async (_, target, given, expected) => {
  const { ask, events } = apiBefore();

  const { status, body } = await ask(target, given);

  expect(status).toBe(expected);
  expect(JSON.parse(body.toString())).toHaveProperty('message');
  expect(events).toEqual([]);
});
