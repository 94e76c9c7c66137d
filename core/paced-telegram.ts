// Telegram as the whole fleet may ask it: no call while anybody has been told to wait, and whoever is told
// tells all others. A pause that begins between two calls of one photo holds back the second.

import { FleetPaused, TelegramThrottled, TelegramUnauthorized } from './errors.ts';
import type { Clock, Telegram, TelegramBudget } from './ports.ts';
import { UNAUTHORIZED_PAUSE_SECONDS } from './telegram-budget.ts';

/** How long the fetches of one worker share a read of the pause, in milliseconds: each read is paid for. */
export const PAUSE_READ_EVERY_MS = 100;

/** Wraps the Bot API. All methods throw FleetPaused besides what Telegram's port throws. */
export function pacedTelegram(
  telegram: Telegram,
  budget: Pick<TelegramBudget, 'pausedUntilMs' | 'pause'>,
  clock: Pick<Clock, 'nowMs'>,
): Telegram {
  // What this worker was told itself, until the table has it: it counts where it cannot be written down, too.
  let toldUntilMs = 0;
  let read: { readonly untilMs: Promise<number>; readonly atMs: number } | undefined;

  function pausedUntilMs(): Promise<number> {
    const nowMs = clock.nowMs();
    if (!read || Math.abs(nowMs - read.atMs) >= PAUSE_READ_EVERY_MS) {
      read = { untilMs: budget.pausedUntilMs().catch(forget), atMs: nowMs };
    }
    return read.untilMs;
  }

  /** A read that failed says nothing to whoever comes next. */
  function forget(error: unknown): never {
    read = undefined;
    throw error;
  }

  async function pause(reason: 'throttled' | 'unauthorized', ms: number): Promise<void> {
    const nowMs = clock.nowMs();
    toldUntilMs = Math.max(toldUntilMs, nowMs + ms);
    try {
      await budget.pause(reason, nowMs + ms, nowMs);
      toldUntilMs = 0;
      read = undefined;
    } catch {
      // Must not hide what Telegram said.
    }
  }

  async function pauseAfter(error: unknown): Promise<void> {
    if (error instanceof TelegramThrottled) {
      await pause('throttled', error.retryAfterSeconds * 1000);
    }
    if (error instanceof TelegramUnauthorized) {
      await pause('unauthorized', UNAUTHORIZED_PAUSE_SECONDS * 1000);
    }
  }

  async function paced<T>(call: () => Promise<T>): Promise<T> {
    const untilMs = Math.max(await pausedUntilMs(), toldUntilMs);
    if (untilMs > clock.nowMs()) throw new FleetPaused(untilMs);
    try {
      return await call();
    } catch (error) {
      await pauseAfter(error);
      throw error;
    }
  }
  return {
    currentPhoto: (userId, signal) => paced(() => telegram.currentPhoto(userId, signal)),
    openFile: (fileId, signal) => paced(() => telegram.openFile(fileId, signal)),
    download: (file, signal) => paced(() => telegram.download(file, signal)),
  };
}
