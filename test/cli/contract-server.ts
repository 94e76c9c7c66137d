// A server that answers the two routes of the import as Cameo does: a photo is there some looks after its
// registration, now and then the fleet pauses, and some partners are refused.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { PAUSED_TITLE } from '../../core/errors.ts';
import { bodyOf, type HttpServer, startHttpServer } from '../http-server.ts';

/** The bearer key that it takes. */
export const KEY = 'a-service-key-of-the-tests';

/** What it does besides answering. */
export interface Conduct {
  /** Looks at a partner until its photo is there. */
  readonly looks?: number;
  /** Every so manieth registration meets a pause of one second. */
  readonly pauseEvery?: number;
  /** The status of a registration that is refused; by default all are taken. */
  readonly refusal?: (userId: string) => number | undefined;
  /** Answers in the place of everything else, if it does. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** A running server and what it has seen. */
export interface ContractServer extends HttpServer {
  /** Registrations that were taken, by user id, with their bodies. */
  readonly registered: ReadonlyMap<string, object[]>;
  readonly pauses: () => number;
  /** The most partners that were pending at the same time. */
  readonly mostPending: () => number;
  /** Ids of each call of resolve. */
  readonly resolved: readonly (readonly string[])[];
}

/** Starts one. Its owner ends it. */
export async function startContractServer(conduct: Conduct = {}): Promise<ContractServer> {
  const { looks = 1, pauseEvery = Infinity, refusal = () => undefined, instead } = conduct;
  const registered = new Map<string, object[]>();
  const looksLeft = new Map<string, number>();
  const resolved: string[][] = [];
  let [puts, pauses, mostPending] = [0, 0, 0];

  const recordOf = (userId: string) => {
    const left = looksLeft.get(userId);
    if (left === undefined) return { id: userId, state: 'unknown' };
    const avatarId = userId.padStart(26, 'a');
    if (left > 0) return { userId, avatarId, state: 'pending', checkedAt: null };
    const state = userId.endsWith('0') ? 'none' : 'stored';
    return { userId, avatarId, state, checkedAt: new Date().toISOString() };
  };

  const register = (userId: string, body: object): [number, object, Record<string, string>?] => {
    puts += 1;
    if (puts % pauseEvery === 0) {
      pauses += 1;
      return [503, { title: PAUSED_TITLE, detail: 'Come back.' }, { 'retry-after': '1' }];
    }
    const status = refusal(userId);
    if (status) return [status, { title: 'Refused', detail: `no ${userId}` }];
    registered.set(userId, [...(registered.get(userId) ?? []), body]);
    looksLeft.set(userId, looksLeft.get(userId) ?? looks);
    mostPending = Math.max(mostPending, [...looksLeft.values()].filter((n) => n > 0).length);
    return [202, recordOf(userId)];
  };

  const resolve = (ids: string[]): [number, object] => {
    resolved.push(ids);
    for (const id of ids) if (looksLeft.has(id)) looksLeft.set(id, (looksLeft.get(id) ?? 0) - 1);
    return [200, { partners: ids.map(recordOf) }];
  };

  const server = await startHttpServer(async (request, response) => {
    if (instead?.(request, response)) return;
    const body = JSON.parse((await bodyOf(request)).toString());
    const [, userId = ''] = /^\/api\/partner\/(\d+)\?warm=1$/.exec(request.url ?? '') ?? [];
    const [status, answer, headers = {}] =
      request.headers.authorization !== `Bearer ${KEY}`
        ? [401, { detail: 'no' }]
        : request.method === 'PUT' && userId
          ? register(userId, body)
          : resolve(body.ids);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(answer));
  });
  return {
    ...server,
    registered,
    resolved,
    pauses: () => pauses,
    mostPending: () => mostPending,
  };
}
