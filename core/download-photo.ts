// The bytes of a file at Telegram. Its link may be over by the time that it is used: then one new one, no more.

import { TelegramLinkExpired } from './errors.ts';
import type { Telegram, TelegramFile } from './ports.ts';

/** Downloads a file that was opened. Throws what Telegram's port throws. */
export async function downloadPhoto(
  telegram: Pick<Telegram, 'openFile' | 'download'>,
  file: TelegramFile,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await telegram.download(file, signal);
  } catch (error) {
    if (!(error instanceof TelegramLinkExpired)) throw error;
    return telegram.download(await telegram.openFile(file.fileId, signal), signal);
  }
}
