// getUserProfilePhotos and getChat: the two calls that name a user's photos, with ids that agree.
import { readInteger, readUserId } from './parameters.ts';
import { WIDTHS } from './photographs.ts';
import { failure, type Reply, success } from './reply.ts';
import type { Parameters } from './request-body.ts';
import { type Upload, visibleUploads } from './user.ts';
import { fileOf, type World } from './world.ts';

const MAX_PHOTOS = 100;

/** The user's photos, newest first; a hidden photo looks like none. */
export function getUserProfilePhotos(parameters: Parameters, world: World): Reply {
  const userId = readUserId(parameters.get('user_id'));
  if (userId === undefined) return failure(400, 'Bad Request: invalid user_id specified');
  const user = world.users.find(userId);
  if (user === undefined) return failure(400, 'Bad Request: user not found');

  const uploads = visibleUploads(user);
  const offset = readInteger(parameters.get('offset'), 0, 0, Number.MAX_SAFE_INTEGER);
  const limit = readInteger(parameters.get('limit'), MAX_PHOTOS, 1, MAX_PHOTOS);
  const page = uploads.slice(offset, offset + limit);
  const photos = page.map((upload) => photoSizes(userId, upload, world));
  return success({ total_count: uploads.length, photos });
}

/** The user as a private chat, with the small and the big size of the newest photo. */
export function getChat(parameters: Parameters, world: World): Reply {
  const chatId = parameters.get('chat_id') ?? '';
  if (chatId === '') return failure(400, 'Bad Request: chat_id is empty');
  const userId = readUserId(chatId);
  const user = userId === undefined ? undefined : world.users.find(userId);
  if (userId === undefined || user === undefined) {
    return failure(400, 'Bad Request: chat not found');
  }
  const chat = { id: userId, type: 'private', first_name: `User ${userId}` };
  const [upload] = visibleUploads(user);
  if (upload === undefined) return success(chat);
  const small = fileOf(userId, upload, 160, world);
  const big = fileOf(userId, upload, 640, world);
  const photo = {
    small_file_id: small.file_id,
    small_file_unique_id: small.file_unique_id,
    big_file_id: big.file_id,
    big_file_unique_id: big.file_unique_id,
  };
  return success({ ...chat, photo });
}

/** Sorted by bytes, as Telegram does: the widest need not be the last. */
function photoSizes(userId: number, upload: Upload, world: World) {
  const sizes = WIDTHS.map((width) => ({
    ...fileOf(userId, upload, width, world),
    width,
    height: width,
  }));
  return sizes.sort((a, b) => a.file_size - b.file_size);
}
