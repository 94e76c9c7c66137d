// An answer as a value, so that a fault can change it before it is sent: its status, its body, and
// whether the body ends as HTTP promises.
import type { ServerResponse } from 'node:http';

/**
 * How a body breaks off: `cut` and `stall` after its first half (closed, or silent for ever), `hang`
 * before the first byte, and `endless` goes on until the client goes away.
 */
export type Ending = 'cut' | 'stall' | 'hang' | 'endless';

/** One answer; `result` is what its JSON body says, where it says any. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly result?: unknown;
  readonly ending?: Ending;
}

const FILLER = Buffer.alloc(64 * 1024);

/** Any JSON with any status. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** A method's success. */
export function success(result: unknown): Reply {
  return { ...json(200, { ok: true, result }), result };
}

/** A failure as the Bot API words it; `retryAfter` is in seconds if it is sane. */
export function failure(code: number, description: string, retryAfter?: number | string): Reply {
  const body = { ok: false, error_code: code, description };
  if (retryAfter === undefined) return json(code, body);
  return json(
    code,
    { ...body, parameters: { retry_after: retryAfter } },
    { 'retry-after': String(retryAfter) },
  );
}

/** Bytes of a type, downloaded under a name if one is given. */
export function bytes(body: Buffer, type: string, attachment?: string): Reply {
  const headers = { 'content-type': type };
  if (attachment === undefined) return { status: 200, headers, body };
  const disposition = { 'content-disposition': `attachment; filename=${attachment}` };
  return { status: 200, headers: { ...headers, ...disposition }, body };
}

/** Sends an answer to its ending; for `stall`, `hang` and `endless` that is the client's leaving. */
export function send(response: ServerResponse, reply: Reply): void {
  const { status, headers, body, ending } = reply;
  if (ending === 'hang') return;
  if (ending === 'endless') {
    response.writeHead(status, headers);
    sendForever(response, body);
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': body.length });
  if (ending === undefined) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, body.length / 2), () => {
    if (ending === 'cut') response.destroy();
  });
}

/** A write says false when the client reads too slowly or has gone, so this never spins. */
function sendForever(response: ServerResponse, start: Buffer): void {
  const more = () => {
    while (response.write(FILLER));
  };
  response.on('drain', more);
  response.write(start);
  more();
}
