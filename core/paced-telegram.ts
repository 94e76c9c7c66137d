// Telegram as the whole fleet may ask it: no call while anybody has been told to wait, and whoever is told
// tells all others. A pause that begins between two calls of one photo holds back the second.

import { FleetPaused, TelegramThrottled, TelegramUnauthorized } from './errors.ts';
import type { Clock, Telegram, TelegramBudget } from './ports.ts';
import { UNAUTHORIZED_PAUSE_SECONDS } from './telegram-budget.ts';

// The fetches of one worker read the pause together, ten times a second: each read is a tenth of a photo's time.
const PAUSE_READ_EVERY_MS = 100;

/** Wraps the Bot API. All methods throw FleetPaused besides what Telegram's port throws. */
export function pacedTelegram(
  telegram: Telegram,
  budget: Pick<TelegramBudget, 'pausedUntilMs' | 'pause'>,
  clock: Pick<Clock, 'nowMs'>,
): Telegram {
  let read: { readonly untilMs: Promise<number>; readonly atMs: number } | undefined;

  function pausedUntilMs(): Promise<number> {
    const nowMs = clock.nowMs();
    if (!read || Math.abs(nowMs - read.atMs) >= PAUSE_READ_EVERY_MS) {
      read = { untilMs: budget.pausedUntilMs(), atMs: nowMs };
    }
    return read.untilMs;
  }

  async function paced<T>(call: () => Promise<T>): Promise<T> {
    const untilMs = await pausedUntilMs();
    if (untilMs > clock.nowMs()) throw new FleetPaused(untilMs);
    try {
      return await call();
    } catch (error) {
      await pauseAfter(error, budget, clock.nowMs());
      read = undefined;
      throw error;
    }
  }
  return {
    currentPhoto: (userId, signal) => paced(() => telegram.currentPhoto(userId, signal)),
    openFile: (fileId, signal) => paced(() => telegram.openFile(fileId, signal)),
    download: (file, signal) => paced(() => telegram.download(file, signal)),
  };
}

/** A pause that cannot be written down must not hide what Telegram said: the message waits by itself then. */
async function pauseAfter(
  error: unknown,
  budget: Pick<TelegramBudget, 'pause'>,
  nowMs: number,
): Promise<void> {
  const write = (reason: 'throttled' | 'unauthorized', ms: number) =>
    budget.pause(reason, nowMs + ms, nowMs).catch(() => undefined);
  if (error instanceof TelegramThrottled) await write('throttled', error.retryAfterSeconds * 1000);
  if (error instanceof TelegramUnauthorized) {
    await write('unauthorized', UNAUTHORIZED_PAUSE_SECONDS * 1000);
  }
}
