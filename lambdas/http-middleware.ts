// The middleware of every HTTP answer: problems for errors, the time taken, the request's id, no body for HEAD.

import type { MiddlewareObj } from '@middy/core';
import type { HttpEvent, HttpResult } from './http-handler.ts';
import { log } from './log.ts';
import { problem, problemOf } from './problem.ts';

type HttpMiddleware = MiddlewareObj<HttpEvent, HttpResult>;

/** Turns what a route throws into a problem; what is not the caller's doing is logged and told as a 503. */
export function problemAnswers(): HttpMiddleware {
  return {
    onError: async (request) => {
      const known = problemOf(request.error);
      if (!known) await log('error', 'request failed', { error: request.error });
      request.response = known ?? unavailable();
    },
  };
}

/**
 * Says the invocation's id, by which the log knows the request and the jobs that it asked for, and the time taken,
 * which is appended to the `server-timing` that a route began.
 */
export function idAndTiming(): HttpMiddleware {
  const startedAtMs = new WeakMap<HttpEvent, number>();
  const finish: NonNullable<HttpMiddleware['after']> = (request) => {
    const { context, response } = request;
    if (!response) return;
    const tookMs = (performance.now() - (startedAtMs.get(request.event) ?? 0)).toFixed(1);
    const timings = [response.headers?.['server-timing'], `app;dur=${tookMs}`];
    response.headers = {
      ...response.headers,
      'server-timing': timings.filter(Boolean).join(', '),
      'x-response-time': `${tookMs}ms`,
      'x-request-id': context.awsRequestId,
    };
  };
  return {
    before: (request) => {
      startedAtMs.set(request.event, performance.now());
    },
    after: finish,
    onError: finish,
  };
}

/** Keeps a HEAD's headers, its length included, and drops its body. */
export function withoutBodyForHead(): HttpMiddleware {
  const finish: NonNullable<HttpMiddleware['after']> = ({ event, response }) => {
    if (event.requestContext.http.method !== 'HEAD' || !response?.body) return;
    const bytes = Buffer.byteLength(response.body, response.isBase64Encoded ? 'base64' : 'utf8');
    response.headers = { ...response.headers, 'content-length': bytes };
    delete response.body;
    response.isBase64Encoded = false;
  };
  return { after: finish, onError: finish };
}

function unavailable(): HttpResult {
  return problem(
    503,
    'Unavailable',
    'This could not be answered just now. Try again in a moment.',
    {
      'retry-after': '5',
    },
  );
}
