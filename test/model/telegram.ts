// Telegram in memory: one user, whose photo comes and goes, and what the bot has asked.

import {
  PhotoRejected,
  TelegramFileGone,
  TelegramThrottled,
  TelegramTransient,
} from '../../core/errors.ts';
import type { Telegram } from '../../core/ports.ts';
import type { RenderedPhoto } from '../../core/render-webp.ts';
import { SIZES } from '../../core/sizes.ts';

/** A photo that can never be shown. */
export const BAD_PHOTO = 'bad';

/** The user's photos and the calls. */
export interface ModelTelegram extends Telegram {
  /** What Telegram has shown, in order; `undefined` where it showed nothing. The last one is shown now. */
  readonly shown: readonly (string | undefined)[];
  /** Shows another photo, or none; the file_id of the one before is not good any more if it is `gone`. */
  show(photoId: string | undefined, isGone: boolean): void;
  /** Makes the next list empty, once in a run: nobody could tell two from a photo that is hidden. */
  hiccup(): void;
  /** Answers a call with a 429: the next one, or the one after so many others. */
  throttle(seconds: number, others?: number): void;
  /** Answers nothing that can be read, so many times or until it is calm again. */
  fail(times?: number): void;
  /** From now on nothing goes wrong. */
  calm(): void;
  calls(): number;
  downloads(photoId: string): number;
}

/** A user who shows this photo. */
export function modelTelegram(first: string | undefined): ModelTelegram {
  const shown = [first];
  const gone = new Set<string>();
  const downloaded: string[] = [];
  let calls = 0;
  let throttled: { seconds: number; others: number } | undefined;
  let failures = 0;
  let hiccup: 'to come' | 'next' | 'over' = 'to come';

  function call(): void {
    calls += 1;
    if (failures-- > 0) throw new TelegramTransient('a gateway answered');
    if (!throttled || throttled.others-- > 0) return;
    const { seconds } = throttled;
    throttled = undefined;
    throw new TelegramThrottled(seconds);
  }

  return {
    shown,
    calls: () => calls,
    downloads: (photoId) => downloaded.filter((id) => id === photoId).length,

    show(photoId, isGone) {
      const before = shown.at(-1);
      if (before === photoId) return;
      if (before && isGone) gone.add(before);
      if (photoId) gone.delete(photoId);
      shown.push(photoId);
    },

    hiccup() {
      if (hiccup === 'to come') hiccup = 'next';
    },

    throttle(seconds, others = 0) {
      throttled = { seconds, others };
    },

    fail(times = Infinity) {
      failures = times;
    },

    calm() {
      failures = 0;
      throttled = undefined;
      hiccup = 'over';
    },

    async currentPhoto() {
      call();
      const photoId = shown.at(-1);
      if (hiccup === 'next') {
        hiccup = 'over';
        return undefined;
      }
      return photoId === undefined ? undefined : { photoId, fileId: photoId };
    },

    async openFile(fileId) {
      call();
      if (gone.has(fileId)) throw new TelegramFileGone('gone');
      return { photoId: fileId, fileId, path: 'photos/file.jpg' };
    },

    async download({ fileId }) {
      call();
      downloaded.push(fileId);
      return new TextEncoder().encode(fileId);
    },
  };
}

/** The pictures of a photo are its id, in all sizes. */
export async function renderModel(original: Uint8Array): Promise<RenderedPhoto> {
  const photoId = new TextDecoder().decode(original);
  if (photoId === BAD_PHOTO) throw new PhotoRejected('not a picture');
  return { webpBySize: new Map(SIZES.map((size) => [size, original])), lqip: photoId };
}
