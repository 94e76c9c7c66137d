// A proxy in front of an edge, which spoils what goes through it; the doctor sends nothing but GETs.

import { type HttpServer, startHttpServer } from '../../http-server.ts';

/** What is spoilt. */
export interface Breakage {
  /** Changes the headers of an answer. */
  readonly headers?: (headers: Headers) => void;
  /** The body of an answer in place of the real one. */
  readonly body?: (body: Buffer) => Buffer;
  /** How long the answer for a path is held, in milliseconds. */
  readonly holdMs?: (path: string) => number;
  /** No answer ever. */
  readonly hangs?: boolean;
}

/** Starts one before `url`. Its owner ends it. */
export function startBreakingProxy(url: string, breakage: Breakage): Promise<HttpServer> {
  const { headers: change, body: spoil, holdMs = () => 0, hangs } = breakage;
  return startHttpServer(async (request, response) => {
    if (hangs) return;
    const answer = await fetch(url + request.url, { redirect: 'manual' });
    const headers = new Headers(answer.headers);
    headers.delete('content-length');
    change?.(headers);
    const bytes = Buffer.from(await answer.arrayBuffer());
    await new Promise((wake) => setTimeout(wake, holdMs(request.url ?? '')));
    response.writeHead(answer.status, Object.fromEntries(headers));
    response.end(spoil?.(bytes) ?? bytes);
  });
}
