// Comparing what somebody presents with what is secret.

import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the two are the same; the time taken tells nothing of either, not even how long it is. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(sha256(given), sha256(secret));
}

/** Hashed to one length, which timingSafeEqual needs. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
