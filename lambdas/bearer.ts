// The operator's backend proves itself with the service key.

import { createHash, timingSafeEqual } from 'node:crypto';
import { Unauthenticated } from '../core/errors.ts';

/** Throws Unauthenticated unless the header is `Bearer <serviceKey>`; compares in constant time. */
export function requireServiceKey(authorization: string | undefined, serviceKey: string): void {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  // Hashed to one length, which timingSafeEqual needs; the length of the key is no secret's leak then.
  if (given && timingSafeEqual(sha256(given), sha256(serviceKey))) return;
  throw new Unauthenticated('This route takes `Authorization: Bearer <service key>`.');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
