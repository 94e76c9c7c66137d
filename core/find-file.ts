// Which file at Telegram is the partner's photo now.

import { TelegramFileGone } from './errors.ts';
import type { Photo } from './partner.ts';
import type { Telegram, TelegramFile } from './ports.ts';

/** What is asked for: whose photo, and the file_id that a backend named. */
export interface FileRequest {
  readonly userId: string;
  readonly hintedFileId: string | undefined;
  /** The photo with this id if it is stored, so that it need not be downloaded. */
  readonly storedPhoto: (photoId: string) => Promise<Photo | undefined>;
}

/** A photo that is stored already. */
export interface StoredPhoto {
  readonly stored: Photo;
}

/** What was found by the file_id that a backend named: it is as old as the job, Telegram was not asked what is current. */
export interface Hinted {
  readonly isHinted?: true;
}

/**
 * The file to download, the photo if it is stored already, `none` if Telegram shows none. Throws what Telegram's
 * port and `storedPhoto` throw.
 */
export async function findFile(
  telegram: Telegram,
  { userId, hintedFileId, storedPhoto }: FileRequest,
  signal: AbortSignal,
): Promise<((TelegramFile | StoredPhoto) & Hinted) | 'none'> {
  const hinted = hintedFileId && (await openIfThere(telegram, hintedFileId, signal));
  if (hinted) {
    const stored = await storedPhoto(hinted.photoId);
    return { ...(stored ? { stored } : hinted), isHinted: true };
  }

  const listed = await telegram.currentPhoto(userId, signal);
  if (!listed) return 'none';
  const stored = await storedPhoto(listed.photoId);
  if (stored) return { stored };
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
