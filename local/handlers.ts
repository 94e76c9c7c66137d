// The deployed handlers, imported as Lambda imports them: environment first, module afterwards.

import type { APIGatewayProxyEventV2, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { EnvironmentName, FunctionName, GateName } from '../core/topology.ts';
import type { Handler } from './invocation.ts';
import { type Endpoints, endpointVariables } from './outputs-file.ts';

/** What the handlers are told through their environment. */
export type LocalEnvironment = Readonly<Record<Exclude<EnvironmentName, 'ORIGIN_SECRET'>, string>>;

/** The handlers by the function's name in the topology; those of the gate have nothing to keep out here. */
export interface Handlers {
  readonly servePhoto: Handler<APIGatewayProxyEventV2, unknown>;
  readonly partners: Handler<APIGatewayProxyEventV2, unknown>;
  readonly serveClient: Handler<APIGatewayProxyEventV2, unknown>;
  readonly fetchPhoto: Handler<SQSEvent, SQSBatchResponse>;
  /** It reads nothing of its event. */
  readonly warmRecent: Handler<unknown, unknown>;
  readonly erasePartner: Handler<SQSEvent, SQSBatchResponse>;
}

/**
 * Imports the handlers. They share this process's environment, which is set for them after
 * `forgetAwsAccount`; so one process runs one system.
 */
export async function importHandlers(
  endpoints: Endpoints,
  environment: LocalEnvironment,
): Promise<Handlers> {
  Object.assign(process.env, environment, endpointVariables(endpoints), {
    // On a terminal only what needs a person is worth a line.
    POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'WARN',
  });
  const [servePhoto, partners, serveClient, fetchPhoto, warmRecent, erasePartner] =
    await Promise.all([
      import('../lambdas/serve-photo.ts'),
      import('../lambdas/partners.ts'),
      import('../lambdas/serve-client.ts'),
      import('../lambdas/fetch-photo.ts'),
      import('../lambdas/warm-recent.ts'),
      import('../lambdas/erase-partner.ts'),
    ]);
  return {
    servePhoto: servePhoto.handler,
    partners: partners.handler,
    serveClient: serveClient.handler,
    fetchPhoto: fetchPhoto.handler,
    warmRecent: warmRecent.handler,
    erasePartner: erasePartner.handler,
  } satisfies Record<Exclude<FunctionName, GateName>, unknown>;
}
