// What one instance of serve-photo remembers between requests.

import { type PhotoVersion, photoKey } from '../core/avatar-url.ts';
import type { Partner } from '../core/partner.ts';
import type { ServeMemory } from '../core/serve-photo.ts';
import { lru } from './lru.ts';

// Within the ten seconds that the edge's 230 and 60 leave of five minutes (photo-answers.ts); a burst of
// requests needs no more.
const POINTER_LIFETIME_MS = 2_000;
const MAX_POINTERS = 10_000;

// A tenth of the function's memory: about ten thousand pictures of 150 px.
const MAX_PHOTO_BYTES = 50 * 1024 * 1024;

/** An empty memory; `nowMs` is any clock that only goes forward. */
export function serveMemory(nowMs: () => number = () => performance.now()): ServeMemory {
  const pointers = lru<{ partner: Partner; untilMs: number }>(MAX_POINTERS, () => 1);
  const photos = lru<Uint8Array>(MAX_PHOTO_BYTES, (webp) => webp.byteLength);
  return {
    partner: (avatarId) => {
      const pointer = pointers.get(avatarId);
      return pointer && nowMs() < pointer.untilMs ? pointer.partner : undefined;
    },
    rememberPartner: (partner) => {
      pointers.set(partner.avatarId, { partner, untilMs: nowMs() + POINTER_LIFETIME_MS });
    },
    photo: (version: PhotoVersion) => photos.get(photoKey(version)),
    rememberPhoto: (version, webp) => {
      photos.set(photoKey(version), webp);
    },
  };
}
