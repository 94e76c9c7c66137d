// Box "authorize-origin": lets in what came through the distribution. API Gateway asks it once an hour for each value
// of the header, and nobody at all where there is none.

import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerResult,
} from 'aws-lambda';
import { countingSecrets } from '../adapters/origin-secret.ts';
import { originCheck } from '../core/origin-secret.ts';
import { functions } from '../core/topology.ts';
import { secretsManagerClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { log } from './log.ts';

const { ORIGIN_SECRET } = environmentOf(functions.authorizeOrigin.environment);

const isOrigin = originCheck({
  secrets: countingSecrets(secretsManagerClient(), ORIGIN_SECRET),
  clock: systemClock,
  report: (error) =>
    log('error', 'checked an origin by what is known, in spite of an error', { error }),
});

/** The Lambda handler. What it throws lets nobody in and is not remembered. */
export async function handler({
  identitySource,
}: Pick<
  APIGatewayRequestAuthorizerEventV2,
  'identitySource'
>): Promise<APIGatewaySimpleAuthorizerResult> {
  const [given = ''] = identitySource;
  try {
    return { isAuthorized: await isOrigin(given) };
  } catch (error) {
    await log('error', 'origin not checked', { error });
    // What Lambda itself would log is not made plain (log.ts).
    throw new Error('the origin could not be checked');
  }
}
