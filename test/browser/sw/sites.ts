// A page's own server and a CDN on another port, both real: what reaches them is counted, and they really stop.

import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import { DIST } from '../../../build/client-bundles.ts';
import { type HttpServer, startHttpServer } from '../../http-server.ts';

/** What a path is answered with. */
export interface Content {
  readonly body: string | Buffer;
  readonly type: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer waits for it. */
  readonly after?: Promise<unknown>;
}

/** A server whose files the test changes while it runs. */
export interface Site extends HttpServer {
  /** By path, with its query. */
  readonly files: Map<string, Content>;
  /** How often a path was asked for. */
  count(path: string): number;
}

/** Without the HTTP cache, so that whatever comes without a request came from the worker. */
const EACH_TIME = { 'cache-control': 'no-cache' };
/** As the edge says it of pictures. */
const READABLE = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag, x-avatar',
  'timing-allow-origin': '*',
  etag: '"photo-150"',
  'x-avatar': 'photo',
};

async function startSite(ofAny: Readonly<Record<string, string>> = {}): Promise<Site> {
  const files = new Map<string, Content>();
  const answer = async ({ url = '' }: IncomingMessage, response: ServerResponse) => {
    const content = files.get(url);
    await content?.after;
    const { body, type, status, headers } = content ?? { body: 'none', type: 'text/plain' };
    response.writeHead(status ?? (content ? 200 : 404), {
      'content-type': type,
      ...EACH_TIME,
      ...ofAny,
      ...headers,
    });
    response.end(body);
  };
  const server = await startHttpServer(answer);
  onTestFinished(() => server.close());
  const count = (path: string) => server.requests.filter((line) => line === `GET ${path}`).length;
  return { ...server, files, count };
}

/** 150 px of a face's worth of detail: about 5 KB. */
const picture = await sharp({
  create: {
    width: 150,
    height: 150,
    channels: 3,
    background: '#808080',
    noise: { type: 'gaussian', mean: 128, sigma: 12 },
  },
})
  .webp()
  .toBuffer();

/** A picture, as the CDN serves it. */
export const webp: Content = { body: picture, type: 'image/webp' };

/** A script. */
export function script(body: string): Content {
  return { body, type: 'text/javascript' };
}

/** A page. */
export function html(body: string): Content {
  return { body: `<!doctype html>${body}`, type: 'text/html' };
}

/** What the build made of a worker. */
export function built(name: 'sw.js' | 'sw-off.js'): string {
  return readFileSync(`${DIST}served/${name}`, 'utf8');
}

/** Path of the picture that the n-th partner has. */
export function picturePath(n: number, photoId = 'AQADphoto', size = 150): string {
  const letters = [...n.toString(32)].map(
    (digit) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(digit, 32)],
  );
  return `/avatars/${letters.join('').padStart(26, 'a')}/${photoId}/${size}.webp`;
}

/** Both servers, with the one line that a page of another origin needs, and a page that registers it. */
export async function startSites(): Promise<{ readonly app: Site; readonly cdn: Site }> {
  const [app, cdn] = await Promise.all([startSite(), startSite(READABLE)]);
  cdn.files.set('/client/v1/sw.js', script(built('sw.js')));
  cdn.files.set('/client/v1/sw-off.js', script(built('sw-off.js')));
  app.files.set('/sw.js', script(`importScripts('${cdn.url}/client/v1/sw.js');`));
  app.files.set('/', html('<title>App</title><script type="module" src="/app.js"></script>'));
  app.files.set('/app.js', script('document.title += " runs";'));
  for (let n = 0; n < 3; n += 1) cdn.files.set(picturePath(n), webp);
  return { app, cdn };
}
