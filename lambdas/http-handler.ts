// What all HTTP functions have in common: routing by the declared key, and the middleware of every answer.

import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import { idAndTiming, problemAnswers, withoutBodyForHead } from './http-middleware.ts';
import { problem } from './problem.ts';
import { inNameOf } from './request-id.ts';

/** An event of the HTTP API, payload format 2.0. */
export type HttpEvent = APIGatewayProxyEventV2;

/** What is answered to it. */
export type HttpResult = APIGatewayProxyStructuredResultV2;

/** Answers one route. */
export type RouteHandler = (event: HttpEvent) => Promise<HttpResult> | HttpResult;

/** A Lambda function behind the HTTP API. */
export type HttpLambda = (event: HttpEvent, context: Context) => Promise<HttpResult>;

/**
 * A function that answers routes by their key in the topology; a `HEAD` is answered by the route's `GET`, and
 * `OPTIONS` by a bare success at any path: what a script of another origin may send, the edge adds to it.
 */
export function httpHandler(routes: Readonly<Record<string, RouteHandler>>): HttpLambda {
  // Middy runs what follows a handler from the last `use` to the first.
  const answer = middy<HttpEvent, HttpResult>({ timeoutEarlyInMillis: 0 })
    .use(withoutBodyForHead())
    .use(idAndTiming())
    .use(problemAnswers())
    .handler(async (event) => {
      if (event.requestContext.http.method === 'OPTIONS') return { statusCode: 204 };
      const route = routes[event.routeKey.replace(/^HEAD /, 'GET ')];
      return route ? route(event) : nothingHere(event);
    });
  return (event, context) => inNameOf(context.awsRequestId, context, () => answer(event, context));
}

/** Where there is nothing: the same answer whichever function is asked. */
export function nothingHere({ requestContext: { http } }: HttpEvent): HttpResult {
  return problem(404, 'Nothing here', `No route answers ${http.method} at this path.`, {
    'cache-control': 'public, max-age=60',
  });
}
