// The HTTP API in the process: what API Gateway does between the edge and the handlers, and no socket.
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpAnswer, HttpRequest, Origin } from './edge/message.ts';
import { NO_BODY } from './edge/message.ts';
import { readResult } from './http-api/answer.ts';
import { apiEvent } from './http-api/event.ts';
import { type Route, routeTable } from './http-api/route-table.ts';
import { FunctionTimedOut, type Handler, invoke } from './invocation.ts';

/** A function behind the API; what its handler returns is checked, not trusted. */
export interface ApiFunction {
  readonly handler: Handler<APIGatewayProxyEventV2, unknown>;
  readonly timeoutSeconds: number;
}

/** What an API is made of; `now` is a clock in milliseconds. */
export interface HttpApiOptions<Name extends string> {
  readonly routes: readonly Route<Name>[];
  readonly functions: Readonly<Record<Name, ApiFunction>>;
  readonly now?: () => number;
  /** Told of what a viewer gets only a 5xx for; on AWS that is in the function's log. */
  readonly onError?: (error: unknown) => void;
}

/** Bytes of a request's body that an HTTP API takes (API Gateway quotas: 10 MB). */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Bytes of the request line and the headers together (API Gateway quotas: 10,240). */
const MAX_HEADER_BYTES = 10_240;

/** Makes the API: a function from request to answer that never rejects. */
export function createHttpApi<Name extends string>(options: HttpApiOptions<Name>): Origin {
  const { functions, now = Date.now, onError = () => {} } = options;
  const matchRoute = routeTable(options.routes);

  async function run(request: HttpRequest): Promise<HttpAnswer> {
    const match = matchRoute(request.method, request.path);
    if (match === undefined) return refusal(404, 'Not Found');
    const { route, pathParameters } = match;
    const event = apiEvent(request, { routeKey: route.key, pathParameters, nowMs: now() });
    const { handler, timeoutSeconds } = functions[route.function];
    try {
      const invoked = { functionName: route.function, timeoutSeconds };
      return readResult(await invoke(handler, event, invoked));
    } catch (error) {
      onError(error);
      if (error instanceof FunctionTimedOut) return refusal(503, 'Service Unavailable');
      return refusal(500, 'Internal Server Error');
    }
  }

  return async (request) => {
    if (request.body.length > MAX_BODY_BYTES) return refusal(413, 'Request Entity Too Large');
    if (headerBytes(request) > MAX_HEADER_BYTES) {
      return refusal(431, 'Request Header Fields Too Large');
    }
    if (!decodes(request.path)) return refusal(400, 'Bad Request');
    const answer = await run(request);
    // The content-length stays: it is that of the answer to GET.
    return request.method === 'HEAD' ? { ...answer, body: NO_BODY } : answer;
  };
}

/** An answer of API Gateway's own. */
function refusal(status: number, message: string): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ message }));
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return { status, headers, body };
}

function headerBytes({ method, path, query, headers }: HttpRequest): number {
  const line = method.length + path.length + query.length;
  return Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + (value === undefined ? 0 : String(value).length),
    line,
  );
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
