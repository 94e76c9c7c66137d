// Box "partners": who joins, who is new, who is who, and who goes. The backend proves itself with the service
// key, a Mini App's user with Telegram's signature.

import { randomUUID } from 'node:crypto';
import { eraseQueue } from '../adapters/erase-queue.ts';
import { erasureTable } from '../adapters/erasure-table.ts';
import { fetchQueues } from '../adapters/fetch-queue.ts';
import { movedPhotos } from '../adapters/moved-photos.ts';
import { partnerDirectory } from '../adapters/partner-directory.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { photoReader } from '../adapters/photo-bucket.ts';
import { secretOf } from '../adapters/secret.ts';
import { telegramBudget } from '../adapters/telegram-budget.ts';
import { avatarIdOf } from '../core/avatar-id.ts';
import { beginErasure, receiptOf } from '../core/begin-erasure.ts';
import { NotFound } from '../core/errors.ts';
import { refreshAgeMsOf } from '../core/freshness.ts';
import { recentChanges } from '../core/recent-changes.ts';
import { recentPartners } from '../core/recent-partners.ts';
import { registerPartner } from '../core/register-partner.ts';
import { resolvePartners } from '../core/resolve-partners.ts';
import { functions } from '../core/topology.ts';
import { dynamoDbClient, s3Client, secretsManagerClient, sqsClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { httpHandler, type RouteHandler } from './http-handler.ts';
import { log } from './log.ts';
import {
  acceptedAnswer,
  changesAnswer,
  erasingAnswer,
  jsonAnswer,
  pausedAnswer,
  recentAnswer,
  resolvedAnswer,
} from './partner-answers.ts';
import { idsOf, recentRequestOf, registrationOf, userIdOf } from './partner-request.ts';
import { currentRequestId } from './request-id.ts';
import { createSignIn } from './sign-in.ts';

const environment = environmentOf(functions.partners.environment);
const dynamodb = dynamoDbClient();
const sqs = sqsClient();
const secrets = secretsManagerClient();
const urlKey = secretOf(secrets, environment.URL_KEY_SECRET);
const directory = partnerDirectory(dynamodb, environment.TABLE_NAME);
const moved = movedPhotos(dynamodb, environment.TABLE_NAME);
const erasures = erasureTable(dynamodb, environment.TABLE_NAME);
const budget = telegramBudget(dynamodb, environment.TABLE_NAME);

const ports = {
  table: partnerTable(dynamodb, environment.TABLE_NAME),
  directory,
  bucket: photoReader(s3Client(), environment.BUCKET_NAME),
  queues: fetchQueues(sqs, environment, currentRequestId),
  clock: systemClock,
  refreshAgeMs: refreshAgeMsOf(Number(environment.REFRESH_HOURS)),
  report: (error: unknown) => log('error', 'answered in spite of an error', { error }),
};

const erasurePorts = {
  erasures,
  queue: eraseQueue(sqs, environment.ERASE_QUEUE_URL, currentRequestId),
  clock: systemClock,
};

const signIn = createSignIn({
  serviceKeys: secretOf(secrets, environment.SERVICE_KEY_SECRET),
  botId: environment.BOT_ID,
  publicKeys: environment.INIT_DATA_PUBLIC_KEYS,
  maxAgeSeconds: Number(environment.INIT_DATA_MAX_AGE_SECONDS),
  clock: systemClock,
});

const joinMe: RouteHandler = async (event) => {
  const profile = await signIn.requireUser(event);
  const key = await urlKey.read();
  return acceptedAnswer(event, await registerPartner(ports, key, profile, { occasion: 'joined' }));
};

const register: RouteHandler = async (event) => {
  await signIn.requireService(event);
  const { registration, photoFileId, occasion } = registrationOf(event);
  if (occasion === 'listed') {
    const waitMs = (await budget.pausedUntilMs()) - systemClock.nowMs();
    if (waitMs > 0) return pausedAnswer(waitMs);
  }
  const key = await urlKey.read();
  const partner = await registerPartner(ports, key, registration, { photoFileId, occasion });
  return acceptedAnswer(event, partner);
};

/** Nobody signs in: the edge answers everybody at once, so that a page which looks costs nothing here. */
const changes: RouteHandler = async (event) =>
  changesAnswer(event, await recentChanges({ moved, clock: systemClock }));

const recent: RouteHandler = async (event) => {
  await signIn.requireAnyone(event);
  const { limit, inlined } = recentRequestOf(event);
  return recentAnswer(event, await recentPartners(ports, limit, inlined), inlined);
};

const resolve: RouteHandler = async (event) => {
  await signIn.requireAnyone(event);
  const ids = idsOf(event);
  return resolvedAnswer(event, ids, await resolvePartners(directory, await urlKey.read(), ids));
};

const eraseMe: RouteHandler = async (event) => erase((await signIn.requireUser(event)).userId);

const eraseUser: RouteHandler = async (event) => {
  await signIn.requireService(event);
  return erase(userIdOf(event));
};

async function erase(userId: string) {
  const avatarId = avatarIdOf(await urlKey.read(), userId);
  const tombstoneDays = Number(environment.TOMBSTONE_DAYS);
  return erasingAnswer(await beginErasure(erasurePorts, avatarId, randomUUID(), tombstoneDays));
}

const erasure: RouteHandler = async (event) => {
  await signIn.requireAnyone(event);
  const found = await erasures.find(event.pathParameters?.erasureId ?? '');
  if (!found) throw new NotFound('No erasure is known by this id; receipts are kept for a while.');
  return jsonAnswer(200, receiptOf(found));
};

/** The Lambda handler. */
export const handler = httpHandler({
  'POST /api/partner/me': joinMe,
  'DELETE /api/partner/me': eraseMe,
  'GET /api/partner/recent': recent,
  'GET /api/partner/changes': changes,
  'POST /api/partner/resolve': resolve,
  'GET /api/partner/erasures/{erasureId}': erasure,
  'PUT /api/partner/{userId}': register,
  'DELETE /api/partner/{userId}': eraseUser,
});
