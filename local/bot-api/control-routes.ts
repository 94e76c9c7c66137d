// The routes under `/control`, which the real server does not have: the knobs of the stand-in.
// README.md has the table of them.
import { isToken } from './bot-token.ts';
import { isCallName } from './call.ts';
import { type ControlHandler, type ControlRequest, readJsonObject } from './control-request.ts';
import {
  changePhoto,
  deletePhoto,
  hidePhotos,
  putPhoto,
  showPhoto,
  showUser,
  unhidePhotos,
} from './control-users.ts';
import { InvalidControlInput, readFault } from './fault.ts';
import { json, type Reply } from './reply.ts';
import type { State } from './state.ts';

const MAX_LATENCY_MS = 600_000;
const USER_ID = /(?<=^\/control\/users\/)[1-9]\d{0,14}(?=\/|$)/;

const routes: Readonly<Record<string, ControlHandler>> = {
  'GET /control/users/{id}': showUser,
  'GET /control/users/{id}/photo': showPhoto,
  'PUT /control/users/{id}/photo': putPhoto,
  'DELETE /control/users/{id}/photo': deletePhoto,
  'POST /control/users/{id}/photo/change': changePhoto,
  'POST /control/users/{id}/hide': hidePhotos,
  'POST /control/users/{id}/unhide': unhidePhotos,
  'GET /control/faults': ({ state }) => json(200, state.faults.list()),
  'POST /control/faults': ({ state, readJson }) => {
    state.faults.add(readFault(readJson()));
    return json(200, state.faults.list());
  },
  'DELETE /control/faults': act((state) => state.faults.clear()),
  'GET /control/counters': ({ state }) => json(200, state.counters.report()),
  'DELETE /control/counters': act((state) => state.counters.reset()),
  'GET /control/latency': ({ state }) => json(200, state.latency),
  'PUT /control/latency': putLatency,
  'PUT /control/token': putToken,
  'POST /control/reset': act((state) => state.reset()),
};

/** Answers a request under `/control`; bad input is a 400 with the reason. */
export function control(
  state: State,
  request: { method: string; pathname: string; contentType: string; body: Buffer },
): Reply {
  // A URL's path never holds a brace unescaped, so no request can spell the pattern itself.
  const [userId = '0'] = USER_ID.exec(request.pathname) ?? [];
  const route = `${request.method} ${request.pathname.replace(USER_ID, '{id}')}`;
  const handler = routes[route];
  if (handler === undefined) return json(404, { error: `no route ${route}` });

  const { body } = request;
  const controlRequest: ControlRequest = {
    state,
    userId: Number(userId),
    isJson: request.contentType.startsWith('application/json'),
    body,
    readJson: () => readJsonObject(body),
  };
  try {
    return handler(controlRequest);
  } catch (error) {
    if (error instanceof InvalidControlInput) return json(400, { error: error.message });
    throw error;
  }
}

function putLatency({ state, readJson }: ControlRequest): Reply {
  const latency = readJson();
  for (const [name, ms] of Object.entries(latency)) {
    if (!isCallName(name)) throw new InvalidControlInput(`${name} is not a call`);
    if (typeof ms !== 'number' || !(ms >= 0 && ms <= MAX_LATENCY_MS)) {
      throw new InvalidControlInput(`${name} is not a latency in ms`);
    }
  }
  state.latency = latency;
  return json(200, state.latency);
}

function putToken({ state, readJson }: ControlRequest): Reply {
  const { token } = readJson();
  if (!isToken(token)) throw new InvalidControlInput('token is not a bot token');
  state.token = token;
  return json(200, {});
}

/** A route that changes the state and has nothing to tell. */
function act(change: (state: State) => void): ControlHandler {
  return ({ state }) => {
    change(state);
    return json(200, {});
  };
}
