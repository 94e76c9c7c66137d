// When a photo changes, its old versions are bytes that nobody asks for again.

import { photoVersionOf } from './avatar-request.ts';

/** Of URLs in the order in which they were kept, those whose partner has another photo further on. */
export function supersededUrls(urls: readonly string[]): readonly string[] {
  const newest = new Map<string, string>();
  for (const { owner, photoId } of urls.map(partsOf)) newest.set(owner, photoId);
  return urls.filter((url) => {
    const { owner, photoId } = partsOf(url);
    return newest.get(owner) !== photoId;
  });
}

function partsOf(text: string): { owner: string; photoId: string } {
  const url = new URL(text);
  const { avatarId = '', photoId = '' } = photoVersionOf(url) ?? {};
  return { owner: `${url.origin}/${avatarId}`, photoId };
}
