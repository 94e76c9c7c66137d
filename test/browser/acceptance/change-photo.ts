// A partner changes the photo at Telegram, and Cameo hears of it: as a bot's backend tells it, by the new file.

import { changePhoto as changeAtTelegram } from '../../../local/bot-api/control.ts';
import { TOKEN, type World } from './world.ts';

/** A photo as Telegram knows it: `file_id` is what a registration takes, `file_unique_id` the photoId. */
export interface TelegramFile {
  readonly width: number;
  readonly file_id: string;
  readonly file_unique_id: string;
}

/** Gives the user another photo at the stand-in, and resolves to it. */
export async function newPhotoAtTelegram(
  apiRoot: string,
  token: string,
  userId: string,
): Promise<TelegramFile> {
  await changeAtTelegram(apiRoot, Number(userId));
  const listed = await fetch(`${apiRoot}/bot${token}/getUserProfilePhotos?user_id=${userId}`);
  const { result } = (await listed.json()) as { result: { photos: TelegramFile[][] } };
  const biggest = result.photos[0]?.find(({ width }) => width === 640);
  if (!biggest) throw new Error(`${userId} has no photo at Telegram`);
  return biggest;
}

/** Changes the photo, and resolves when Cameo has stored the new one. */
export async function changePhoto({ cameo, botApi }: World, userId: string): Promise<void> {
  const { file_id: photoFileId, file_unique_id: photoId } = await newPhotoAtTelegram(
    botApi.apiRoot,
    TOKEN,
    userId,
  );
  const profile = { firstName: `Ada${userId}`, lastName: 'L', photoFileId };
  await (await cameo.register(userId, profile)).arrayBuffer();
  for (;;) {
    const [record] = await cameo.resolve([userId]);
    if (record?.photoId === photoId) return;
  }
}
