// What one instance of serve-photo remembers between requests.

import { LRUCache } from 'lru-cache';
import { type PhotoVersion, photoKey } from '../core/avatar-url.ts';
import type { Partner } from '../core/partner.ts';
import type { ServeMemory } from '../core/serve-photo.ts';

// As old as a pointer may be on top of the edge's five minutes; a burst of requests needs no more.
const POINTER_LIFETIME_MS = 2_000;
const MAX_POINTERS = 10_000;

// A tenth of the function's memory: about ten thousand pictures of 150 px.
const MAX_PHOTO_BYTES = 50 * 1024 * 1024;

/** An empty memory. */
export function serveMemory(): ServeMemory {
  const partners = new LRUCache<string, Partner>({ max: MAX_POINTERS, ttl: POINTER_LIFETIME_MS });
  const photos = new LRUCache<string, Uint8Array>({
    maxSize: MAX_PHOTO_BYTES,
    sizeCalculation: (webp) => webp.byteLength,
  });
  return {
    partner: (avatarId) => partners.get(avatarId),
    rememberPartner: (partner) => {
      partners.set(partner.avatarId, partner);
    },
    photo: (version: PhotoVersion) => photos.get(photoKey(version)),
    rememberPhoto: (version, webp) => {
      photos.set(photoKey(version), webp);
    },
  };
}
