// The operator's page at `/local/`: a few files read once, the status that they show, and what buttons do, those of
// the demo page too. It is of this machine, so no other site may frame it, read it, press a button or lend it a script.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { notModified, viewerHas } from '../edge/conditional.ts';
import { type HttpAnswer, type HttpRequest, headerText, problem } from '../edge/message.ts';
import { isLoopback } from '../loopback.ts';
import { type Action, ActionRefused } from './action.ts';
import type { Status } from './status.ts';

const FILES = {
  '/local/': ['index.html', 'text/html; charset=utf-8'],
  '/local/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/local/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/local/view.js': ['view.js', 'text/javascript; charset=utf-8'],
  '/local/dom.js': ['dom.js', 'text/javascript; charset=utf-8'],
  '/local/person.js': ['person.js', 'text/javascript; charset=utf-8'],
  '/local/local-request.js': ['local-request.js', 'text/javascript; charset=utf-8'],
  '/local/you.js': ['you.js', 'text/javascript; charset=utf-8'],
  '/favicon.svg': ['favicon.svg', 'image/svg+xml'],
} as const;

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const ACTION_HEADER = 'x-cameo-local';

/** What a page is made of. */
export interface PageOptions {
  readonly status: () => Promise<Status>;
  /** By path under `/local/`. */
  readonly actions: ReadonlyMap<string, Action>;
  /** The address that the server listens on. */
  readonly host: string;
}

/** Makes the page: undefined for a path that is not its own, which are the logo and `/local/`. */
export function createPage({ status, actions, host }: PageOptions) {
  const files = new Map<string, HttpAnswer>();
  for (const [path, [file, type]] of Object.entries(FILES)) files.set(path, readPart(file, type));

  // On this machine alone, only its own names lead here: any other is a web page's, made to point at us
  // (DNS rebinding), and would read the names of the partners.
  const isPrivate = isLoopback(host.includes(':') ? `[${host}]` : host);
  const mayAsk = (asked: string | undefined) => !isPrivate || isLoopback(hostnameOf(asked));

  async function respond(request: HttpRequest): Promise<HttpAnswer> {
    if (!mayAsk(headerText(request.headers, 'host'))) {
      return problem(421, 'Misdirected Request', SECURITY_HEADERS);
    }
    const act = actions.get(request.path);
    if (act) return actionAnswer(request, act);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return problem(405, 'Method Not Allowed', { allow: 'GET, HEAD', ...SECURITY_HEADERS });
    }
    if (request.path === '/local/status') return jsonAnswer(await status());
    const file = files.get(request.path);
    if (file === undefined) return problem(404, 'Not Found', SECURITY_HEADERS);
    return viewerHas(request, file) ? notModified(file.headers) : file;
  }

  return (request: HttpRequest): Promise<HttpAnswer> | undefined => {
    const { path } = request;
    return files.has(path) || path.startsWith('/local/') ? respond(request) : undefined;
  };
}

function hostnameOf(host = ''): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

function readPart(file: string, type: string): HttpAnswer {
  const body = readFileSync(new URL(file, import.meta.url));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  // Asked for again each time, so that an update of the checkout is seen at once.
  return answer(body, type, { 'cache-control': 'no-cache', etag });
}

/**
 * A form of another site cannot send a header of our own, and a script of it would have to ask first, which
 * nothing here answers (Fetch standard, CORS-preflight).
 */
async function actionAnswer(request: HttpRequest, act: Action): Promise<HttpAnswer> {
  if (request.method !== 'POST') {
    return problem(405, 'Method Not Allowed', { allow: 'POST', ...SECURITY_HEADERS });
  }
  if (request.headers[ACTION_HEADER] !== '1') {
    return problem(403, `Send the header ${ACTION_HEADER}: 1`, SECURITY_HEADERS);
  }
  try {
    return jsonAnswer(await act(readInput(request.body)));
  } catch (error) {
    if (error instanceof ActionRefused) return problem(400, error.message, SECURITY_HEADERS);
    throw error;
  }
}

function readInput(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ActionRefused('The body is not JSON');
  }
}

function jsonAnswer(value: object): HttpAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return answer(body, 'application/json', { 'cache-control': 'no-store' });
}

function answer(body: Buffer, type: string, headers: Record<string, string>): HttpAnswer {
  const content = { 'content-type': type, 'content-length': String(body.length) };
  return { status: 200, headers: { ...content, ...headers, ...SECURITY_HEADERS }, body };
}
