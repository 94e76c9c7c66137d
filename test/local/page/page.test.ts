import { globSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../local/edge/message.ts';
import { type Action, ActionRefused } from '../../../local/page/action.ts';
import { createPage } from '../../../local/page/page.ts';
import type { Status } from '../../../local/page/status.ts';
import { viewerRequest as requestWithoutHost } from '../edge/fixtures.ts';

const edge = {
  requests: 0,
  hits: 0,
  misses: 0,
  refreshHits: 0,
  errors: 0,
  originRequests: { api: 0, photos: 0 },
  entries: 0,
  bytes: 0,
};
const depth = { visible: 0, inFlight: 0, delayed: 0, deadLetters: 0 };
const status: Status = {
  version: '1.2.3',
  uptimeSeconds: 1,
  process: { rssBytes: 2, heapUsedBytes: 1, openHandles: { Timeout: 1 } },
  partners: [],
  queues: { fetch: depth, warm: depth, erase: depth },
  schedules: {
    warm: { state: 'idle', lastRun: null, nextRunAtMs: 0, everyMinutes: 5, deadLetters: 0 },
  },
  pausedUntilMs: null,
  telegram: null,
  edge,
  examples: ['curl http://127.0.0.1:3000'],
};
const pressed: unknown[] = [];
const actions = new Map<string, Action>([
  [
    '/local/press',
    async (input) => {
      if (input === 'too hard') throw new ActionRefused('Press more softly');
      pressed.push(input);
      return { done: true };
    },
  ],
]);
const page = createPage({ status: async () => status, actions, host: '127.0.0.1' });

const viewerRequest = (path: string, { headers, ...rest }: Partial<HttpRequest> = {}) =>
  requestWithoutHost(path, { headers: { host: '127.0.0.1:8787', ...headers }, ...rest });

const SCRIPTS = globSync('*.js', { cwd: 'local/page' }).map((file) => `/local/${file}`);

test('the page and all that it links to come from here, under a policy without inline scripts', async () => {
  const html = (await page(viewerRequest('/local/')))?.body.toString() ?? '';
  // But for the demo page, which the edge has.
  const links = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, link]) => link ?? '');

  expect(links.length).toBeGreaterThan(2);
  for (const link of ['/local/', ...SCRIPTS, ...links]) {
    const answer = await page(viewerRequest(link));

    expect(answer?.status).toBe(200);
    expect(answer?.headers['content-security-policy']).toMatch(/^default-src 'self'; img-src/);
    expect(answer?.headers['content-length']).toBe(String(answer?.body.length));
  }
  expect(html).not.toMatch(/<script(?![^>]*src=)|style=|\son\w+=/);
});

test('no file of the page can make markup of text, and each imports what is served', async () => {
  for (const file of SCRIPTS) {
    const script = (await page(viewerRequest(file)))?.body.toString() ?? '';
    const imported = [...script.matchAll(/from '\.(\/[^']+)'/g)].map(([, path]) => `/local${path}`);

    expect(SCRIPTS).toEqual(expect.arrayContaining(imported));
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(/);
  }
});

test('the status is JSON that nobody keeps and no other site can read', async () => {
  const answer = await page(viewerRequest('/local/status'));

  expect(JSON.parse(answer?.body.toString() ?? '')).toEqual(status);
  expect(answer?.headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/json',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(answer?.headers).not.toHaveProperty('access-control-allow-origin');
});

test('a viewer who has the page is not sent it again', async () => {
  const first = await page(viewerRequest('/local/'));
  const headers = { 'if-none-match': first?.headers.etag };

  expect((await page(viewerRequest('/local/', { headers })))?.status).toBe(304);
});

test.each([
  ['GET', '/local/../page.ts', 404],
  ['GET', '/local/status.ts', 404],
  ['POST', '/local/status', 405],
])('%s %s is refused', async (method, path, expected) => {
  expect((await page(viewerRequest(path, { method })))?.status).toBe(expected);
});

test.each(['/', '/avatars/a', '/api/partner/recent', '/locally', '//', '/index.html'])(
  '%s is not its own',
  (path) => {
    expect(page(viewerRequest(path))).toBeUndefined();
  },
);

test('a name that a web page made to point here gets nothing to read', async () => {
  for (const host of ['evil.example:8787', '127.0.0.1.evil.example', '', 'a b']) {
    const answer = await page(viewerRequest('/local/status', { headers: { host } }));
    expect(answer?.status).toBe(421);
    expect(answer?.body.toString()).not.toContain('partners');
  }
  for (const host of ['localhost:8787', '[::1]:8787', '127.0.0.1']) {
    expect((await page(viewerRequest('/local/', { headers: { host } })))?.status).toBe(200);
  }
});

test('the IPv6 address of this machine is guarded like the IPv4 one', async () => {
  const ours = createPage({ status: async () => status, actions, host: '::1' });

  const answer = await ours(viewerRequest('/local/', { headers: { host: 'evil.example' } }));

  expect(answer?.status).toBe(421);
});

test('on an address for others any name will do', async () => {
  const shared = createPage({ status: async () => status, actions, host: '0.0.0.0' });

  const answer = await shared(viewerRequest('/local/', { headers: { host: 'cameo.example' } }));

  expect(answer?.status).toBe(200);
});

describe('a button', () => {
  beforeEach(() => {
    pressed.length = 0;
  });
  const ours = { 'x-cameo-local': '1' };

  test('does what it says, and nobody keeps the answer', async () => {
    const body = Buffer.from('"softly"');
    const answer = await page(
      viewerRequest('/local/press', { method: 'POST', headers: ours, body }),
    );

    expect(answer?.status).toBe(200);
    expect(JSON.parse(answer?.body.toString() ?? '')).toEqual({ done: true });
    expect(answer?.headers['cache-control']).toBe('no-store');
    expect(pressed).toEqual(['softly']);
  });

  test.each([
    ['"too hard"', 'Press more softly'],
    ['{', 'The body is not JSON'],
  ])('that does not take %s says why', async (text, title) => {
    const body = Buffer.from(text);
    const answer = await page(
      viewerRequest('/local/press', { method: 'POST', headers: ours, body }),
    );

    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer?.body.toString() ?? '')).toMatchObject({ title });
  });

  test.each([
    ['a form of another site, which cannot send the header', 'POST', {}, 403],
    ['a link or an image', 'GET', ours, 405],
    ["the browser's question on behalf of another site's script", 'OPTIONS', {}, 405],
    ['a name that was made to point here', 'POST', { ...ours, host: 'evil.example' }, 421],
  ])('is not pressed by %s', async (_, method, headers, expected) => {
    const answer = await page(viewerRequest('/local/press', { method, headers }));

    expect(answer?.status).toBe(expected);
    expect(Object.keys(answer?.headers ?? {}).join()).not.toContain('access-control');
    expect(pressed).toEqual([]);
  });
});
