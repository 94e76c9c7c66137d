// An HTTP API with one function, which says what it was given and answers what the test says.
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { routes } from '../../../core/topology.ts';
import type { HttpRequest } from '../../../local/edge/message.ts';
import { createHttpApi } from '../../../local/http-api.ts';
import { viewerRequest } from '../edge/fixtures.ts';

/** An API with the real routes, before functions that answer with what `react` returns. */
export function apiBefore(react: (event: APIGatewayProxyEventV2) => unknown = () => ({})) {
  const events: APIGatewayProxyEventV2[] = [];
  const names: string[] = [];
  const errors: unknown[] = [];
  const named = (name: string) => ({
    timeoutSeconds: 10,
    handler: (event: APIGatewayProxyEventV2) => {
      events.push(event);
      names.push(name);
      return react(event);
    },
  });
  const api = createHttpApi({
    routes,
    functions: {
      servePhoto: named('servePhoto'),
      partners: named('partners'),
      serveClient: named('serveClient'),
    },
    now: () => Date.UTC(2026, 10, 21, 5, 11, 12),
    onError: (error) => errors.push(error),
  });
  const ask = (target: string, given: Partial<HttpRequest> = {}) =>
    api(viewerRequest(target, given));
  return { ask, events, names, errors };
}
