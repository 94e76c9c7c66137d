// Live updates: while somebody looks at the page, and it shows anybody, the feed of changes is asked for every four
// seconds. Nothing is asked while the page is hidden, offline, or untouched for two minutes.

import { changeReader, type ShownPartner } from './change-reader.ts';
import { pollDelayMs } from './poll-delay.ts';

/** What is watched, and who is told. */
export interface WatchOptions {
  /** Scheme and host of the CDN. */
  readonly endpoint: string;
  /** Ends it. */
  readonly ended: AbortSignal;
  /** Whom somebody looks at now. */
  readonly shown: () => Iterable<ShownPartner>;
  /** Called with the avatarIds of those who changed: once a change, so whoever is told sees to it that they are asked for. */
  readonly onChanged: (avatarIds: readonly string[]) => void;
  /** Called at each request. */
  readonly onPoll: () => void;
}

const IDLE_MS = 120_000;
const TIMEOUT_MS = 10_000;

// Each of them means that somebody is there.
const SIGNS = ['visibilitychange', 'online', 'focus', 'pointerdown', 'keydown', 'scroll'];

/**
 * Watches for changes until `ended`. Does nothing on a server, and where the browser hashes nothing (a page that came
 * over plain HTTP).
 */
export function watchChanges({ endpoint, ended, shown, onChanged, onPoll }: WatchOptions): void {
  if (typeof document === 'undefined' || !crypto.subtle || ended.aborted) return;
  const read = changeReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // By the clock that timers go by, which nobody sets back.
  let touchedAtMs: number;
  let dueAtMs = 0;
  let failures = 0;

  const wake = () => {
    touchedAtMs = performance.now();
    timer ??= setTimeout(look, dueAtMs - touchedAtMs);
  };

  async function look(): Promise<void> {
    const isThere = performance.now() - touchedAtMs < IDLE_MS;
    if (!isThere || document.visibilityState !== 'visible' || !navigator.onLine) {
      timer = undefined;
      return;
    }
    const partners = [...shown()];
    const retryAfterSeconds = partners[0] ? await ask(partners) : 0;
    if (ended.aborted) return;
    const delayMs = pollDelayMs(failures, retryAfterSeconds, Math.random());
    dueAtMs = performance.now() + delayMs;
    timer = setTimeout(look, delayMs);
  }

  /** Asks and tells; the seconds for which the server wants to be left alone. */
  async function ask(partners: readonly ShownPartner[]): Promise<number> {
    let retryAfterSeconds = 0;
    failures++;
    onPoll();
    try {
      const response = await fetch(`${endpoint}/api/partner/changes`, {
        credentials: 'omit',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      // A date, which Cameo does not write, is as if it did not ask.
      retryAfterSeconds = Number(response.headers.get('retry-after')) || 0;
      if (response.ok) {
        const changed = await read(await response.json(), partners, Date.now());
        failures = 0;
        if (changed[0] && !ended.aborted) onChanged(changed);
      }
    } catch {}
    return retryAfterSeconds;
  }

  const listening = { capture: true, passive: true, signal: ended };
  for (const sign of SIGNS) addEventListener(sign, wake, listening);
  ended.addEventListener('abort', () => clearTimeout(timer));
  wake();
}
