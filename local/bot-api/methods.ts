// The calls of the Bot API, each from parameters to an answer.
// Texts, codes and habits are those of tdlib/telegram-bot-api.
import type { Call, Method } from './call.ts';
import { openFileId } from './file-ids.ts';
import { download, getFile } from './file-methods.ts';
import { readUserId } from './parameters.ts';
import { getChat, getUserProfilePhotos } from './photo-methods.ts';
import { type Reply, success } from './reply.ts';
import type { Parameters } from './request-body.ts';
import type { World } from './world.ts';

const methods: Record<Method, (parameters: Parameters, world: World) => Reply> = {
  getMe: (_, { bot }) =>
    success({ id: Number(bot), is_bot: true, first_name: 'Stand-in', username: 'stand_in_bot' }),
  getUserProfilePhotos,
  getFile,
  getChat,
};

/** Answers a call whose token is good. */
export function answer(call: Call, world: World): Reply {
  if (call.name === 'download') return download(call.filePath, world.links);
  return methods[call.name](call.parameters, world);
}

/** The user that a call is about, if it says so. */
export function userOf(call: Call, { bot, links }: World): number | undefined {
  if (call.name === 'download') return links.open(call.filePath)?.userId;
  if (call.name === 'getFile') return openFileId(call.parameters.get('file_id') ?? '', bot)?.userId;
  return readUserId(call.parameters.get('user_id') ?? call.parameters.get('chat_id'));
}
