// The operator's backend proves itself with the service key; while the key is changed there are two.

import { Unauthenticated } from '../core/errors.ts';
import { isSameSecret } from '../core/same-secret.ts';
import { SERVICE_KEYS_EXPECTED, serviceKeysIn } from '../core/service-keys.ts';

/**
 * Throws Unauthenticated unless `given` is one of the keys in the secret's text, which holds one or two with
 * whitespace between them; compares in constant time. Throws an error where the text holds something else.
 */
export function requireServiceKey(given: string, secretText: string): void {
  // Each is compared, whichever matches: the time taken tells nothing.
  const matches = keysIn(secretText).map((key) => isSameSecret(given, key));
  if (matches.includes(true)) return;
  throw new Unauthenticated(
    'This is not the service key: send the one that this Cameo was given; a new one counts after five minutes at the latest.',
  );
}

function keysIn(secretText: string): string[] {
  const keys = serviceKeysIn(secretText);
  if (keys) return keys;
  throw new Error(`the secret of the service key must hold ${SERVICE_KEYS_EXPECTED}`);
}
