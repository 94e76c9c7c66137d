// A secret by its name, read from Secrets Manager when it is needed and remembered for minutes.

import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A secret that may be rotated: `forget` makes the next `read` ask again. */
export interface Secret {
  read(): Promise<string>;
  forget(): void;
}

// A rotated key is known everywhere within five minutes; a busy worker asks 288 times a day.
const MAX_AGE_SECONDS = 300;

/** The secret of this name. `read` throws if it does not exist or is empty; its value is in no error. */
export function secretOf(client: SecretsManagerClient, name: string): Secret {
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  let forceFetch = false;
  return {
    async read() {
      const value = await provider.get(name, { maxAge: MAX_AGE_SECONDS, forceFetch });
      forceFetch = false;
      if (typeof value === 'string' && value.trim()) return value.trim();
      throw new Error(`secret ${name} is empty: put the value in as plain text`);
    },
    forget() {
      forceFetch = true;
    },
  };
}
