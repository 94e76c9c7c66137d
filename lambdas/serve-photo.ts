// Box "serve-photo": answers a viewer. Bytes for a hit; for a miss a redirect to a placeholder, at once.

import { fetchQueues } from '../adapters/fetch-queue.ts';
import { partnerTable } from '../adapters/partner-table.ts';
import { photoReader } from '../adapters/photo-bucket.ts';
import { parsePlaceholder } from '../core/avatar-url.ts';
import { InvalidInput } from '../core/errors.ts';
import { refreshAgeMsOf } from '../core/freshness.ts';
import { areInitials } from '../core/initials.ts';
import { type ServePorts, serveCurrentPhoto } from '../core/serve-photo.ts';
import { functions } from '../core/topology.ts';
import { dynamoDbClient, s3Client, sqsClient } from './clients.ts';
import { answerOf, countedAnswer } from './counted-answers.ts';
import { environmentOf, systemClock } from './environment.ts';
import { type HttpLambda, httpHandler, type RouteHandler } from './http-handler.ts';
import { log } from './log.ts';
import { emfMetrics } from './metrics.ts';
import {
  currentAnswer,
  missAnswer,
  placeholderAnswer,
  unavailableAnswer,
  versionAnswer,
  versionMissAnswer,
} from './photo-answers.ts';
import { currentRequestOf, versionOf } from './photo-request.ts';
import { currentRequestId } from './request-id.ts';
import { serveMemory } from './serve-memory.ts';

const environment = environmentOf(functions.servePhoto.environment);
const { count, during } = emfMetrics(environment.METRICS_NAMESPACE);

const ports: ServePorts = {
  table: partnerTable(dynamoDbClient(), environment.TABLE_NAME),
  bucket: photoReader(s3Client(), environment.BUCKET_NAME),
  queues: fetchQueues(sqsClient(), environment, currentRequestId),
  memory: serveMemory(),
  clock: systemClock,
  refreshAgeMs: refreshAgeMsOf(Number(environment.REFRESH_HOURS)),
  report: (error) => log('error', 'answered a viewer in spite of an error', { error }),
};

const current: RouteHandler = async (event) => {
  const { notFound, ...request } = currentRequestOf(event);
  const answer = countedAnswer(count, systemClock);
  const served = await serveCurrentPhoto({ ...ports, clock: answer.clock }, request);
  answer.is(answerOf(served));
  if (served.kind === 'unavailable') return unavailableAnswer(served.placeholder);
  if (served.kind !== 'miss') return currentAnswer(served);
  return missAnswer(served, { notFound, waited: request.waitMs > 0 });
};

/** What the edge did not find in the bucket: it may be there by now. Never out of memory: it may be deleted. */
const version: RouteHandler = async (event) => {
  const asked = versionOf(event);
  const answer = countedAnswer(count, systemClock);
  const webp = await ports.bucket.get(asked).catch((error: unknown) => {
    answer.is('unavailable');
    throw error;
  });
  answer.is(webp ? 'hit-s3' : 'moved');
  return webp ? versionAnswer(asked, webp) : versionMissAnswer(asked);
};

const placeholder: RouteHandler = ({ pathParameters }) => {
  const parsed = parsePlaceholder(pathParameters?.colour ?? '', pathParameters?.file ?? '');
  if (parsed && areInitials(parsed.initials)) {
    return placeholderAnswer(parsed.colour, parsed.initials);
  }
  throw new InvalidInput('A placeholder is /placeholders/<0–6>/<one or two initials>.svg.');
};

const answerRoutes = httpHandler({
  'GET /avatars/{avatarId}': current,
  'GET /api/partner/photo/{avatarId}': current,
  'GET /avatars/{avatarId}/{photoId}/{file}': version,
  'GET /placeholders/{colour}/{file}': placeholder,
});

/** The Lambda handler. */
export const handler: HttpLambda = (event, context) =>
  during(context, () => answerRoutes(event, context));
