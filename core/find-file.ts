// Which file at Telegram is the partner's photo now.

import { TelegramFileGone } from './errors.ts';
import type { Telegram, TelegramFile } from './ports.ts';

/** What is asked for: whose photo, the file_id that a backend named, and the photo that is stored already. */
export interface FileRequest {
  readonly userId: string;
  readonly hintedFileId: string | undefined;
  readonly storedPhotoId: string | undefined;
}

/**
 * The file to download, `stored` if the photo is the one that is stored, `none` if Telegram shows none.
 * Throws what Telegram's port throws.
 */
export async function findFile(
  telegram: Telegram,
  { userId, hintedFileId, storedPhotoId }: FileRequest,
  signal: AbortSignal,
): Promise<TelegramFile | 'stored' | 'none'> {
  const hinted = hintedFileId && (await openIfThere(telegram, hintedFileId, signal));
  if (hinted) return hinted.photoId === storedPhotoId ? 'stored' : hinted;

  const listed = await telegram.currentPhoto(userId, signal);
  if (!listed) return 'none';
  if (listed.photoId === storedPhotoId) return 'stored';
  const opened = await openIfThere(telegram, listed.fileId, signal);
  if (opened) return { ...opened, photoId: listed.photoId };

  // The photo changed between the two calls: what is listed now has a file.
  const again = await telegram.currentPhoto(userId, signal);
  if (!again) return 'none';
  return { ...(await telegram.openFile(again.fileId, signal)), photoId: again.photoId };
}

async function openIfThere(
  telegram: Telegram,
  fileId: string,
  signal: AbortSignal,
): Promise<TelegramFile | undefined> {
  try {
    return await telegram.openFile(fileId, signal);
  } catch (error) {
    if (error instanceof TelegramFileGone) return undefined;
    throw error;
  }
}
