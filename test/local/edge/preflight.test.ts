// Whether a page of another origin may send what it wants to, judged as a browser does it.
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { apiCors, behaviours, functions, pictureCors, routes } from '../../../core/topology.ts';
import { httpHandler } from '../../../lambdas/http-handler.ts';
import { createEdge } from '../../../local/edge/edge.ts';
import { startEdgeServer } from '../../../local/edge/server.ts';
import { createHttpApi } from '../../../local/http-api.ts';
import { answer, edgeBefore, viewerRequest } from './fixtures.ts';

const AVATAR = '/avatars/pfkqot2rc2pr6zafhwfsyqb5p5';

/** The edge's server before the declared routes, which are answered by the middleware of all functions. */
async function startEdge(): Promise<string> {
  const { timeoutSeconds } = functions.partners;
  const one = { handler: httpHandler({}), timeoutSeconds };
  const names = Object.keys(functions) as (keyof typeof functions)[];
  const all = Object.fromEntries(names.map((name) => [name, one])) as Record<
    keyof typeof functions,
    typeof one
  >;
  const api = createHttpApi({ routes, functions: all });
  const photos = () => Promise.reject(new Error('the bucket is not asked'));
  const server = await startEdgeServer({
    host: '127.0.0.1',
    port: 0,
    edge: createEdge({ behaviours, origins: { api, photos } }),
    onError: () => {},
  });
  onTestFinished(() => server.close());
  return server.url;
}

interface Wanted {
  readonly method: string;
  readonly headers?: readonly string[];
}

async function preflight(url: string, { method, headers = [] }: Wanted) {
  const sent = {
    origin: 'https://mini.test',
    'access-control-request-method': method,
    ...(headers.length > 0 && { 'access-control-request-headers': headers.join(',') }),
  };
  const call = httpRequest(url, { method: 'OPTIONS', headers: sent }).end();
  const [response] = await once(call, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: Number(response.statusCode),
    headers: response.headers as IncomingHttpHeaders,
    body: Buffer.concat(chunks).toString(),
  };
}

/** CORS-preflight fetch of the Fetch standard, for a request without credentials. */
async function browserAllows(url: string, { method, headers = [] }: Wanted): Promise<boolean> {
  const given = await preflight(url, { method, headers });
  const list = (name: string) => String(given.headers[name] ?? '').split(/\s*,\s*/);
  const methods = list('access-control-allow-methods');
  const names = list('access-control-allow-headers').map((name) => name.toLowerCase());
  const isNamed = (name: string) =>
    names.includes(name) || (names.includes('*') && name !== 'authorization');
  return (
    given.status >= 200 &&
    given.status < 300 &&
    given.headers['access-control-allow-origin'] === '*' &&
    (['GET', 'HEAD', 'POST', '*'].includes(method) || methods.includes(method)) &&
    headers.every(isNamed)
  );
}

test.each([
  ['/api/partner/me', 'POST', ['authorization', 'content-type'], true],
  ['/api/partner/me', 'DELETE', ['authorization'], true],
  ['/api/partner/42', 'PUT', ['authorization', 'content-type'], true],
  ['/api/partner/recent?limit=10', 'GET', ['authorization', 'if-none-match'], true],
  ['/api/partner/changes', 'GET', ['if-none-match'], true],
  ['/api/partner/changes', 'GET', ['authorization'], false],
  ['/api/partner/changes', 'PUT', [], false],
  ['/api/partner/me', 'POST', ['x-secret'], false],
  ['/api/partner/me', 'PATCH', [], false],
  [`${AVATAR}/AQADa/64.webp`, 'GET', ['if-none-match', 'range'], true],
  [`${AVATAR}?size=64`, 'GET', ['x-anything'], true],
  ['/api/partner/photo/pfkqot2rc2pr6zafhwfsyqb5p5', 'GET', ['x-anything'], true],
  ['/placeholders/3/AB.svg', 'GET', ['x-anything'], true],
  [AVATAR, 'GET', ['authorization'], false],
  [AVATAR, 'DELETE', [], false],
])(
  'a page of another origin asks %s to take %s with %j: %s',
  async (path, method, headers, may) => {
    const url = await startEdge();

    expect(await browserAllows(url + path, { method, headers })).toBe(may);
  },
);

test('a preflight is a 204 without a body or a length, and says for how long it holds', async () => {
  const url = await startEdge();

  const api = await preflight(`${url}/api/partner/me`, { method: 'POST' });
  const picture = await preflight(`${url}${AVATAR}`, { method: 'GET' });

  for (const { status, headers, body } of [api, picture]) {
    expect([status, body]).toEqual([204, '']);
    expect(headers).not.toHaveProperty('content-length');
    expect(headers['access-control-max-age']).toBe('86400');
  }
  expect(api.headers['access-control-allow-headers']).toBe(apiCors.requestHeaders.join(', '));
  expect(picture.headers['access-control-allow-methods']).toBe(pictureCors.methods.join(', '));
});

test.each([
  ['GET', { origin: 'https://mini.test', 'access-control-request-method': 'POST' }],
  ['OPTIONS', { origin: 'https://mini.test' }],
  ['OPTIONS', { 'access-control-request-method': 'POST' }],
])('a %s with %j is no preflight', async (method, headers) => {
  const { edge } = edgeBefore(() => answer(200, {}));

  for (const target of ['/api/partner/me', '/avatars/a']) {
    const given = await edge.respond(viewerRequest(target, { method, headers }));
    expect(Object.keys(given.headers)).toContain('access-control-allow-origin');
    expect(Object.keys(given.headers)).not.toContain('access-control-allow-methods');
  }
});

test('OPTIONS is never answered from the cache, and tells a picture’s origin nothing of the viewer', async () => {
  const { edge, get, seen } = edgeBefore(({ method }) =>
    answer(method === 'OPTIONS' ? 204 : 200, { 'cache-control': 'max-age=60' }),
  );
  const headers = { origin: 'https://mini.test', cookie: 'a=b' };

  await get('/avatars/a?size=64');
  for (let round = 0; round < 2; round++) {
    await edge.respond(
      viewerRequest('/avatars/a?utm=1&size=64', {
        method: 'OPTIONS',
        headers,
        body: Buffer.from('x'),
      }),
    );
  }
  const kept = await get('/avatars/a?size=64');

  expect(seen.api.slice(1)).toMatchObject([
    { method: 'OPTIONS', query: 'size=64', headers: { 'user-agent': 'Amazon CloudFront' } },
    { method: 'OPTIONS', query: 'size=64', headers: { 'user-agent': 'Amazon CloudFront' } },
  ]);
  expect(Object.keys(seen.api[1]?.headers ?? {})).toEqual(['user-agent']);
  expect(seen.api[1]?.body).toHaveLength(0);
  expect([kept.status, kept.headers['x-cache']]).toEqual([200, 'Hit from cloudfront']);
});

test('an API that is down is no success', async () => {
  const { edge } = edgeBefore(() => Promise.reject(new Error('down')));
  const headers = { origin: 'https://mini.test', 'access-control-request-method': 'POST' };

  const given = await edge.respond(
    viewerRequest('/api/partner/me', { method: 'OPTIONS', headers }),
  );

  expect(given.status).toBe(502);
  expect(given.headers['x-cache']).toBe('Error from cloudfront');
});
