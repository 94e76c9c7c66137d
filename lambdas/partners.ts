// Box "partners": the operator's backend registers here who joined.

import { fetchQueue } from '../adapters/fetch-queue.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { secretOf } from '../adapters/secret.ts';
import { type Profile, parseUserId } from '../core/partner.ts';
import { partnerRecord } from '../core/partner-record.ts';
import { type RegisterPorts, registerPartner } from '../core/register-partner.ts';
import { functions } from '../core/topology.ts';
import { requireServiceKey } from './bearer.ts';
import { dynamoDbClient, secretsManagerClient, sqsClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { type HttpEvent, httpHandler, type RouteHandler } from './http-handler.ts';
import { registrationOf } from './partner-request.ts';

const environment = environmentOf(functions.partners.environment);
const secrets = secretsManagerClient();
const serviceKey = secretOf(secrets, environment.SERVICE_KEY_SECRET);
const urlKey = secretOf(secrets, environment.URL_KEY_SECRET);

const ports: RegisterPorts = {
  table: partnerTable(dynamoDbClient(), environment.TABLE_NAME),
  queue: fetchQueue(sqsClient(), environment.FETCH_QUEUE_URL),
  clock: systemClock,
};

const register: RouteHandler = async (event) => {
  requireServiceKey(event.headers.authorization, await serviceKey.read());
  const { photoFileId, firstName, lastName, username } = registrationOf(event);
  const profile: Profile = {
    userId: parseUserId(event.pathParameters?.userId ?? ''),
    firstName,
    ...(lastName && { lastName }),
    ...(username && { username }),
  };
  const partner = await registerPartner(ports, await urlKey.read(), profile, photoFileId);
  return {
    statusCode: 202,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(partnerRecord(partner, originOf(event))),
  };
};

/** Scheme and host by which the caller reached the CDN: the edge says it, since it asks us by another name. */
function originOf({ headers, requestContext }: HttpEvent): string {
  return headers['cameo-origin'] ?? `https://${requestContext.domainName}`;
}

/** The Lambda handler. */
export const handler = httpHandler({ 'PUT /api/partner/{userId}': register });
