// An edge between a viewer and origins that the test answers for, on a clock that the test moves.
import { behaviours } from '../../../core/topology.ts';
import { createEdge, type EdgeOptions } from '../../../local/edge/edge.ts';
import type { Headers, HttpAnswer, HttpRequest } from '../../../local/edge/message.ts';

/** A viewer's request: `target` is path and query. */
export function viewerRequest(target: string, given: Partial<HttpRequest> = {}): HttpRequest {
  const [path = '/', query = ''] = target.split('?');
  const headers = { host: 'cameo.test:3000' };
  return { method: 'GET', path, query, headers, body: Buffer.alloc(0), sourceIp: '::1', ...given };
}

/** An answer with a body of text. */
export function answer(status: number, headers: Headers, text = ''): HttpAnswer {
  const body = Buffer.from(text);
  return { status, headers: { 'content-length': String(body.length), ...headers }, body };
}

type Reaction = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;

/** An edge with the real behaviours; `api` and `photos` are what its origins say. */
export function edgeBefore(
  api: Reaction,
  given: Partial<EdgeOptions> & { photos?: Reaction } = {},
) {
  const clock = { nowMs: 1_000_000 };
  const seen = { api: [] as HttpRequest[], photos: [] as HttpRequest[] };
  const errors: unknown[] = [];
  const photos = given.photos ?? (() => answer(404, {}));
  const edge = createEdge({
    behaviours,
    now: () => clock.nowMs,
    onError: (error) => errors.push(error),
    ...given,
    origins: {
      api: async (request) => {
        seen.api.push(request);
        return api(request);
      },
      photos: async (request) => {
        seen.photos.push(request);
        return photos(request);
      },
    },
  });
  const get = (target: string, headers: Headers = {}) =>
    edge.respond(viewerRequest(target, { headers: { host: 'cameo.test:3000', ...headers } }));
  return { edge, get, seen, clock, errors };
}

/** An origin's answers that are given when the test says so. */
export function heldAnswers() {
  const waiting: ((answer: HttpAnswer) => void)[] = [];
  const react = () => new Promise<HttpAnswer>((resolve) => waiting.push(resolve));
  return { react, waiting };
}

/** Lets everything run that waits for nothing outside. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
