// Whatever an event holds, a handler answers it: never a throw, never a 5xx while the stores are up, never
// a header that could begin another one.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { routes } from '../../core/topology.ts';
import type { HttpEvent, HttpResult } from '../../lambdas/http-handler.ts';
import { readResult } from '../../local/http-api/answer.ts';
import { contextOf, type Deployed, deploy, SERVICE_KEY } from './deployed.ts';

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});

const KNOWN = [
  '',
  '..',
  '../../etc/passwd',
  '%00',
  '\u0000',
  'a\r\nset-cookie: b=c',
  '\ud800',
  '\udc00A',
  '👩‍👩‍👧',
  '__proto__',
  'constructor',
  'x'.repeat(10_000),
  avatarIdOf('k', '42'),
  '42',
  '3',
  'A.svg',
  '\ud83d.svg',
  'AQADa',
  '150',
  '150.webp',
  '404',
  '*',
  '"AQADa-150"',
  '00000000-0000-4000-8000-000000000000',
];
const text = fc.oneof(fc.constantFrom(...KNOWN), fc.string({ unit: 'binary' }), fc.string());
const values = (...names: string[]) =>
  fc.option(
    fc.record(Object.fromEntries(names.map((name) => [name, text])), { requiredKeys: [] }),
    { nil: undefined },
  );

const profile = fc.record(
  { firstName: text, lastName: text, username: text, photoFileId: text, other: fc.jsonValue() },
  { requiredKeys: [] },
);
const body = fc.oneof(
  text,
  fc.json(),
  profile.map((value) => JSON.stringify(value)),
  fc.record({ firstName: text }).map((value) => JSON.stringify(value)),
  fc.record({ ids: fc.array(text, { maxLength: 110 }) }).map((value) => JSON.stringify(value)),
  fc.base64String(),
  fc.constant(undefined),
);

/** Stands for a sign-in, which only the running system can be told. */
const SIGNED_IN = 'tma';

const events = fc
  .record({
    route: fc.constantFrom(...routes),
    method: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND'),
    path: text,
    pathParameters: values('avatarId', 'photoId', 'file', 'colour', 'userId', 'erasureId'),
    // Without wait, which would have the test wait.
    queryStringParameters: values('size', 'd', 'limit', 'inline', 'warm', '__proto__', 'x'),
    headers: values('if-none-match', 'content-type', 'host'),
    authorization: fc.constantFrom(`Bearer ${SERVICE_KEY}`, SIGNED_IN, 'tma x', ''),
    body,
    isBase64Encoded: fc.boolean(),
  })
  .map(({ route, method, path, headers, authorization, body, ...others }) => {
    const http = {
      method: route.key.split(' ')[1] ? (route.key.split(' ')[0] ?? '') : method,
      path,
    };
    const event = {
      version: '2.0',
      routeKey: route.key,
      rawPath: path,
      rawQueryString: '',
      headers: { ...headers, authorization },
      ...(body !== undefined && { body }),
      requestContext: { http, domainName: 'api.example', routeKey: route.key },
      ...others,
    };
    return { name: route.function, event: event as unknown as HttpEvent };
  });

test('an answer of a handler is one that API Gateway can send, and no failure of ours', async () => {
  await fc.assert(
    fc.asyncProperty(events, async ({ name, event }) => {
      if (event.headers.authorization === SIGNED_IN) {
        event.headers.authorization = `tma ${deployed.signer.signIn({ id: 42 })}`;
      }
      const result = (await deployed.handlers[name](event, contextOf(name))) as HttpResult;

      const { status, headers, body } = readResult(result);
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).toBeLessThan(500);
      for (const value of Object.values(headers)) expect(String(value)).not.toMatch(/[\r\n]/);
      expect(body.toString('utf8')).not.toMatch(/canary|\.ts:\d|node_modules/);
      if (status < 400) return;
      expect(headers['content-type']).toBe('application/problem+json');
      const isHead = event.requestContext.http.method === 'HEAD';
      const problem = { status, title: expect.any(String), detail: expect.any(String) };
      expect(isHead ? body.length : JSON.parse(body.toString('utf8'))).toEqual(
        isHead ? 0 : problem,
      );
    }),
    { numRuns: 500 },
  );
});

test('a registration of anything is a record of just that, or told to be wrong', async () => {
  let known = '';
  const bodies = fc.oneof(
    body,
    profile.map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(bodies, fc.boolean(), async (sent = '', asBase64) => {
      const answer = await deployed.request('PUT', '/api/partner/4711', {
        headers: {
          authorization: `Bearer ${SERVICE_KEY}`,
          'content-type': asBase64 ? 'application/x' : 'application/json',
        },
        body: sent,
      });

      expect([202, 400, 413]).toContain(answer.status);
      if (answer.status !== 202) return;
      const { firstName, lastName } = JSON.parse(sent);
      const { name, urls } = JSON.parse(answer.body.toString('utf8'));
      if (firstName !== undefined) known = lastName ? `${firstName} ${lastName}` : firstName;
      expect(name).toBe(known);
      const shown = await deployed.request('GET', new URL(urls[150]).pathname);
      expect([200, 302]).toContain(shown.status);
    }),
    { numRuns: 150 },
  );
});

test('nothing of it is logged as an error', () => {
  expect(deployed.takeLog()).toBe('');
});
