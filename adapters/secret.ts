// A secret by its name, read from Secrets Manager when it is needed and remembered for minutes.

import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A secret that may be rotated: `forget` makes the next `read` ask again, once in thirty seconds. */
export interface Secret {
  read(): Promise<string>;
  forget(): void;
}

// A value that stays wrong is not read again at every call: Secrets Manager is paid by the call.
const FORGET_AT_MOST_EVERY_MS = 30_000;

// A rotated key is known everywhere within five minutes; a busy worker asks 288 times a day.
const MAX_AGE_SECONDS = 300;

/** The secret of this name. `read` throws if it does not exist or is empty; its value is in no error. */
export function secretOf(
  client: SecretsManagerClient,
  name: string,
  nowMs: () => number = Date.now,
): Secret {
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  // Counted, because a read may be under way when the value is forgotten, and brings the old one.
  let forgotten = 0;
  let fetched = 0;
  let forgottenAtMs = Number.NEGATIVE_INFINITY;
  const forget = () => {
    if (nowMs() - forgottenAtMs < FORGET_AT_MOST_EVERY_MS) return;
    forgottenAtMs = nowMs();
    forgotten += 1;
  };
  return {
    async read() {
      const upTo = forgotten;
      const value = await provider.get(name, {
        maxAge: MAX_AGE_SECONDS,
        forceFetch: upTo > fetched,
      });
      fetched = Math.max(fetched, upTo);
      if (typeof value === 'string' && value.trim()) return value.trim();
      // Whoever fills it must not have to wait until it is old.
      forget();
      throw new Error(`secret ${name} is empty: put the value in as plain text`);
    },
    forget,
  };
}
