import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import {
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import files from '../../client/dist/files.json' with { type: 'json' };
import { behaviours, routes } from '../../core/topology.ts';
import type { HttpResult } from '../../lambdas/http-handler.ts';
import { createEdge } from '../../local/edge/edge.ts';
import { createPhotosOrigin } from '../../local/edge/photos-origin.ts';
import type { Handlers } from '../../local/handlers.ts';
import { apiEvent } from '../../local/http-api/event.ts';
import { createHttpApi } from '../../local/http-api.ts';
import { apiFunctions } from '../../local/joints.ts';
import { viewerRequest } from '../local/edge/fixtures.ts';
import { contextOf, type Deployed, deploy } from './deployed.ts';

const { core, sw } = { core: files.client['core.js'], sw: files.client['sw.js'] };
const HASHED = `/client/v1/${core.hashed}`;

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(() => deployed.tidy());

const get = (path: string, headers = {}) => deployed.request('GET', path, { headers });

/** The function as an instance of it starts, which has stored nothing yet. */
async function newInstance(demoPage = 'on'): Promise<Handlers['serveClient']> {
  vi.stubEnv('DEMO_PAGE', demoPage);
  vi.resetModules();
  onTestFinished(() => void vi.unstubAllEnvs());
  return (await import('../../lambdas/serve-client.ts')).handler;
}

/** The same in another release, which does not know this one's names. */
const otherRelease: Handlers['serveClient'] = async () => ({ statusCode: 404 });

/** An edge with nothing in it before the functions of a release, and the bucket. */
function edgeBefore(serveClient: Handlers['serveClient']) {
  const { endpoints, resources } = deployed.world;
  return createEdge({
    behaviours,
    origins: {
      api: createHttpApi({
        routes,
        functions: apiFunctions({ ...deployed.handlers, serveClient }),
      }),
      photos: createPhotosOrigin({ s3Url: endpoints.s3Url, bucketName: resources.bucketName }),
    },
  });
}

const stored = () => deployed.wires.s3.seen.map(({ operation }) => operation.replace(/\?.*/, ''));

async function emptyBucket(): Promise<void> {
  const { clients, resources } = deployed.world;
  const Bucket = resources.bucketName;
  for (const { hashed } of Object.values(files.client)) {
    await clients.s3.send(new DeleteObjectCommand({ Bucket, Key: `client/v1/${hashed}` }));
  }
}

describe('a module', () => {
  test('is this release’s under its own name, for five minutes, with a strong ETag', async () => {
    const answer = await get('/client/v1/core.js');

    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(core.body);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
      etag: `"${core.hashed}"`,
    });
  });

  test('is not sent again to whoever has it', async () => {
    const { headers } = await get('/client/v1/core.js');

    const answers = await Promise.all(
      [`${headers.etag}`, `"other", W/${headers.etag}`, '*'].map((etag) =>
        get('/client/v1/core.js', { 'if-none-match': etag }),
      ),
    );

    for (const { status, body } of answers) expect([status, body.length]).toEqual([304, 0]);
  });

  test('is the same for ever under the name with its hash', async () => {
    const answer = await get(HASHED);

    expect(answer.body.toString()).toBe(core.body);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test.each([
    '/client/v1/core.0000000000000000.js',
    '/client/v1/index.html',
    '/client/v1/constructor',
    '/client/v1/demo.ABCDEFGH.js',
  ])('is told to be nothing where there is none: %s', async (path) => {
    const answer = await get(path);

    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'public, max-age=60',
    });
  });

  test('has a HEAD without a body', async () => {
    const { body, headers } = await deployed.result('HEAD', '/client/v1/core.js');

    expect(body).toBeUndefined();
    expect(headers?.['content-length']).toBe(Buffer.byteLength(core.body));
  });
});

describe('a worker', () => {
  test('may look after the whole origin, and a module may not', async () => {
    const [worker, module] = [await get('/client/v1/sw.js'), await get('/client/v1/core.js')];

    expect(worker.headers['service-worker-allowed']).toBe('/');
    expect(module.headers).not.toHaveProperty('service-worker-allowed');
  });

  test('is there to be imported under the name with its hash', async () => {
    const answer = await get(`/client/v1/${sw.hashed}`);

    expect(answer.body.toString()).toBe(sw.body);
    expect(answer.headers).not.toHaveProperty('service-worker-allowed');
  });
});

describe('a file whose name has its hash', () => {
  beforeEach(emptyBucket);

  test('outlives the release that made it, whichever of its files was asked for', async () => {
    await edgeBefore(await newInstance()).respond(viewerRequest('/client/v1/core.js'));

    const later = await edgeBefore(otherRelease).respond(viewerRequest(HASHED));

    expect(later.status).toBe(200);
    expect(later.body.toString()).toBe(core.body);
    expect(later.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      'timing-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
  });

  test('is given by the bucket, where it is from the first request on', async () => {
    await edgeBefore(await newInstance()).respond(viewerRequest(HASHED));
    const another = edgeBefore(await newInstance());

    await another.respond(viewerRequest(HASHED));

    expect(another.stats().originRequests).toEqual({ photos: 1, api: 0 });
  });

  test('is stored before anything that may name it is given, once, under no other name', async () => {
    const edge = edgeBefore(await newInstance());

    for (const name of ['other.js', 'core.js', 'react.js']) {
      await edge.respond(viewerRequest(`/client/v1/${name}`));
    }

    const { bucketName } = deployed.world.resources;
    const keys = Object.values(files.client).map(({ hashed }) => `client/v1/${hashed}`);
    expect(stored().sort()).toEqual(keys.map((key) => `PUT /${bucketName}/${key}`).sort());
  });

  test.each([
    ['is cut off', async () => 'cut' as const],
    ['is silent', () => new Promise<never>(() => {})],
  ])(
    'is given though the bucket %s, which is told, and stored when it is back',
    async (_, bucket) => {
      const edge = edgeBefore(await newInstance());
      deployed.wires.s3.intercept(bucket);

      const answer = await edge.respond(viewerRequest(HASHED));

      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toBe(core.body);
      expect(deployed.takeLog()).toContain('the files of the client were not stored');
      deployed.wires.s3.untouched();
      await edge.respond(viewerRequest('/client/v1/react.js'));
      expect(stored()).toHaveLength(Object.keys(files.client).length);
    },
  );
});

describe('the demo page', () => {
  const [script = ''] = Object.keys(files.demo).filter((name) => name.endsWith('.js'));

  test('is asked for again each time, runs no script and takes no style but its own, and is framed by Telegram alone', async () => {
    const { status, headers } = await get('/');

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'referrer-policy': 'no-referrer',
    });
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' ${files.inlineStyle}`,
      "img-src 'self' data: blob:",
      "connect-src 'self'",
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self' https://web.telegram.org",
    ]);
  });

  test('loads what never changes under its name', async () => {
    const { status, headers } = await get(`/demo/${script}`);

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('gets this release’s script for another release’s name, for a moment', async () => {
    const { status, headers } = await get('/demo/demo.ZZZZZZZZ.js');

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=60');
  });

  test('has nothing else', async () => {
    expect((await get('/demo/other.js')).status).toBe(404);
  });

  test.each([
    ['GET /', '/'],
    ['GET /demo/{file}', `/demo/${script}`],
  ])('is what is at any other path where nobody wants it: %s', async (routeKey, path) => {
    const handler = await newInstance('off');
    const asked = (key: string) =>
      apiEvent(viewerRequest(path), {
        routeKey: key,
        pathParameters: { file: script },
        nowMs: Date.now(),
      });

    const answered = await handler(asked(routeKey), contextOf('serveClient'));
    const { statusCode, body } = answered as HttpResult;

    const { servePhoto } = deployed.handlers;
    const elsewhere = await servePhoto(asked('$default'), contextOf('servePhoto'));
    expect({ statusCode, body }).toEqual({ statusCode: 404, body: expect.any(String) });
    expect(elsewhere).toMatchObject({ statusCode, body });
  });
});
