// Bytes on a socket that are no request, or a request that two readers would read differently, before the deployed
// functions: what is answered is a refusal with a reason, and the next viewer notices nothing.

import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { behaviours, routes } from '../../core/topology.ts';
import { createEdge } from '../../local/edge/edge.ts';
import { createPhotosOrigin } from '../../local/edge/photos-origin.ts';
import { type EdgeServer, startEdgeServer } from '../../local/edge/server.ts';
import { createHttpApi, MAX_BODY_BYTES } from '../../local/http-api.ts';
import { apiFunctions } from '../../local/joints.ts';
import { type Deployed, deploy, SERVICE_KEY } from '../lambdas/deployed.ts';

/** What anybody may have. */
const PATH = '/placeholders/1/A.svg';

let deployed: Deployed;
let server: EdgeServer;
const errors: unknown[] = [];
beforeAll(async () => {
  deployed = await deploy();
  const { endpoints, resources } = deployed.world;
  const onError = (error: unknown) => errors.push(error);
  const edge = createEdge({
    behaviours,
    origins: {
      api: createHttpApi({ routes, functions: apiFunctions(deployed.handlers), onError }),
      photos: createPhotosOrigin({ s3Url: endpoints.s3Url, bucketName: resources.bucketName }),
    },
    onError,
  });
  server = await startEdgeServer({ host: '127.0.0.1', port: 0, edge, onError });
  return async () => {
    await server.close();
    await deployed.stop();
  };
});

/** An answer as a viewer reads it off the socket. */
interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

/** Everything that the server says to these bytes (one a character) until it closes the connection. */
async function said(bytes: string): Promise<Answer[]> {
  const { socket, answers } = viewer();
  socket.write(bytes, 'latin1');
  return answers;
}

// Of bytes at random some announce more than there is, and nobody can tell which: then nothing ever comes.
const PATIENCE_MS = 50;

/** The same for a viewer who leaves when nothing has come for a moment. */
async function saidInTime(bytes: string): Promise<Answer[]> {
  const { socket, answers } = viewer();
  const patience = setTimeout(() => socket.end(), PATIENCE_MS);
  socket.write(bytes, 'latin1');
  return answers.finally(() => clearTimeout(patience));
}

/** The same for a viewer who leaves as soon as everything is said: Node answers then at once or never. */
async function saidTo(leaving: string): Promise<Answer[]> {
  const { socket, answers } = viewer();
  socket.end(leaving, 'latin1');
  return answers;
}

function viewer() {
  const socket = connect(server.port, '127.0.0.1');
  // The server may close on bytes that it does not want.
  socket.on('error', () => {});
  const reply = buffer(socket).catch(() => Buffer.alloc(0));
  return { socket, answers: reply.then(answersIn) };
}

function answersIn(reply: Buffer): Answer[] {
  if (reply.length === 0) return [];
  const headEnd = reply.indexOf('\r\n\r\n');
  const head = reply.toString('latin1', 0, headEnd);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  const end = headEnd + 4 + (status === 304 ? 0 : length);
  const body = reply.toString('utf8', headEnd + 4, end);
  const type = /^content-type: (.*)$/im.exec(head)?.[1];
  return [{ status, type, body }, ...answersIn(reply.subarray(end))];
}

/** A 4xx with a problem; API Gateway's own refusals have a message alone, here as there. */
function expectRefusal({ status, type, body }: Answer): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  const told = JSON.parse(body);
  expect(told).toEqual(
    type === 'application/json'
      ? { message: expect.any(String) }
      : expect.objectContaining({ status }),
  );
  expect(type).toMatch(/^application\/(problem\+)?json$/);
  expect(body).not.toMatch(/node_modules|\.ts:\d|canary/);
}

/** The next viewer is served as ever. */
async function expectGoodService(): Promise<void> {
  const answer = await fetch(server.url + PATH);
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('>A</text>')]);
  expect(errors).toEqual([]);
}

const request = (line: string, fields: readonly string[] = [], body = '') =>
  [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...fields, '', body].join('\r\n');

const get = (target: string, ...fields: string[]) => request(`GET ${target}`, fields);

/** A request with a body that would be another request to whoever ends the first one too early. */
const smuggling = (...fields: string[]) =>
  `POST /api/partner/me HTTP/1.1\r\nHost: x\r\n${fields.join('\r\n')}\r\n\r\n0\r\n\r\n${get(PATH)}`;

const put = (fields: readonly string[], body = '{}') =>
  request('PUT /api/partner/1', [`Authorization: Bearer ${SERVICE_KEY}`, ...fields], body);

const refused: [name: string, bytes: string, status: number][] = [
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['HTTP/3 in HTTP/1', 'GET / HTTP/3.0\r\nHost: x\r\n\r\n', 400],
  ['lines that end in LF', `GET ${PATH} HTTP/1.1\nHost: x\n\n`, 400],
  ['a method that nobody knows', request(`BREW ${PATH}`), 400],
  ['a method in lower case', request(`get ${PATH}`), 400],
  ['a method that pictures do not have', request(`PURGE ${PATH}`), 405],
  ['a method that the API does not have', request('PROPFIND /api/partner/me'), 404],
  ['no host', `GET ${PATH} HTTP/1.1\r\nConnection: close\r\n\r\n`, 400],
  ['two hosts', get(PATH, 'Host: y'), 400],
  ['a target that is no path', get('*'), 400],
  ['a host as the target', get('evil.test:80'), 400],
  ['a target of another scheme', get(`ftp://evil.test${PATH}`), 400],
  ['a target with two slashes', get(`//evil.test${PATH}`), 404],
  ['a path that leads out', get('/avatars/../../etc/passwd'), 404],
  ['an encoded path that leads out', get('/avatars/%2e%2e%2f%2e%2e%2fx/y/150.webp'), 400],
  ['a null byte in the target', get(`${PATH}?\0`), 400],
  ['an encoded null byte', get('/avatars/%00'), 400],
  ['an encoded line break', get('/avatars/%0d%0aSet-Cookie:%20a=b'), 400],
  ['half an escape', get('/avatars/%E0%A4%A'), 400],
  ['an escape of no UTF-8', get('/avatars/%ff'), 400],
  ['an escape that is none', get('/avatars/%zz'), 400],
  ['bytes beyond ASCII in the target', get(`${PATH}?\xd0\x90`), 400],
  ['a giant target', get(`/${'a'.repeat(9_000)}`), 414],
  ['a giant query', get(`${PATH}?${'size=1&'.repeat(1_500)}`), 414],
  ['a giant header', get('/api/partner/recent', `X: ${'a'.repeat(30_000)}`), 431],
  [
    'headers that the edge takes and the API does not',
    get('/api/x', `X: ${'a'.repeat(15_000)}`),
    431,
  ],
  ['thousands of headers', get('/api/x', ...Array<string>(5_000).fill('a: b')), 431],
  ['a header without a colon', get(PATH, 'nonsense'), 400],
  ['a header whose name has a blank', get(PATH, 'x y: 1'), 400],
  ['a header without a name', get(PATH, ': 1'), 400],
  ['a header with a null byte', get(PATH, 'x: a\0b'), 400],
  ['a header that is folded', get(PATH, 'x: a\r\n b: c'), 400],
  ['a header with a line break of its own', get(PATH, 'x: a\rb: c'), 400],
  [
    'two sign-ins',
    get('/api/partner/recent', 'Authorization: Bearer a', 'Authorization: Bearer b'),
    401,
  ],
  ['a length and chunks', smuggling('Content-Length: 5', 'Transfer-Encoding: chunked'), 400],
  ['chunks and a length', smuggling('Transfer-Encoding: chunked', 'Content-Length: 5'), 400],
  ['a coding that is not chunked', smuggling('Transfer-Encoding: xchunked'), 400],
  ['chunked, and then something else', smuggling('Transfer-Encoding: chunked, identity'), 400],
  ['chunked with a blank before the colon', smuggling('Transfer-Encoding : chunked'), 400],
  ['two codings', smuggling('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'), 400],
  ['two lengths', put(['Content-Length: 2', 'Content-Length: 20']), 400],
  ['a length below nothing', put(['Content-Length: -1']), 400],
  ['a length with a sign', put(['Content-Length: +2']), 400],
  ['a length that is no number', put(['Content-Length: 0x2']), 400],
  ['a length beyond all numbers', put([`Content-Length: ${'9'.repeat(30)}`]), 400],
  ['a length over the limit', put([`Content-Length: ${MAX_BODY_BYTES + 1}`]), 413],
  ['a body without a length', put([]), 400],
  [
    'a chunk whose length is none',
    put(['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
    400,
  ],
  [
    'a giant chunk extension',
    put(['Transfer-Encoding: chunked'], `2;${'a'.repeat(20_000)}\r\n{}`),
    400,
  ],
  ['a body that the function does not take', put(['Content-Length: 5000'], ' '.repeat(5_000)), 413],
  ['a body that is no JSON', put(['Content-Length: 2'], '{]'), 400],
  [
    'an encoded body',
    put(['Content-Encoding: gzip', 'Content-Length: 4'], '\x1f\x8b\x08\x00'),
    400,
  ],
];

describe('fault 42: what is refused with a reason', () => {
  test.each(refused)('%s', async (_, bytes, status) => {
    const answers = await said(bytes);

    for (const answer of answers) expectRefusal(answer);
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    await expectGoodService();
  });
});

describe('fault 42: what is answered as if nothing were odd', () => {
  test.each([
    ['a target as a proxy gets it, whatever its host', get(`http://evil.test${PATH}`), 200],
    ['HTTP/1.0, which names no host', `GET ${PATH} HTTP/1.0\r\n\r\n`, 200],
    ['an expectation that we do not know', get(PATH, 'Expect: magic'), 200],
    ['a wish for WebSockets', get(PATH, 'Upgrade: websocket'), 200],
    ['names that JavaScript knows', get(PATH, '__proto__: a', 'constructor: b'), 200],
    ['bytes beyond ASCII in a header', get(PATH, 'x: \xff\xfe'), 200],
    ['a query that decodes to nothing', get(`${PATH}?%=%ff&&&=`), 200],
  ])('%s', async (_, bytes, status) => {
    const answers = await said(bytes);

    expect(answers.map((answer) => answer.status)).toEqual([status]);
    await expectGoodService();
  });

  test('a request in the body of another one, which stays a body', async () => {
    const hidden = get('/api/partner/recent');
    const answers = await said(get(PATH, `Content-Length: ${hidden.length}`) + hidden);

    expect(answers.map(({ status }) => status)).toEqual([200]);
    await expectGoodService();
  });
});

describe('fault 42: a viewer who leaves', () => {
  test.each([
    ['without a word', ''],
    ['after empty lines', '\r\n\r\n\r\n'],
    ['within the method', 'GE'],
    ['within the headers', 'GET /avatars/a HTTP/1.1\r\nHost: x\r\nAuthor'],
    ['before the body that was announced', put(['Content-Length: 200'])],
    ['within a chunk', put(['Transfer-Encoding: chunked'], 'ff\r\n{')],
    ['for another server', request('CONNECT evil.test:443')],
  ])('%s is told what was wrong, or nothing', async (_, bytes) => {
    for (const answer of await saidTo(bytes)) expectRefusal(answer);

    await expectGoodService();
  });
});

/** Small changes of a request: where, how many bytes go, and what comes in their place. */
const edits = fc.array(
  fc.record({
    at: fc.nat({ max: 999 }),
    dropped: fc.nat({ max: 4 }),
    put: fc.oneof(
      fc.string({ maxLength: 2 }),
      fc.nat({ max: 255 }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('\r\n', '\r\n\r\n', '%0d%0a', '%', ' ', ':', '\0', '../', '9999999999', '-'),
    ),
  }),
  { maxLength: 2 },
);

const editable = fc.constantFrom(
  get(PATH, 'Accept: */*', 'Content-Length: 0'),
  put(['Content-Type: application/json', 'Content-Length: 20'], '{"firstName": "Ada"}'),
  put(['Transfer-Encoding: chunked'], '14\r\n{"firstName": "Ada"}\r\n0\r\n\r\n'),
  get('/api/partner/recent?limit=5', `Authorization: Bearer ${SERVICE_KEY}`),
);

test('fault 42: of any bytes, what is answered is an answer or a refusal, and no failure of ours', async () => {
  const statuses: number[] = [];

  await fc.assert(
    fc.asyncProperty(editable, edits, async (bytes, changes) => {
      const changed = changes.reduce((text, { at, dropped, put }) => {
        const start = at % text.length;
        return text.slice(0, start) + put + text.slice(start + dropped);
      }, bytes);
      for (const answer of await saidInTime(changed)) {
        expect(answer.status).toBeGreaterThanOrEqual(200);
        if (answer.status >= 400) expectRefusal(answer);
        statuses.push(answer.status);
      }
    }),
    { numRuns: 250 },
  );

  const refused = statuses.filter((status) => status >= 400);
  expect(refused.length).toBeGreaterThan(20);
  expect(statuses.length - refused.length).toBeGreaterThan(20);
  await expectGoodService();
});
