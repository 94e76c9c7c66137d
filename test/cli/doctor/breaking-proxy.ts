// A proxy in front of an edge or of a stand-in for an AWS service, which spoils what goes through it.

import { bodyOf, type HttpServer, startHttpServer } from '../../http-server.ts';

/** What is spoilt. */
export interface Breakage {
  /** Changes the headers of an answer. */
  readonly headers?: (headers: Headers) => void;
  /** Changes the request's path. */
  readonly path?: (path: string) => string;
  /** The body of an answer in place of the real one. */
  readonly body?: (body: Buffer) => Buffer;
  /** How long an answer is held, in milliseconds. */
  readonly holdMs?: number;
  /** No answer ever. */
  readonly hangs?: boolean;
}

/** Starts one before `url`. Its owner ends it. */
export function startBreakingProxy(url: string, breakage: Breakage): Promise<HttpServer> {
  const { headers: change, path = (same) => same, body: spoil, holdMs = 0, hangs } = breakage;
  return startHttpServer(async (request, response) => {
    if (hangs) return;
    const body = await bodyOf(request);
    const answer = await fetch(url + path(request.url ?? '/'), {
      method: request.method ?? 'GET',
      headers: given(request.headers),
      redirect: 'manual',
      ...(body.length > 0 && { body }),
    });
    const headers = new Headers(answer.headers);
    headers.delete('content-length');
    change?.(headers);
    const bytes = Buffer.from(await answer.arrayBuffer());
    await new Promise((wake) => setTimeout(wake, holdMs));
    response.writeHead(answer.status, Object.fromEntries(headers));
    response.end(spoil?.(bytes) ?? bytes);
  });
}

/** The headers of a request but those of its connection. */
function given(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const own = ['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'expect'];
  const kept = Object.entries(headers).filter(([name]) => !own.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
