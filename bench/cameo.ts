// The system under measurement: `npm start` in a process of its own, with Telegram's stand-in in another,
// and the two things that a first user does with it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROJECT_ROOT } from '../lib/bundling.ts';
import type { Latency } from '../local/bot-api/state.ts';
import { startHelper } from './helper.ts';
import type { StandInAnswer, StandInQuestion } from './helpers/stand-in.ts';
import { type Answer, type Ask, httpClient } from './http-client.ts';
import { temporaryFolder, undoAtExit } from './leftovers.ts';

/** Telegram's time for each call and for each download in ms, as the goals have it. */
export const CALL_MS = 60;
export const DOWNLOAD_MS = 80;

/** The token that the stand-in takes. */
export const BOT_TOKEN = '42:benchmark';

/** What each call waits in the stand-in, in ms, where nothing else is said. */
const USUAL_LATENCY: Latency = {
  getUserProfilePhotos: CALL_MS,
  getFile: CALL_MS,
  download: DOWNLOAD_MS,
};

const SERVICE_KEY = 'the-service-key-of-the-benchmark';

/** The backend's sign-in. */
export const AUTHORIZATION = `Bearer ${SERVICE_KEY}`;

/** A running system. */
export interface Cameo extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  /** The stand-in's root. */
  readonly telegramRoot: string;
  readonly ask: Ask;
  /** Registers a partner and resolves to the avatarId. */
  register(userId: number): Promise<string>;
  /** Asks with `wait=5` until the answer is the photo. Rejects if it is not there after three times. */
  waitForPhoto(avatarId: string): Promise<Answer>;
  /** The same for any URL of a current photo. */
  waitForPhotoAt(photoUrl: string): Promise<Answer>;
}

/** Starts the stand-in and the system; `environment` is added to the system's. */
export async function startCameo(
  environment: Record<string, string> = {},
  latency = USUAL_LATENCY,
): Promise<Cameo> {
  const standIn = startHelper<StandInQuestion, StandInAnswer>('stand-in');
  const telegramRoot = await standIn.ask({ token: BOT_TOKEN, latency });
  const folder = temporaryFolder();
  const { pid, url, end } = await startSystem({
    CAMEO_DATA_DIR: folder.path,
    TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    TELEGRAM_API_ROOT: telegramRoot,
    ...environment,
  });
  const ask = httpClient(MAX_CONNECTIONS);
  return {
    pid,
    url,
    telegramRoot,
    ask,
    register: (userId) => register(ask, url, userId),
    waitForPhoto: (avatarId) => waitForPhotoAt(ask, `${url}/avatars/${avatarId}`),
    waitForPhotoAt: (photoUrl) => waitForPhotoAt(ask, photoUrl),
    async [Symbol.asyncDispose]() {
      await end();
      await standIn[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

// One for each of the 64 partners at once, so that nobody waits for a connection.
const MAX_CONNECTIONS = 64;

async function startSystem(environment: Record<string, string>) {
  const child = spawn(process.execPath, ['bin/local.ts'], {
    cwd: PROJECT_ROOT,
    env: { PATH: process.env.PATH, PORT: '0', CAMEO_SERVICE_KEY: SERVICE_KEY, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = undoAtExit(() => child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const ready = /^Cameo is ready on (\S+)$/m.exec(output)?.[1];
      if (ready) resolve(ready);
    });
    child.once('exit', () => reject(new Error(`Cameo ended before it was ready: ${output}`)));
  });
  const end = async () => {
    const ended = once(child, 'exit');
    kill();
    await ended;
  };
  return { pid: child.pid as number, url, end };
}

async function register(ask: Ask, url: string, userId: number): Promise<string> {
  const { status, body } = await ask(`${url}/api/partner/${userId}`, {
    method: 'PUT',
    headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ firstName: `User ${userId}` }),
  });
  if (status !== 202) throw new Error(`registering ${userId}: ${status} ${body}`);
  return JSON.parse(body.toString('utf8')).avatarId;
}

async function waitForPhotoAt(ask: Ask, photoUrl: string): Promise<Answer> {
  const waiting = new URL(photoUrl);
  waiting.searchParams.set('wait', '5');
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = await ask(waiting.href);
    if (answer.status === 200 && answer.headers['content-type'] === 'image/webp') return answer;
  }
  throw new Error(`no photo at ${photoUrl} after fifteen seconds`);
}

let lastUserId = 1_000_000;

/** A user id that no round has had yet, with a photo by the stand-in's rule. */
export function newUserId(): number {
  lastUserId++;
  // Those that end in 0 have no photo, those in 0404 no account.
  while (lastUserId % 10 === 0 || lastUserId % 10_000 === 404) lastUserId++;
  return lastUserId;
}

/** As many of them. */
export function newUserIds(count: number): number[] {
  return Array.from({ length: count }, newUserId);
}

/** A new user id without a photo. */
export function newUserIdWithoutPhoto(): number {
  lastUserId = Math.ceil((lastUserId + 1) / 10) * 10;
  return lastUserId;
}
