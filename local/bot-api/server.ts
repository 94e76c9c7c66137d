// The stand-in Telegram Bot API: a server on loopback that says over HTTP what Telegram would, and
// fails on demand. The order of every call: counted, fault chosen, delayed, answered.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkToken, isToken } from './bot-token.ts';
import { type Call, readTarget } from './call.ts';
import { control } from './control-routes.ts';
import { applyEffect } from './effects.ts';
import { answer, userOf } from './methods.ts';
import { failure, type Reply, send } from './reply.ts';
import { BodyTooLarge, readBody, readParameters, UnreadableBody } from './request-body.ts';
import { createState, type State } from './state.ts';

/** What a stand-in is started with. */
export interface BotApiOptions {
  /** The bot token that it accepts, `<digits>:<secret>`. */
  token: string;
  /** Loopback unless told: whoever reaches the server has its knobs. */
  host?: string | undefined;
  /** 0, a free one, unless told. */
  port?: number | undefined;
  /** Where the users' photos are kept over a restart; nowhere unless told. */
  stateFile?: string | undefined;
  /** The clock in ms, for the hour of a link. */
  now?: (() => number) | undefined;
  /** Waits for some ms or until the signal rejects it; for the latency. */
  wait?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined;
}

/** A running stand-in. */
export interface BotApi {
  /** `http://host:port`, to put where `https://api.telegram.org` would be. */
  readonly apiRoot: string;
  readonly port: number;
  /** Ends at once, answers in flight included. */
  close(): Promise<void>;
}

type Wait = NonNullable<BotApiOptions['wait']>;

/** Starts a stand-in; throws TypeError for a token of the wrong shape, and what listening throws. */
export async function startBotApi(options: BotApiOptions): Promise<BotApi> {
  const { token, host = '127.0.0.1', port = 0, stateFile, now = Date.now } = options;
  const wait = options.wait ?? ((ms, signal) => sleep(ms, undefined, { signal }));
  if (!isToken(token)) throw new TypeError('the token is not of the shape <digits>:<secret>');

  const state = createState(token, stateFile, now);
  const server = createServer((request, response) => {
    serve(state, wait, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;

  return {
    apiRoot: `http://${host}:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  state: State,
  wait: Wait,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(`http://stand-in${request.url}`);
  const contentType = request.headers['content-type'] ?? '';
  const method = request.method ?? 'GET';
  try {
    const body = await readBody(request);
    if (pathname.startsWith('/control/')) {
      return send(response, control(state, { method, pathname, contentType, body }));
    }
    if (method !== 'GET' && method !== 'POST') {
      return send(response, failure(405, 'Method Not Allowed'));
    }
    const target = readTarget(pathname);
    if (target === undefined) return send(response, failure(404, 'Not Found'));
    const parameters = await readParameters(searchParams, body, contentType);
    // A client that has gone already sends no close event: its call would stay in flight for ever.
    if (response.destroyed) return;
    const reply = await reach(state, wait, { ...target, parameters }, response);
    return send(response, reply);
  } catch (error) {
    return send(response, refusal(error));
  }
}

async function reach(
  state: State,
  wait: Wait,
  call: Call,
  response: ServerResponse,
): Promise<Reply> {
  const token = checkToken(call.token, state.token);
  if (token === 'malformed') return failure(404, 'Not Found');

  const userId = userOf(call, state.world());
  const end = state.counters.start(call.name, userId);
  const left = new AbortController();
  response.once('close', () => {
    end();
    left.abort();
  });
  if (token === 'wrong') return failure(401, 'Unauthorized');

  const fault = state.faults.take(call.name, userId);
  const latencyMs = state.latency[call.name] ?? 0;
  if (latencyMs > 0) await wait(latencyMs, left.signal);
  const reply = answer(call, state.world());
  if (fault !== undefined) return applyEffect(fault, reply);
  if (call.name === 'download') countIfWhole(state, call.filePath, response);
  return reply;
}

/** A client that leaves before the last byte is not sent the end. */
function countIfWhole(state: State, filePath: string, response: ServerResponse): void {
  const file = state.world().links.open(filePath);
  if (file) response.once('finish', () => state.counters.downloaded(file.uniqueId));
}

function refusal(error: unknown): Reply {
  if (error instanceof BodyTooLarge) return failure(413, 'Request Entity Too Large');
  if (error instanceof UnreadableBody) return failure(400, "Bad Request: can't parse the request");
  throw error;
}
