// A request as the event that API Gateway makes of it, payload format 2.0.
import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Headers, type HttpRequest, headerText } from '../edge/message.ts';

/** What the event says beside the request itself. */
export interface EventContext {
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

// Not what the viewer asked: a handler that builds URLs from it is wrong here as it is on AWS.
const DOMAIN_NAME = 'local.execute-api.internal';

// Every other body, a form's too, arrives as base64.
const TEXT = /^(?:text\/.*|application\/(?:json|javascript|xml))\s*(?:;|$)/i;

/** Makes the event; throws URIError for a path whose escapes do not decode. */
export function apiEvent(request: HttpRequest, context: EventContext): APIGatewayProxyEventV2 {
  const { headers, cookies } = fields(request);
  const parameters = queryParameters(request.query);
  // An HTTP API decodes rawPath in spite of its name, unlike a function URL.
  const rawPath = decodeURIComponent(request.path);
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath,
    rawQueryString: request.query,
    headers,
    ...(cookies.length > 0 ? { cookies } : {}),
    ...present('queryStringParameters', parameters),
    ...present('pathParameters', context.pathParameters),
    requestContext: requestContext(request, rawPath, context),
    ...bodyFields(request),
  };
}

function requestContext(request: HttpRequest, path: string, { routeKey, nowMs }: EventContext) {
  const { method, sourceIp, headers } = request;
  const userAgent = headerText(headers, 'user-agent') ?? '';
  return {
    accountId: '000000000000',
    apiId: 'local',
    domainName: DOMAIN_NAME,
    domainPrefix: 'local',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    time: logTime(nowMs),
    timeEpoch: nowMs,
  };
}

function fields(request: HttpRequest) {
  const { cookie, ...others } = request.headers;
  const received: Headers = { ...others, host: DOMAIN_NAME };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(',');
  }
  const cookies = [cookie ?? []].flat().flatMap((line) => line.split(/;\s*/));
  return { headers, cookies: cookies.filter((text) => text !== '') };
}

function queryParameters(query: string): Record<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const earlier = parameters.get(name);
    parameters.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return Object.fromEntries(parameters);
}

function bodyFields({ body, headers }: HttpRequest) {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT.test(headerText(headers, 'content-type') ?? '');
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

/** `21/Nov/2026:05:11:12 +0000`, the time of access logs. */
function logTime(nowMs: number): string {
  const [, day, month, year, time] = new Date(nowMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function present<Name extends string>(name: Name, values: Readonly<Record<string, string>>) {
  return (Object.keys(values).length > 0 ? { [name]: values } : {}) as {
    [key in Name]?: typeof values;
  };
}
