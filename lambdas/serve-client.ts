// Box "serve-client": the browser client for pages without a bundler and, where the operator wants it, the demo page.
// Before the first file of a release is given, all of them are stored by the names that have their hash: a page, and a
// module that loads another one, finds what it names also where another version answers, of before or of later.

import { HASHED_CACHE_CONTROL } from '../adapters/client-bucket.ts';
import { functions } from '../core/topology.ts';
import {
  fileAnswer,
  PAGE_HEADERS,
  RELEASE_CACHE_CONTROL,
  WORKER_HEADERS,
} from './client-answers.ts';
import {
  clientFile,
  demoFile,
  demoFileInstead,
  demoIndex,
  hashedFile,
  hashedFiles,
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
  const file = pinned ?? clientFile(name);
  if (!file) return nothingHere(event);
  await keepRelease();
  if (pinned) return fileAnswer(event, pinned, FOR_EVER);
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

let kept: Promise<void> | undefined;

/** Once for each instance. Whether it can be done makes no difference to the answer; the next one tries again. */
async function keepRelease(): Promise<void> {
  try {
    kept ??= storeRelease();
    await kept;
  } catch (error) {
    kept = undefined;
    await log('error', 'the files of the client were not stored', { error });
  }
}

/** Waits for all, also where one fails: what goes on after the answer would be frozen with the instance. */
async function storeRelease(): Promise<void> {
  const { store } = await import('./store-client-file.ts');
  const all = hashedFiles().map((file) => store(environment.BUCKET_NAME, file));
  for (const stored of await Promise.allSettled(all)) {
    if (stored.status === 'rejected') throw stored.reason;
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
