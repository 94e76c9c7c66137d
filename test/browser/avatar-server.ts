// A Cameo for one page: it serves the built client, the API and real pictures, counts what it is asked, and can stall, refuse,
// change photos and go away. A person is a userId; what is not added is unknown.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { DIST } from '../../build/client-bundles.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import {
  currentPath,
  type PhotoVersion,
  parsePhotoVersion,
  versionedPath,
} from '../../core/avatar-url.ts';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { peerColourOf } from '../../core/peer-colour.ts';
import { DEFAULT_SIZE, parseSize, SIZES, type Size } from '../../core/sizes.ts';
import { bodyOf } from '../http-server.ts';

/** Answers a request instead of the server, where it returns true. */
type Interception = (
  request: IncomingMessage,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/** A request as it was counted. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** The ids of a `resolve`. */
  readonly ids: readonly string[];
  readonly authorization: string | undefined;
}

/** The server of a test. */
export interface AvatarServer {
  readonly url: string;
  /** Everything but the page and its scripts, in the order of arrival. */
  readonly asked: Asked[];
  /** The calls of `resolve`. */
  resolves(): Asked[];
  /** The requests of pictures. */
  pictures(): Asked[];
  /** Gives somebody a photo, another one, `null` for none, or `undefined` for one that is on its way. */
  setPhoto(userId: string, photoId: string | null | undefined): void;
  remove(userId: string): void;
  /** The record as the API would tell it now. */
  record(userId: string): PartnerRecord;
  /** A photo as a data URI. */
  inline(photoId: string, size: Size): Promise<string>;
  /** Looks at each request first; `undefined` ends that. */
  intercept(interception: Interception | undefined): void;
  /** Goes away for real: connections are cut, and the port is closed. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const URL_KEY = 'k';
// What is loaded by a name that never changes is on the disk without its hash.
const HASH = /\.[0-9a-f]{16}\./;
const PAGE = `<!doctype html><meta charset="utf-8"><title>Avatars</title>
<script type="module">
  import { createAvatarClient } from '/core.js';
  window.createAvatarClient = createAvatarClient;
</script>`;
const LQIP = 'data:image/webp;base64,UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==';

/** Starts a server on a port of its own, which it keeps when it is stopped and started again. */
export async function startAvatarServer(): Promise<AvatarServer> {
  const photos = new Map<string, string | null | undefined>();
  const checkedAtMs = new Map<string, number>();
  const asked: Asked[] = [];
  let interception: Interception | undefined;
  let port = 0;
  let clockMs = Date.parse('2026-01-01');

  const userIdOf = (id: string) =>
    [...photos.keys()].find((userId) => userId === id || avatarIdOf(URL_KEY, userId) === id);

  const record = (userId: string): PartnerRecord => {
    const avatarId = avatarIdOf(URL_KEY, userId);
    const photoId = photos.get(userId);
    const pathOf = (size: Size) =>
      photoId ? versionedPath({ avatarId, photoId, size }) : currentPath(avatarId, size);
    const checked = checkedAtMs.get(userId);
    return {
      userId,
      avatarId,
      photoId: photoId ?? null,
      state: photoId ? 'stored' : photoId === null ? 'none' : 'pending',
      urls: Object.fromEntries(
        SIZES.map((size) => [size, server.url + pathOf(size)]),
      ) as PartnerRecord['urls'],
      lqip: photoId ? LQIP : null,
      name: `Name of ${userId}`,
      username: null,
      initials: 'N',
      colour: peerColourOf(userId),
      checkedAt: checked === undefined ? null : new Date(checked).toISOString(),
    };
  };

  const answerIds = (response: ServerResponse, ids: readonly string[]) => {
    const partners = ids.map((id) => {
      const userId = userIdOf(id);
      return userId ? record(userId) : { id, state: 'unknown' };
    });
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ partners }));
  };

  const answerVersion = async (response: ServerResponse, version: PhotoVersion | undefined) => {
    if (!version) return void response.writeHead(404).end();
    const { avatarId, photoId, size } = version;
    if (photos.get(userIdOf(avatarId) ?? '') === photoId) {
      return sendPhoto(response, photoId, size, 'max-age=31536000, immutable');
    }
    response.writeHead(302, { location: currentPath(avatarId, size) }).end();
  };

  const answerCurrent = async (
    response: ServerResponse,
    avatarId: string,
    size: Size,
    notFound: boolean,
  ) => {
    const userId = userIdOf(avatarId);
    const photoId = userId && photos.get(userId);
    if (photoId) return sendPhoto(response, photoId, size, 'max-age=300');
    const isNone = photoId === null;
    response.setHeader('x-avatar', userId ? (isNone ? 'none' : 'pending') : 'unknown');
    if (notFound) return void response.writeHead(404).end();
    response.setHeader('content-type', 'image/svg+xml').end('<svg/>');
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (answerPage(response, pathname)) return;
    const body = (await bodyOf(request)).toString();
    const ids: string[] = body ? JSON.parse(body).ids : [];
    asked.push({
      method: request.method ?? '',
      path: request.url ?? '',
      ids,
      authorization: request.headers.authorization,
    });
    if (await interception?.(request, response)) return;
    if (pathname === '/api/partner/resolve') return answerIds(response, ids);
    const [, , avatarId = '', photoId, file = ''] = pathname.split('/');
    if (photoId) return answerVersion(response, parsePhotoVersion(avatarId, photoId, file));
    const size = parseSize(searchParams.get('size') ?? '') ?? DEFAULT_SIZE;
    return answerCurrent(response, avatarId, size, searchParams.get('d') === '404');
  };

  const http = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });

  const server: AvatarServer = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    asked,
    resolves: () => asked.filter(({ path }) => path === '/api/partner/resolve'),
    pictures: () => asked.filter(({ path }) => path.startsWith('/avatars/')),
    setPhoto(userId, photoId) {
      photos.set(userId, photoId);
      clockMs += 1000;
      if (photoId !== undefined) checkedAtMs.set(userId, clockMs);
    },
    remove(userId) {
      photos.delete(userId);
    },
    record,
    async inline(photoId, size) {
      return `data:image/webp;base64,${(await photo(photoId, size)).toString('base64')}`;
    },
    intercept(next) {
      interception = next;
    },
    stop: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
    start: () =>
      new Promise((done) => {
        http.listen(port, '127.0.0.1', () => {
          port = (http.address() as AddressInfo).port;
          done();
        });
      }),
  };
  await server.start();
  return server;
}

function answerPage(response: ServerResponse, pathname: string): boolean {
  const isScript = pathname.endsWith('.js');
  if (pathname !== '/' && !isScript) return false;
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  if (HASH.test(pathname)) response.setHeader('cache-control', 'max-age=31536000, immutable');
  response.end(isScript ? readFileSync(`${DIST}served${pathname.replace(HASH, '.')}`) : PAGE);
  return true;
}

async function sendPhoto(
  response: ServerResponse,
  photoId: string,
  size: Size,
  cacheControl: string,
): Promise<void> {
  const webp = await photo(photoId, size);
  response
    .writeHead(200, {
      'content-type': 'image/webp',
      'content-length': webp.length,
      'cache-control': cacheControl,
      etag: `"${photoId}-${size}"`,
      'x-avatar': 'hit',
      'x-cache': 'Miss from cloudfront',
    })
    .end(webp);
}

const rendered = new Map<string, Promise<Buffer>>();

/** A square of a colour that the photoId makes. */
function photo(photoId: string, size: Size): Promise<Buffer> {
  const key = `${photoId} ${size}`;
  const [r = 0, g = 0, b = 0] = Buffer.from(photoId.padEnd(3, '~'));
  const background = { r: (r * 7) % 256, g: (g * 5) % 256, b: (b * 3) % 256 };
  const found =
    rendered.get(key) ??
    sharp({ create: { width: size, height: size, channels: 3, background } })
      .webp()
      .toBuffer();
  rendered.set(key, found);
  return found;
}
