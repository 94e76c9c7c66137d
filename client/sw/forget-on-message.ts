// The page's word that pictures are to go: at a logout all, after an erasure those of one partner.

import { photoVersionOf } from './avatar-request.ts';
import { AVATAR_CACHE } from './cache-names.ts';
import { forget } from './forget.ts';

/** What the page posts to the worker: without `avatarIds` everything goes. */
export interface ForgetMessage {
  readonly type: 'cameo:forget';
  readonly avatarIds?: readonly string[];
}

async function forgetOf(avatarIds: ReadonlySet<string>): Promise<void> {
  const cache = await caches.open(AVATAR_CACHE);
  const isTheirs = ({ url }: Request) =>
    avatarIds.has(photoVersionOf(new URL(url))?.avatarId ?? '');
  const theirs = (await cache.keys()).filter(isTheirs);
  await Promise.all(theirs.map((request) => cache.delete(request)));
}

function isForgetMessage(data: unknown): data is ForgetMessage {
  return (data as Partial<ForgetMessage> | null)?.type === 'cameo:forget';
}

/** Does what a message says, if it is for this. */
export function forgetOnMessage(event: ExtendableMessageEvent): void {
  const data: unknown = event.data;
  if (!isForgetMessage(data)) return;
  const { avatarIds } = data;
  event.waitUntil(avatarIds ? forgetOf(new Set(avatarIds)) : forget(AVATAR_CACHE));
}
