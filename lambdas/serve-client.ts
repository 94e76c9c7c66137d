// Box "serve-client": the browser client for pages without a bundler and, where the operator wants it, the demo page.
// A file whose name has its hash is stored as it is given, so that it outlives the release that made it.

import { HASHED_CACHE_CONTROL } from '../adapters/client-bucket.ts';
import { functions } from '../core/topology.ts';
import {
  fileAnswer,
  PAGE_HEADERS,
  RELEASE_CACHE_CONTROL,
  WORKER_HEADERS,
} from './client-answers.ts';
import {
  type ClientFile,
  clientFile,
  demoFile,
  demoFileInstead,
  demoIndex,
  hashedFile,
} from './client-files.ts';
import { environmentOf } from './environment.ts';
import {
  type HttpEvent,
  type HttpLambda,
  httpHandler,
  nothingHere,
  type RouteHandler,
} from './http-handler.ts';
import { log } from './log.ts';

const environment = environmentOf(functions.serveClient.environment);

const FOR_EVER = { 'cache-control': HASHED_CACHE_CONTROL };
const THIS_RELEASE = { 'cache-control': RELEASE_CACHE_CONTROL };
const FOR_A_MOMENT = { 'cache-control': 'public, max-age=60' };

const fileOf = ({ pathParameters }: HttpEvent) => pathParameters?.file ?? '';

const client: RouteHandler = async (event) => {
  const name = fileOf(event);
  const pinned = hashedFile(name);
  if (pinned) {
    await keep(pinned);
    return fileAnswer(event, pinned, FOR_EVER);
  }
  const file = clientFile(name);
  if (!file) return nothingHere(event);
  return fileAnswer(event, file, { ...THIS_RELEASE, ...(isWorker(name) && WORKER_HEADERS) });
};

const page: RouteHandler = (event) => {
  const index = demoIndex();
  return index ? fileAnswer(event, index, PAGE_HEADERS) : nothingHere(event);
};

const loaded: RouteHandler = (event) => {
  const name = fileOf(event);
  const file = demoFile(name);
  if (file) return fileAnswer(event, file, FOR_EVER);
  const instead = demoFileInstead(name);
  return instead ? fileAnswer(event, instead, FOR_A_MOMENT) : nothingHere(event);
};

/** Whoever asks here did not find it in the bucket. Whether it can be stored makes no difference to the answer. */
async function keep(file: ClientFile): Promise<void> {
  try {
    const { store } = await import('./store-client-file.ts');
    await store(environment.BUCKET_NAME, file);
  } catch (error) {
    await log('error', 'a file of the client was not stored', { error, file: file.hashed });
  }
}

/** Scripts that a browser may register: client/sw is built to `sw.js`, and its kill switch to a name that begins so. */
function isWorker(name: string): boolean {
  return name.startsWith('sw');
}

/** The Lambda handler. */
export const handler: HttpLambda = httpHandler({
  'GET /client/v1/{file}': client,
  ...(environment.DEMO_PAGE === 'on' && { 'GET /': page, 'GET /demo/{file}': loaded }),
});
