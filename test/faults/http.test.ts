// Whatever an event holds, a handler answers it: never a throw, never a 5xx while the stores are up, never
// a header that could begin another one.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import files from '../../client/dist/files.json' with { type: 'json' };
import type { Lease } from '../../core/lease.ts';
import { placeholderSvg } from '../../core/placeholder-svg.ts';
import { SIZES } from '../../core/sizes.ts';
import { routes } from '../../core/topology.ts';
import type { HttpResult } from '../../lambdas/http-handler.ts';
import type { HttpAnswer } from '../../local/edge/message.ts';
import { readResult } from '../../local/http-api/answer.ts';
import { contextOf, type Deployed, deploy, SERVICE_KEY } from '../lambdas/deployed.ts';
import { hostileName, markupOf } from '../svg.ts';
import { HOSTILE_TEXTS, hostileEvents, type Known, registrations } from './http-events.ts';

const PHOTO_ID = 'AQADa';

let deployed: Deployed;
let known: Known;
beforeAll(async () => {
  deployed = await deploy();
  const { table, bucket, erasures, join } = deployed.world;
  const { avatarId } = await join(42);
  await join(47);
  const nowMs = Date.now();
  const times = { nowMs, untilMs: nowMs + 1_000, checkedBeforeMs: nowMs };
  const lease = (await table.acquireLease(avatarId, { owner: 'worker', ...times })) as Lease;
  for (const size of SIZES) {
    await bucket.put({ avatarId, photoId: PHOTO_ID, size }, Buffer.from('a picture'));
  }
  await table.commit(lease, { photoId: PHOTO_ID, lqip: 'l' }, nowMs, nowMs);
  const erasureId = '00000000-0000-4000-8000-000000000000';
  await erasures.begin({ erasureId, requestedAtMs: nowMs, expiresAtMs: nowMs + 100_000 });
  const signIn = () => deployed.signer.signIn({ id: 44 });
  known = { avatarId, photoId: PHOTO_ID, erasureId, signIn };
  return deployed.stop;
});

const HEADERS = new Set([
  'cache-control',
  'content-length',
  'content-security-policy',
  'content-type',
  'etag',
  'location',
  'referrer-policy',
  'retry-after',
  'server-timing',
  'service-worker-allowed',
  'www-authenticate',
  'x-avatar',
  'x-request-id',
  'x-response-time',
]);

// Of our own site, and nothing that a browser could take for another one.
const LOCATION =
  /^\/(avatars\/[a-z2-7]{26}(\?size=\d+)?|placeholders\/[0-6]\/[\w%-]+\.svg|api\/partner\/erasures\/[\da-f-]{36})$/;

const INNER = /canary|\.ts:\d|node_modules|\n {4}at |Exception|arn:aws|127\.0\.0\.1/;

// What a browser runs, React among it, which has a line that looks like one of a stack.
const PUBLIC = new Set(
  [files.client, files.demo].flatMap((folder) => Object.values(folder).map(({ body }) => body)),
);

/** What every answer keeps, whatever was asked. */
function expectLawful(method: string, { status, headers, body }: HttpAnswer): void {
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
  for (const [name, value] of Object.entries(headers)) {
    expect(HEADERS).toContain(name);
    expect(String(value)).toMatch(/^[\x20-\x7e]*$/);
  }
  if (headers.location !== undefined) expect(headers.location).toMatch(LOCATION);
  const text = body.toString('utf8');
  if (!PUBLIC.has(text)) expect(text).not.toMatch(INNER);
  if (status >= 400) expectProblem(method, { status, headers, body });
}

function expectProblem(method: string, { status, headers, body }: HttpAnswer): void {
  expect(headers['content-type']).toBe('application/problem+json');
  // What was wrong is shown, but not all of it.
  expect(body.length).toBeLessThan(1_000);
  const told = method === 'HEAD' ? body.length : JSON.parse(body.toString('utf8'));
  const problem = { status, title: expect.any(String), detail: expect.any(String) };
  expect(told).toEqual(method === 'HEAD' ? 0 : problem);
}

test('fault 42: an answer of a handler is one that API Gateway can send, and no failure of ours', async () => {
  const answered = new Map<string, number[]>(routes.map(({ key }) => [key, []]));
  await fc.assert(
    fc.asyncProperty(hostileEvents(known), async ({ name, event }) => {
      const result = (await deployed.handlers[name](event, contextOf(name))) as HttpResult;

      const answer = readResult(result);
      expectLawful(event.requestContext.http.method, answer);
      answered.get(event.routeKey)?.push(answer.status);
    }),
    { numRuns: 1_500 },
  );

  expectReached(answered);
  expect(deployed.takeLog()).toBe('');
});

/** A fuzz that is refused at the door tests the door alone: each route has to have done its work. */
function expectReached(answered: ReadonlyMap<string, readonly number[]>): void {
  const granted = (statuses: readonly number[]) => statuses.filter((status) => status < 400);
  for (const [key, statuses] of answered) {
    // Of about ninety; nothing but OPTIONS is granted by $default.
    const least = key === '$default' ? 1 : 3;
    expect(granted(statuses).length, `granted by ${key}`).toBeGreaterThanOrEqual(least);
  }
  const all = [...answered.values()].flat();
  expect(granted(all).length / all.length).toBeGreaterThan(0.25);
}

test('fault 42: nor is anything in one place of a path, where all else is right', async () => {
  const right = new Map(
    Object.entries({ ...known, file: '150.webp', colour: '0', userId: '45' }).map(
      ([name, value]) => [name, String(value)],
    ),
  );
  const headers = { authorization: `Bearer ${SERVICE_KEY}` };
  for (const { key } of routes) {
    const [method = '', path = ''] = key.split(' ');
    for (const [place] of path.matchAll(/\{\w+\}/g)) {
      for (const text of HOSTILE_TEXTS) {
        const target = path
          .replace(place, () => encodeURIComponent(text.toWellFormed()))
          .replace(/\{(\w+)\}/g, (_, name) => right.get(name) ?? '');
        expectLawful(method, await deployed.request(method, target, { headers, body: '{}' }));
      }
    }
  }

  expect(deployed.takeLog()).toBe('');
});

/** Registers user 4711 with this body, as whoever has the service key. */
const register = (body: string, contentType = 'application/json') =>
  deployed.request('PUT', '/api/partner/4711', {
    headers: { authorization: `Bearer ${SERVICE_KEY}`, 'content-type': contentType },
    body,
  });

const record = ({ body }: HttpAnswer) => JSON.parse(body.toString('utf8'));

test('fault 42: a registration of anything is a record of just that, or told to be wrong', async () => {
  let name = '';
  await fc.assert(
    fc.asyncProperty(registrations, fc.boolean(), async (sent, asBase64) => {
      const answer = await register(sent, asBase64 ? 'application/x' : undefined);

      expect([202, 400, 413]).toContain(answer.status);
      if (answer.status !== 202) return;
      const { firstName, lastName } = JSON.parse(sent);
      if (firstName !== undefined) name = lastName ? `${firstName} ${lastName}` : firstName;
      expect(record(answer).name).toBe(name);
    }),
    { numRuns: 150 },
  );
});

test('fault 42: a partner of any name has a placeholder, which shows the initials as text and nothing else', async () => {
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(hostileName, hostileName, async (firstName, lastName) => {
      const registered = await register(JSON.stringify({ firstName, lastName }));
      if (registered.status !== 202) return;
      const { avatarId, name, initials, colour } = record(registered);
      // DynamoDB could not keep it otherwise, though the emulator does.
      expect(name.isWellFormed()).toBe(true);
      expect(name).toBe(lastName ? `${firstName} ${lastName}` : firstName);
      const { headers } = await deployed.request('GET', `/avatars/${avatarId}`);

      const answer = await deployed.request('GET', String(headers.location));

      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'image/svg+xml',
        'content-security-policy': "default-src 'none'; sandbox",
      });
      expect(markupOf(answer.body.toString('utf8'))).toEqual({
        tags: markupOf(placeholderSvg(colour, initials && 'A')).tags,
        texts: initials ? [initials] : [],
      });
      shown += initials ? 1 : 0;
    }),
    { numRuns: 150 },
  );

  expect(shown).toBeGreaterThan(30);
});
