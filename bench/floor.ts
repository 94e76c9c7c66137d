// The floor of a journey: what Telegram itself takes, and what the pictures cost, with nothing of Cameo's.

import { availableParallelism } from 'node:os';
import { BOT_TOKEN, newUserIds } from './cameo.ts';
import { type Helper, startHelper } from './helper.ts';
import type { RenderAnswer, RenderQuestion } from './helpers/render.ts';
import { type Ask, httpClient } from './http-client.ts';
import { elapsedMs, median } from './measure.ts';

/** The bare loop, warm, with the number of photos side by side that is fastest here. */
export interface BareLoop extends AsyncDisposable {
  readonly parallelism: number;
  render(userIds: readonly number[]): Promise<RenderAnswer>;
}

const TRIAL_PHOTOS = 16;

/** Starts the loop in a fresh process. */
export async function startBareLoop(): Promise<BareLoop> {
  const helper: Helper<RenderQuestion, RenderAnswer> = startHelper('render');
  const userIds = newUserIds(TRIAL_PHOTOS);
  const cores = availableParallelism();
  await helper.ask({ userIds, parallelism: cores });
  const trials: { parallelism: number; wallMs: number }[] = [];
  for (const parallelism of [1, cores, 2 * cores]) {
    const { wallMs } = await helper.ask({ userIds, parallelism });
    trials.push({ parallelism, wallMs });
  }
  const [fastest] = trials.sort((one, other) => one.wallMs - other.wallMs);
  const parallelism = fastest?.parallelism ?? cores;
  return {
    parallelism,
    render: (userIds) => helper.ask({ userIds, parallelism }),
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}

const TELEGRAM_ROUNDS = 9;

/** Telegram's own time for one photo in ms: list, open, download, one after the other on a warm connection. */
export async function telegramMs(apiRoot: string): Promise<number> {
  const ask = httpClient(1);
  const [first = 0, ...userIds] = newUserIds(TELEGRAM_ROUNDS + 1);
  await fetchOriginal(ask, apiRoot, first);
  const rounds: number[] = [];
  for (const userId of userIds) {
    rounds.push(await elapsedMs(() => fetchOriginal(ask, apiRoot, userId)));
  }
  return median(rounds);
}

async function fetchOriginal(ask: Ask, apiRoot: string, userId: number): Promise<Buffer> {
  const call = async (method: string) => {
    const { body } = await ask(`${apiRoot}/bot${BOT_TOKEN}/${method}`);
    return JSON.parse(body.toString('utf8')).result;
  };
  const { photos } = await call(`getUserProfilePhotos?user_id=${userId}&limit=1`);
  const widest = photos[0].at(-1);
  const { file_path: path } = await call(`getFile?file_id=${widest.file_id}`);
  const { body } = await ask(`${apiRoot}/file/bot${BOT_TOKEN}/${path}`);
  return body;
}
