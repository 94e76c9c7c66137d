// Ports that count what goes through them, so that the rules need not know that anybody counts.

import {
  PhotoRejected,
  TelegramFileGone,
  TelegramLinkExpired,
  TelegramRefused,
  TelegramThrottled,
  TelegramTransient,
  TelegramUnauthorized,
} from '../core/errors.ts';
import type { FetchPorts } from '../core/fetch-photo.ts';
import { type Count, type DimensionsOf, metrics } from '../core/metrics.ts';
import type { Clock, PartnerTable, PhotoBucket, Telegram, TelegramBudget } from '../core/ports.ts';

type CallOutcome = DimensionsOf<'TelegramCalls'>['Outcome'];

/** What an error says of a call; one of another class was thrown before there was a call. */
const OUTCOMES: readonly (readonly [new (...given: never[]) => Error, CallOutcome])[] = [
  [TelegramThrottled, 'throttled'],
  [TelegramUnauthorized, 'unauthorized'],
  [TelegramTransient, 'transient'],
  [TelegramFileGone, 'gone'],
  [TelegramLinkExpired, 'gone'],
  [TelegramRefused, 'refused'],
  [PhotoRejected, 'refused'],
];

/** The Bot API with every call counted by what came of it. */
export function countedTelegram(telegram: Telegram, count: Count): Telegram {
  async function counted<T>(
    Method: DimensionsOf<'TelegramCalls'>['Method'],
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await call();
      count('TelegramCalls', 1, { Method, Outcome: 'ok' });
      return result;
    } catch (error) {
      const [, Outcome] = OUTCOMES.find(([Class]) => error instanceof Class) ?? [];
      if (Outcome) count('TelegramCalls', 1, { Method, Outcome });
      throw error;
    }
  }
  return {
    currentPhoto: (...given) =>
      counted('getUserProfilePhotos', () => telegram.currentPhoto(...given)),
    openFile: (...given) => counted('getFile', () => telegram.openFile(...given)),
    download: (...given) => counted('download', () => telegram.download(...given)),
  };
}

/** The budget, with each pause counted by what it adds to the one that is there. */
export function countedBudget(budget: TelegramBudget, count: Count): TelegramBudget {
  return {
    ...budget,
    async pause(Reason, untilMs, nowMs) {
      const longerMs = await budget.pause(Reason, untilMs, nowMs);
      if (longerMs > 0) count('TelegramPause', longerMs / 1000, { Reason });
      return longerMs;
    },
  };
}

/** The table, with leases counted that were refused or taken over, and the time to a partner's first photo. */
export function countedTable(
  table: PartnerTable,
  count: Count,
  clock: Pick<Clock, 'nowMs'>,
): PartnerTable {
  return {
    ...table,
    async acquireLease(avatarId, request) {
      const lease = await table.acquireLease(avatarId, request);
      if (lease.kind === 'busy') count('LeaseContention', 1, {});
      if (lease.kind === 'held' && lease.isTakeover) count('LeaseTakeovers', 1, {});
      return lease;
    },
    async commit(lease, photo, checkedAtMs, nowMs) {
      const done = await table.commit(lease, photo, checkedAtMs, nowMs);
      const { joinedAtMs, checkedAtMs: checkedBeforeMs } = lease.partner;
      if (done && photo && checkedBeforeMs === undefined) {
        // Another function's clock was asked when the partner joined.
        count('TimeToPhoto', Math.max(0, clock.nowMs() - joinedAtMs), {});
      }
      return done;
    },
  };
}

/** The bucket's `put`, with the bytes of what it stored. */
export function countedPut(put: PhotoBucket['put'], count: Count): PhotoBucket['put'] {
  return async (version, webp) => {
    await put(version, webp);
    count('PictureBytes', webp.byteLength, { Size: `${version.size}` });
  };
}

/** A renderer, with the time that a photo takes it. */
export function timedRender(render: FetchPorts['render'], count: Count): FetchPorts['render'] {
  return async (original) => {
    const beganAtMs = performance.now();
    const rendered = await render(original);
    count('RenderTime', performance.now() - beganAtMs, {});
    return rendered;
  };
}

/** Counts what became of a partner's photo, if the job settled that: it may as well have had nothing to do. */
export function countOutcome({ kind }: { readonly kind: string }, count: Count): void {
  const Outcome = metrics.Photos.dimensions.Outcome.find((known) => known === kind);
  if (Outcome) count('Photos', 1, { Outcome });
}
