import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../local/edge/message.ts';
import { type EdgeServerOptions, startEdgeServer } from '../../../local/edge/server.ts';
import { answer, heldAnswers, settled } from './fixtures.ts';

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serverBefore(
  respond: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>,
  given: Partial<EdgeServerOptions> = {},
) {
  const seen: HttpRequest[] = [];
  const errors: unknown[] = [];
  const edge = {
    respond: async (request: HttpRequest) => {
      seen.push(request);
      return respond(request);
    },
  };
  const onError = (error: unknown) => errors.push(error);
  const server = await startEdgeServer({ host: '127.0.0.1', port: 0, edge, onError, ...given });
  stops.push(server.close);
  return { server, seen, errors };
}

/** Everything that the server says to these bytes until it closes the connection. */
function said(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  return text(socket);
}

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

test.each([
  ['/avatars/a?size=150&x=%20', '/avatars/a', 'size=150&x=%20'],
  ['//x', '//x', ''],
  ['/%', '/%', ''],
  ['/a/../b?', '/a/../b', ''],
  ['http://other.test/avatars/a?d=404', '/avatars/a', 'd=404'],
  ['http://other.test', '/', ''],
])('the target %s arrives as path %s and query "%s"', async (target, path, query) => {
  const { server, seen } = await serverBefore(() => answer(200, {}, 'ok'));

  expect(await said(server.port, get(target))).toMatch(/^HTTP\/1.1 200 .*ok$/s);

  expect(seen[0]).toMatchObject({ path, query });
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['a target that is no path', get('*'), 400],
  ['another scheme', get('file:///etc/passwd'), 400],
  ['a URL over the limit', get(`/${'a'.repeat(9000)}`), 414],
  ['giant headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(30_000)}\r\n\r\n`, 431],
  [
    'a body over the limit',
    'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n',
    413,
  ],
])('%s is refused with a JSON problem', async (_, bytes, status) => {
  const { server, seen, errors } = await serverBefore(() => answer(200, {}));

  const reply = await said(server.port, bytes);

  expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(reply).toContain('application/problem+json');
  expect(JSON.parse(reply.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status });
  expect([seen, errors]).toEqual([[], []]);
});

test('a body of unknown length is refused once it is over the limit', async () => {
  const { server, seen } = await serverBefore(() => answer(200, {}));
  const request = httpRequest({ port: server.port, host: '127.0.0.1', method: 'PUT' });
  request.on('error', () => {});

  const status = new Promise((resolve) =>
    request.on('response', (response) => resolve(response.statusCode)),
  );
  const chunk = Buffer.alloc(1024 * 1024);
  const more = () => request.write(chunk, () => request.destroyed || more());
  more();

  expect(await status).toBe(413);
  request.destroy();
  expect(seen).toEqual([]);
});

test('a body arrives whole', async () => {
  const { server, seen } = await serverBefore(() => answer(200, {}));

  await fetch(server.url, { method: 'POST', body: 'bytes' });

  expect(seen[0]?.body.toString()).toBe('bytes');
});

test('an unexpected error is a 500 that says nothing, and is told to the operator', async () => {
  const { server, errors } = await serverBefore(() => Promise.reject(new Error('inner detail')));

  const response = await fetch(server.url);

  expect([response.status, response.headers.get('content-type')]).toEqual([
    500,
    'application/problem+json',
  ]);
  expect(await response.text()).not.toContain('inner detail');
  expect(errors).toHaveLength(1);
});

test('an answer that HTTP does not allow closes the connection and not the server', async () => {
  const answers = [answer(200, { 'x-bad': 'a\r\nb: c' }), answer(200, {}, 'ok')];
  const { server, errors } = await serverBefore(() => answers.shift() ?? answer(200, {}));

  await expect(fetch(server.url)).rejects.toThrow();

  expect(await (await fetch(server.url)).text()).toBe('ok');
  expect(errors).toHaveLength(1);
});

test('the page goes before the edge for what is its own', async () => {
  const page = ({ path }: HttpRequest) =>
    path === '/' ? Promise.resolve(answer(200, {}, 'page')) : undefined;
  const { server } = await serverBefore(() => answer(200, {}, 'edge'), { page });

  expect(await (await fetch(server.url)).text()).toBe('page');
  expect(await (await fetch(`${server.url}/avatars/a`)).text()).toBe('edge');
});

test('an answer to HEAD has the length of the body and none of it', async () => {
  const { server } = await serverBefore(() => answer(200, {}, 'bytes'));
  const bytes = 'HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

  const reply = await said(server.port, bytes);

  expect(reply).toMatch(/content-length: 5/i);
  expect(reply.endsWith('\r\n\r\n')).toBe(true);
});

test('closing lets a running request finish and takes no new ones', async () => {
  const held = heldAnswers();
  const { server } = await serverBefore(held.react);
  const running = fetch(server.url);
  await expect.poll(() => held.waiting.length).toBe(1);

  const closed = server.close();
  await expect(fetch(server.url)).rejects.toThrow();
  held.waiting[0]?.(answer(200, {}, 'finished'));

  expect(await (await running).text()).toBe('finished');
  await closed;
});

test('closing ends what has not finished within the grace', async () => {
  const { server, seen } = await serverBefore(() => new Promise(() => {}), { graceMs: 1 });
  const running = fetch(server.url).catch((error: unknown) => error);
  await expect.poll(() => seen.length).toBe(1);

  await server.close();

  expect(await running).toBeInstanceOf(TypeError);
});

test('a port that is taken is said at once', async () => {
  const { server } = await serverBefore(() => answer(200, {}));

  await expect(serverBefore(() => answer(200, {}), { port: server.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('after a body that was refused, the next request on the connection is understood', async () => {
  const { server, seen } = await serverBefore(() => answer(200, {}, 'ok'));
  const bytes = 11 * 1024 * 1024;
  const body = `${bytes.toString(16)}\r\n${'a'.repeat(bytes)}\r\n0\r\n\r\n`;
  const post = `POST /big HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;

  const reply = await said(server.port, post + get('/next'));

  expect(reply.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  expect(seen.map(({ path }) => path)).toEqual(['/next']);
});

test('a viewer who leaves while sending is no error of ours', async () => {
  const { server, errors } = await serverBefore(() => answer(200, {}));
  const socket = connect(server.port, '127.0.0.1');
  const connected = new Promise((resolve) => socket.on('connect', resolve));

  await connected;
  socket.end('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
  await text(socket);
  await server.close();
  await settled();

  expect(errors).toEqual([]);
});
