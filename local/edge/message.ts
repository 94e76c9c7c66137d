// A request and an answer as values: what the edge, its origins and the page hand to each other, so that
// only the server and the photos origin know about sockets.

/** Header fields by lower-case name. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request; `path` is as the viewer wrote it, still encoded, and `query` lacks its question mark. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Headers;
  readonly body: Buffer;
  /** The viewer's address. */
  readonly sourceIp: string;
}

/** An answer; the body of an answer to HEAD is empty, whatever its content-length says. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Whatever answers requests; a rejection means that there was no answer at all. */
export type Origin = (request: HttpRequest) => Promise<HttpAnswer>;

/** A body with nothing in it. */
export const NO_BODY = Buffer.alloc(0);

/** One field as text, repeats joined by commas; undefined if it is not there. */
export function headerText(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

/** An answer of our own about a request that went wrong, as problem+json (RFC 9457) with no inner detail. */
export function problem(status: number, title: string, headers: Headers = {}): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ type: 'about:blank', title, status }));
  const type = { 'content-type': 'application/problem+json', 'content-length': `${body.length}` };
  return { status, headers: { 'cache-control': 'no-store', ...type, ...headers }, body };
}
